package front

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// reached is the handler behind the guard under test.
var reached = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "reached") })

func ask(t *testing.T, g *Guard, method, target string, change func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.Wrap(reached).ServeHTTP(w, r)
	return w.Result()
}

func TestGuardChecksHost(t *testing.T) {
	tests := []struct {
		bound, host string
		want        int
	}{
		{"127.0.0.1", "127.0.0.1:7878", 200},
		{"127.0.0.1", "localhost:7878", 200},
		{"127.0.0.1", "LOCALHOST", 200},
		{"127.0.0.1", "[::1]:7878", 200},
		{"127.0.0.1", "127.0.0.1:9000", 200}, // a forwarded port
		{"127.0.0.1", "attacker.example", 421},
		{"127.0.0.1", "attacker.example:7878", 421},
		{"127.0.0.1", "localhost.attacker.example", 421},
		{"127.0.0.1", "192.168.1.5:7878", 421},
		{"192.168.1.5", "192.168.1.5:7878", 200},
		{"192.168.1.5", "192.168.1.6:7878", 421},
		{"0.0.0.0", "192.168.1.6:7878", 200}, // an address cannot be rebound
		{"0.0.0.0", "attacker.example:7878", 421},
		{"0.0.0.0", hostname(t) + ":7878", 200},
		{"127.0.0.1", hostname(t) + ".example", 421},
		{"", "10.1.2.3:80", 200},
		{"labhost.example", "labhost.example:7878", 200},
	}
	for _, test := range tests {
		res := ask(t, NewGuard(test.bound, "", Proxy{}), "GET", "/api/status", func(r *http.Request) { r.Host = test.host })
		if res.StatusCode != test.want {
			t.Errorf("bound to %q, Host %q: status %d, want %d", test.bound, test.host, res.StatusCode, test.want)
		}
	}
}

func hostname(t *testing.T) string {
	name, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	return name
}

func TestGuardRefusesForeignPages(t *testing.T) {
	tests := []struct {
		name, method, path, origin, site, mode string
		want                                   int
	}{
		{"own page posts", "POST", "/api/jobs/1/cancel", "http://127.0.0.1:7878", "same-origin", "cors", 200},
		{"command line posts", "POST", "/api/jobs/1/cancel", "", "", "", 200},
		{"foreign page posts", "POST", "/api/jobs/1/cancel", "http://attacker.example", "cross-site", "cors", 403},
		{"foreign form posts without Origin", "POST", "/api/jobs/1/cancel", "", "cross-site", "navigate", 403},
		{"sandboxed page posts", "POST", "/api/jobs/1/cancel", "null", "", "", 403},
		{"other port posts", "POST", "/api/jobs/1/cancel", "http://127.0.0.1:3000", "same-site", "cors", 403},
		{"foreign page reads", "GET", "/api/status", "http://attacker.example", "cross-site", "cors", 403},
		{"foreign page embeds an image", "GET", "/api/datasets/d/samples/1/image", "", "cross-site", "no-cors", 403},
		{"link from elsewhere to the interface", "GET", "/evaluations/x", "", "cross-site", "navigate", 200},
		{"own page reads", "GET", "/api/status", "", "same-origin", "cors", 200},
		{"typed address", "GET", "/api/status", "", "none", "navigate", 200},
	}
	for _, test := range tests {
		res := ask(t, NewGuard("127.0.0.1", "", Proxy{}), test.method, test.path, func(r *http.Request) {
			r.Host = "127.0.0.1:7878"
			for name, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site, "Sec-Fetch-Mode": test.mode} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
		})
		if res.StatusCode != test.want {
			t.Errorf("%s: status %d, want %d", test.name, res.StatusCode, test.want)
		}
	}
}

func TestGuardAsksForToken(t *testing.T) {
	g := NewGuard("127.0.0.1", "secret", Proxy{})
	local := func(change func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) {
			r.Host = "127.0.0.1:7878"
			if change != nil {
				change(r)
			}
		}
	}
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	if res := ask(t, g, "GET", "/", local(nil)); res.StatusCode != 401 || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("without token: %s %s", res.Status, res.Header.Get("Content-Type"))
	}
	if res := ask(t, g, "GET", "/?token=wrong", local(nil)); res.StatusCode != 401 {
		t.Errorf("wrong token in the address: %s", res.Status)
	}
	if res := ask(t, g, "GET", "/api/status", local(bearer("wrong"))); res.StatusCode != 401 {
		t.Errorf("wrong bearer token: %s", res.Status)
	}
	if res := ask(t, g, "GET", "/api/status", local(bearer("secret"))); res.StatusCode != 200 {
		t.Errorf("bearer token: %s", res.Status)
	}
	res := ask(t, g, "GET", "/evaluations/x?token=secret&split=test&label=cake,pie", local(nil))
	if res.StatusCode != 303 || res.Header.Get("Location") != "./x?split=test&label=cake,pie" || len(res.Cookies()) != 1 {
		t.Fatalf("token in the address: %s to %q with %d cookies", res.Status, res.Header.Get("Location"), len(res.Cookies()))
	}
	cookie := res.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v", cookie)
	}
	if res := ask(t, g, "GET", "/api/status", local(func(r *http.Request) { r.AddCookie(cookie) })); res.StatusCode != 200 {
		t.Errorf("cookie: %s", res.Status)
	}
}

// A double slash would make the redirect lead to another host.
func TestTokenRedirectStaysHere(t *testing.T) {
	res := ask(t, NewGuard("127.0.0.1", "secret", Proxy{}), "GET", "//attacker.example/?token=secret", func(r *http.Request) { r.Host = "127.0.0.1" })
	if location := res.Header.Get("Location"); strings.HasPrefix(location, "//") || strings.Contains(location, "://") {
		t.Errorf("redirected to %q", location)
	}
}

func TestSecurityHeaders(t *testing.T) {
	res := ask(t, NewGuard("127.0.0.1", "", Proxy{}), "GET", "/", func(r *http.Request) { r.Host = "localhost" })
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "http") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", res.Header)
	}
}

func TestPanicIsAProblem(t *testing.T) {
	var log strings.Builder
	w := httptest.NewRecorder()
	Recovering(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("tilt") }), &log).ServeHTTP(w, httptest.NewRequest("GET", "/api/status", nil))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "tilt") || !strings.Contains(log.String(), "guard_test.go") {
		t.Errorf("%d %s, log %q", w.Code, w.Body, log.String())
	}
}
