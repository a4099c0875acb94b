package front

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sightline/sightline/server/api"
)

// contentPolicy lets pages load nothing from elsewhere. Inline styles are
// allowed because the interface positions things with style attributes.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Guard decides which requests reach the server. A server on the loopback
// interface is reachable from every web page the user has open, so the Host
// header must name this server (against DNS rebinding), requests a foreign
// page makes are refused, and a token is asked for where one is set.
type Guard struct {
	front Proxy
	hosts map[string]bool // names that are this server's, lower case
	anyIP bool            // bound to every interface: any address literal is ours
	token string          // "" asks for none
	// cookie carries the token of a browser that has shown it once. Cookies are
	// shared by all ports of a host, so each token has a name of its own.
	cookie string
}

// NewGuard makes the guard of a server bound to host, which may be a name, an
// address or empty (every interface).
func NewGuard(host, token string, f Proxy) *Guard {
	sum := sha256.Sum256([]byte(token))
	g := &Guard{front: f, hosts: map[string]bool{"localhost": true, strings.ToLower(host): true}, token: token, cookie: "sightline_" + hex.EncodeToString(sum[:6])}
	addr, err := netip.ParseAddr(host)
	g.anyIP = host == "" || err == nil && addr.IsUnspecified()
	if name, err := os.Hostname(); g.anyIP && err == nil {
		g.hosts[strings.ToLower(name)], g.hosts[strings.ToLower(name)+".local"] = true, true
	}
	for _, public := range f.hosts {
		g.hosts[public.name] = true
	}
	delete(g.hosts, "")
	return g
}

// Wrap puts the guard before a handler, which sees addresses without the base
// path, and security headers on its answers.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setSecurityHeaders(w.Header())
		r, under := g.front.base.below(r)
		foreign := g.foreignHost(r)
		switch {
		case foreign != "":
			refuse(w, http.StatusMisdirectedRequest, fmt.Sprintf("the request names the host %q, which is not this server: open it by the address that sightline printed. "+
				"If a proxy shows the server under that name, start it with --allow-host NAME (`sightline docs proxy`)", foreign))
		case !g.originAllowed(r):
			refuse(w, http.StatusForbidden, "the request was made by another web page: open Sightline's own page. "+
				"If this is its own page behind a proxy, start the server with --allow-host NAME (`sightline docs proxy`)")
		case under && r.URL.Path == "":
			redirect(w, g.front.base.slashed(r.URL.RawQuery))
		case g.acceptsTokenLink(w, r, under):
		case !g.authorised(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "this server asks for a token: open the address with ?token=… that sightline printed, or send Authorization: Bearer TOKEN")
		case !isText(r.URL):
			refuse(w, http.StatusBadRequest, "the address has bytes that are not UTF-8: write names in UTF-8, percent-encoded")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isText reports whether what the address stands for is UTF-8, as every name in
// a workspace is.
func isText(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return utf8.ValidString(u.Path) && (err != nil || utf8.ValidString(query))
}

func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// foreignHost is a host that the request names and that is not this server's:
// in Host, or in what a proxy that writes a Host of its own tells of the former.
func (g *Guard) foreignHost(r *http.Request) string {
	names := []string{r.Host}
	for _, told := range r.Header.Values("X-Forwarded-Host") {
		names = append(names, strings.Split(told, ",")...)
	}
	for _, name := range names {
		if !g.hostAllowed(strings.TrimSpace(name)) {
			return name
		}
	}
	return ""
}

// hostAllowed reports whether a Host header names this server. The port is
// not compared: a forwarded port is still us. Loopback addresses are always
// ours; an address literal cannot be rebound by DNS.
func (g *Guard) hostAllowed(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsLoopback() || g.anyIP || g.hosts[name]
	}
	return g.hosts[strings.ToLower(name)]
}

// originAllowed refuses what a page of another origin asks for: everything
// that changes state, and everything under /api even when it only reads,
// since reading may cost minutes of computing. Following a link is allowed.
func (g *Guard) originAllowed(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reads && !strings.HasPrefix(r.URL.Path, "/api/") {
		return true
	}
	if origin := r.Header.Get("Origin"); origin != "" && !g.ownOrigin(origin, r.Host) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return reads && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// ownOrigin reports whether a page of this server has that origin: of the host
// that was asked or, behind a proxy that writes another Host, of a public one.
func (g *Guard) ownOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	return strings.EqualFold(u.Host, host) || slices.ContainsFunc(g.front.hosts, func(h publicHost) bool { return h.sends(u) })
}

// acceptsTokenLink answers a page address that carries the right token by
// keeping the token in a cookie and sending the browser to the address
// without it, so that it is neither bookmarked nor shown.
func (g *Guard) acceptsTokenLink(w http.ResponseWriter, r *http.Request, under bool) bool {
	if g.token == "" || r.Method != http.MethodGet || !g.matches(r.URL.Query().Get("token")) {
		return false
	}
	http.SetCookie(w, &http.Cookie{
		Name: g.cookie, Value: g.token, Path: g.cookiePath(r, under),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.Header.Get("X-Forwarded-Proto") == "https",
	})
	redirect(w, sameFolder(r, withoutToken(r.URL.RawQuery)))
	return true
}

// cookiePath keeps the cookie from other programs on the same host. At the top,
// where a prefix that was stripped is not known, it is left out: then browsers
// take the folder of the address that they asked for.
func (g *Guard) cookiePath(r *http.Request, under bool) string {
	switch {
	case !under && r.URL.Path == "/":
		return ""
	case g.front.base.written != "":
		return g.front.base.written
	}
	return "/"
}

// withoutToken leaves a query otherwise as it is: the commas of a slice are signs.
func withoutToken(query string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
		name, _, _ := strings.Cut(part, "=")
		return name == "token"
	}), "&")
}

// redirect sends a browser to an address relative to the one it asked for,
// which http.Redirect would make one below the host.
func redirect(w http.ResponseWriter, address string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}

func (g *Guard) authorised(r *http.Request) bool {
	if g.token == "" || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" { // orchestrators ask them, and learn nothing else
		return true
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return g.matches(bearer)
	}
	cookie, err := r.Cookie(g.cookie)
	return err == nil && g.matches(cookie.Value)
}

// matches compares in constant time, so that a token cannot be guessed
// character by character.
func (g *Guard) matches(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) == 1
}

// refuse answers with a problem document (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(api.Problem{Title: http.StatusText(status), Status: status, Detail: detail})
}

// NewToken makes a token of 256 random bits that is safe in an address.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}
