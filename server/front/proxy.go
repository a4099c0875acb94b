// Package front is what stands before the API: the address the server listens at and how
// other commands find it, the guard that decides which requests reach it, the base path and
// names that a proxy gives it, and the pages of the interface. It knows no route.
package front

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Proxy says how browsers see a server that stands behind a proxy.
type Proxy struct {
	base  prefix
	hosts []publicHost
}

// NewProxy reads --base-path and the values of --allow-host.
func NewProxy(base string, hosts []string) (f Proxy, err error) {
	if f.base, err = parsePrefix(base); err != nil {
		return f, err
	}
	for _, text := range hosts {
		host, err := parsePublicHost(text)
		if err != nil {
			return f, err
		}
		f.hosts = append(f.hosts, host)
	}
	return f, nil
}

// Path is what browsers see before the server's own paths, percent-encoded and without a
// slash at its end; "" without a proxy.
func (f Proxy) Path() string { return f.base.written }

// Addresses lists where browsers find the server, without the scheme, which only the proxy
// knows.
func (f Proxy) Addresses() []string {
	list := make([]string, len(f.hosts))
	for i, h := range f.hosts {
		list[i] = h.String() + f.base.written + "/"
	}
	return list
}

// prefix is the path that browsers see before the server's own, such as
// /sightline; the zero value is none.
type prefix struct {
	written string // as in an address, percent-encoded
	plain   string // decoded
}

// parsePrefix reads a base path: slashes around it make no difference.
func parsePrefix(text string) (prefix, error) {
	trimmed := strings.Trim(text, "/")
	if trimmed == "" {
		return prefix{}, nil
	}
	written := "/" + trimmed
	plain, err := url.PathUnescape(written)
	if err != nil || strings.ContainsAny(written, "?#;\\ ") || path.Clean(plain) != plain || strings.Count(plain, "/") != strings.Count(written, "/") {
		return prefix{}, fmt.Errorf("--base-path %q is no path of an address: write it as the browser shows it, for example /sightline", text)
	}
	first, _, _ := strings.Cut(plain[1:], "/")
	switch first {
	case "api", "assets", "docs", "evaluations", "openapi.json":
		return prefix{}, fmt.Errorf("--base-path %q begins like Sightline's own addresses, which could not be told from it: choose a path that does not begin with /%s", text, first)
	}
	return prefix{(&url.URL{Path: plain, RawPath: written}).EscapedPath(), plain}, nil
}

// below returns the request with the path that is left below the prefix, and
// whether the prefix was there. A proxy that strips it sends paths without it:
// those are taken as they are.
func (p prefix) below(r *http.Request) (*http.Request, bool) {
	rest, ok := strings.CutPrefix(r.URL.Path, p.plain)
	if p.plain == "" || !ok || rest != "" && rest[0] != '/' {
		return r, false
	}
	raw := r.URL.EscapedPath()
	for range strings.Count(p.plain, "/") {
		_, raw, _ = strings.Cut(raw[1:], "/")
		raw = "/" + raw
	}
	inner, address := *r, *r.URL
	inner.URL, address.Path, address.RawPath = &address, rest, raw
	return &inner, true
}

// slashed is the address of the top, with the slash that its relative addresses
// need, from the address without one.
func (p prefix) slashed(query string) string {
	address := "." + p.written[strings.LastIndexByte(p.written, '/'):] + "/"
	if query != "" {
		address += "?" + query
	}
	return address
}

// publicHost is a name under which a proxy shows the server.
type publicHost struct {
	name string // in lower case
	port string // "" for those of http and https
}

func parsePublicHost(text string) (publicHost, error) {
	name, port, err := net.SplitHostPort(text)
	if err != nil {
		name, port = strings.Trim(text, "[]"), ""
	}
	_, wrong := strconv.ParseUint(cmp.Or(port, "80"), 10, 16)
	if name == "" || wrong != nil || strings.ContainsAny(name, "/*?#@, ") || strings.Contains(name, ":") && net.ParseIP(name) == nil {
		return publicHost{}, fmt.Errorf("--allow-host %q is no host: write its name as in the browser's address, with the port if that is shown, for example sightline.example.org or lab.example.org:8443", text)
	}
	return publicHost{strings.ToLower(name), port}, nil
}

// String is the host as in an address.
func (h publicHost) String() string {
	if h.port != "" {
		return net.JoinHostPort(h.name, h.port)
	}
	if strings.Contains(h.name, ":") {
		return "[" + h.name + "]"
	}
	return h.name
}

// sends reports whether pages of this host have that origin.
func (h publicHost) sends(origin *url.URL) bool {
	port := origin.Port()
	switch {
	case !strings.EqualFold(origin.Hostname(), h.name):
		return false
	case h.port != "":
		return port == h.port || port == "" && h.port == defaultPort(origin.Scheme)
	}
	return port == "" || port == defaultPort(origin.Scheme)
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// sameFolder is the address of what a browser asked for, relative to it, with
// another query: so it holds under any prefix.
func sameFolder(r *http.Request, query string) string {
	asked := r.URL.EscapedPath()
	address := "./" + asked[strings.LastIndexByte(asked, '/')+1:]
	if query != "" {
		address += "?" + query
	}
	return address
}
