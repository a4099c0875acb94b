package server_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks"
)

// A proxyKind is how a proxy shows a server under https://lab.example/PREFIX/.
type proxyKind struct {
	name     string
	prefix   string // what browsers see
	strips   bool   // the prefix
	keepHost bool   // or else names the server itself, and tells of the former in X-Forwarded-Host
	tells    bool   // sends X-Forwarded-*
	options  server.Options
}

const publicName = "lab.example"

func proxyKinds() []proxyKind {
	named := server.Options{BasePath: "/sightline", AllowHosts: []string{publicName}}
	nameless := server.Options{AllowHosts: []string{publicName}}
	return []proxyKind{
		{"passes the prefix on", "/sightline", false, true, true, named},
		{"passes the prefix on, writes Host", "/sightline", false, false, false, named},
		{"strips the prefix", "/sightline", true, true, true, named},
		{"strips the prefix, writes Host", "/sightline", true, false, true, named},
		{"strips a prefix that the server does not know", "/user/anna%40lab/proxy/7878", true, true, true, nameless},
		{"passes a long prefix on", "/user/anna/proxy/absolute/7878", false, true, true, server.Options{BasePath: "user/anna/proxy/absolute/7878/", AllowHosts: []string{publicName}}},
		{"has no prefix", "", false, true, true, nameless},
	}
}

// proxy shows a server as a kind says. The client takes every name for the proxy's.
func proxy(t *testing.T, s *server.Server, kind proxyKind) (*httptest.Server, *http.Client) {
	target, err := url.Parse(s.URL())
	must(t, err)
	target.Path, target.RawPath = "", ""
	var handler http.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if kind.tells {
			r.SetXForwarded()
		}
		if kind.keepHost {
			r.Out.Host = r.In.Host
		}
	}}
	if kind.strips {
		handler = stripped(kind.prefix, handler)
	}
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.EscapedPath(), kind.prefix+"/") {
			http.Error(w, "another program of this host", http.StatusTeapot)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	jar, err := cookiejar.New(nil)
	must(t, err)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, front.Listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return front, &http.Client{Transport: transport, Jar: jar}
}

// stripped takes a prefix off as it stands in the address, percent-encoded or not.
func stripped(prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawPath = strings.TrimPrefix(r.URL.EscapedPath(), prefix)
		r.URL.Path, _ = url.PathUnescape(r.URL.RawPath)
		next.ServeHTTP(w, r)
	})
}

func TestBehindAProxy(t *testing.T) {
	thorough.Only(t)
	for _, kind := range proxyKinds() {
		t.Run(kind.name, func(t *testing.T) {
			kind.options.Token = "secret"
			s := startWith(t, kind.options)
			front, c := proxy(t, s, kind)
			top := "https://" + publicName + kind.prefix
			wantStatus(t, c, "GET", top+"/api/status", 401, nil)
			page := wantStatus(t, c, "GET", top+"/evaluations/a~b?label=cake,pie&token=secret", 200, nil)
			if got := page.Request.URL.String(); got != top+"/evaluations/a~b?label=cake,pie" {
				t.Errorf("the link with the token led to %s", got)
			}
			wantStatus(t, c, "GET", top+"/api/status", 200, nil)
			c.Jar, _ = cookiejar.New(nil)
			page = wantStatus(t, c, "GET", top+"/?token=secret", 200, nil)
			if got := page.Request.URL.String(); got != top+"/" {
				t.Errorf("the printed link led to %s", got)
			}
			wantCookies(t, c.Jar, top, kind.tells)
			for _, view := range []string{"/", "/evaluations/a~b", "/evaluations/a~b/", "/evaluations/a~b/samples/7", "/docs", "/docs/proxy", "/a/b/c/d/e/f/g"} {
				wantAssets(t, c, top+view)
			}
			wantGuarded(t, c, top)
			wantRefused(t, c, kind)
			wantClient(t, front.Config.Handler, kind.prefix)
		})
	}
}

// wantStatus makes a request and reads the answer, whose status it checks.
func wantStatus(t *testing.T, c *http.Client, method, address string, status int, header map[string]string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	must(t, err)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	res, err := c.Do(r)
	must(t, err)
	body, err := io.ReadAll(res.Body)
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != status {
		t.Errorf("%s %s: %s, want %d: %.300s", method, address, res.Status, status, body)
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	return res
}

// wantCookies: the token is shown to the server and, where it has a prefix, to
// no other program of the host.
func wantCookies(t *testing.T, jar http.CookieJar, top string, encrypted bool) {
	t.Helper()
	at := func(address string) int {
		u, err := url.Parse(address)
		must(t, err)
		return len(jar.Cookies(u))
	}
	host := "https://" + publicName
	if at(top+"/api/status") != 1 || at(top+"/evaluations/x") != 1 {
		t.Errorf("%s: the cookie is not sent to the API and the pages", top)
	}
	if top != host && at(host+"/other/")+at(host+"/")+at(top+"-of-another/") != 0 {
		t.Errorf("%s: the cookie is sent to other programs of the host", top)
	}
	if encrypted && at("http://"+strings.TrimPrefix(top, "https://")+"/") != 0 {
		t.Errorf("%s: the cookie is sent without encryption", top)
	}
}

var attribute = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

// wantAssets follows what a page names, as a browser does.
func wantAssets(t *testing.T, c *http.Client, address string) {
	t.Helper()
	page := wantStatus(t, c, "GET", address, 200, nil)
	html, _ := io.ReadAll(page.Body)
	named := attribute.FindAllSubmatch(html, -1)
	if len(named) == 0 {
		t.Fatalf("%s names no files: %s", address, html)
	}
	for _, m := range named {
		file, err := page.Request.URL.Parse(string(m[1]))
		must(t, err)
		res := wantStatus(t, c, "GET", file.String(), 200, nil)
		if kind := res.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s names %s, which is no file but %s", address, m[1], kind)
		}
	}
}

// wantGuarded: its own pages may ask, no others, and no other name leads to the server.
func wantGuarded(t *testing.T, c *http.Client, top string) {
	t.Helper()
	act := top + "/api/jobs/x/cancel"
	own := "https://" + publicName
	wantStatus(t, c, "POST", act, 404, map[string]string{"Origin": own, "Sec-Fetch-Site": "same-origin"})
	wantStatus(t, c, "POST", act, 404, map[string]string{"Origin": own})
	for _, foreign := range []string{"https://attacker.example", "https://lab.example.attacker.example", "https://lab.example:8443", "null"} {
		wantStatus(t, c, "POST", act, 403, map[string]string{"Origin": foreign})
		wantStatus(t, c, "GET", top+"/api/status", 403, map[string]string{"Origin": foreign})
	}
	wantStatus(t, c, "POST", act, 403, map[string]string{"Origin": own, "Sec-Fetch-Site": "same-site"})
}

// wantRefused: a name that an attacker lets point to the proxy reaches nothing,
// where the proxy keeps it as the Host or tells of it.
func wantRefused(t *testing.T, c *http.Client, kind proxyKind) {
	t.Helper()
	if !kind.keepHost && !kind.tells {
		return // such a proxy hides what was asked for
	}
	wantStatus(t, c, "GET", "https://attacker.example"+kind.prefix+"/api/status", 421, nil)
	wantStatus(t, c, "GET", "https://"+publicName+".attacker.example"+kind.prefix+"/", 421, nil)
}

// wantClient: the client works under a prefix as well, streams of events included.
func wantClient(t *testing.T, handler http.Handler, prefix string) {
	t.Helper()
	plain := httptest.NewServer(handler)
	defer plain.Close()
	c := client.New(plain.URL+prefix+"/", "secret")
	defer c.Close()
	photos := filepath.Join(t.TempDir(), "photos")
	must(t, fixture.WriteImages(photos, []string{"red", "green"}, 2))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: photos})
	must(t, err)
	finish(t, c, job)
	dataset, err := c.Dataset(t.Context(), "colours")
	must(t, err)
	if dataset.Samples != 4 {
		t.Errorf("%d samples, want 4", dataset.Samples)
	}
}

// The address without the last slash would let relative addresses lead elsewhere.
func TestBasePathAlone(t *testing.T) {
	s := startWith(t, server.Options{BasePath: "/lab/sightline", Token: "secret"})
	if !strings.HasSuffix(s.URL(), "/lab/sightline") {
		t.Errorf("the address is %s", s.URL())
	}
	jar, err := cookiejar.New(nil)
	must(t, err)
	page := wantStatus(t, &http.Client{Jar: jar}, "GET", s.URL()+"?token=secret", 200, nil)
	if got := page.Request.URL.String(); got != s.URL()+"/" {
		t.Errorf("led to %s, want %s/", got, s.URL())
	}
	wantStatus(t, http.DefaultClient, "GET", s.URL()+"-else/api/status", 401, nil)
}

func TestOddBasePathsAndHosts(t *testing.T) {
	for _, o := range []server.Options{
		{BasePath: "https://lab.example/sightline"}, {BasePath: "/a/../b"}, {BasePath: "/a//b"}, {BasePath: "/a?b"}, {BasePath: "/a%2Fb"}, {BasePath: "/a;b"},
		{BasePath: "/api"}, {BasePath: "/docs/x"}, {BasePath: "%zz"},
		{AllowHosts: []string{""}}, {AllowHosts: []string{"https://lab.example"}}, {AllowHosts: []string{"*"}}, {AllowHosts: []string{"*.example"}}, {AllowHosts: []string{"a:b:c"}},
	} {
		o.Workspace, o.Tasks, o.Listen = t.TempDir(), tasks.Plan, "127.0.0.1:0"
		s, err := server.Start(t.Context(), o)
		if err == nil {
			t.Errorf("%q %q is accepted", o.BasePath, o.AllowHosts)
			_ = s.Close(t.Context())
		} else if !strings.Contains(err.Error(), "example") && !strings.Contains(err.Error(), "choose") {
			t.Errorf("%v does not say what to do", err)
		}
	}
}
