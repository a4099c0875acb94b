package front

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStatic(t *testing.T) {
	script := strings.Repeat("console.log('sightline');", 100)
	s := NewPages(fstest.MapFS{
		"index.html":         {Data: []byte(`<!doctype html><title>Sightline</title><script src="./assets/app-1a2b.js">`)},
		"assets/app-1a2b.js": {Data: []byte(script)},
	})
	fetch := func(path string, header ...string) *http.Response {
		r := httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Result()
	}
	for view, up := range map[string]string{"/": "./", "/docs": "./", "/evaluations/photos~net": "../", "/evaluations/photos~net.v2": "../",
		"/evaluations/photos~net/": "../../", "/evaluations/a%2Fb": "../", "/models/net.v2": "../", "/datasets/photos.old": "../", "/evaluations/a/samples/7": "../../../", "/1/2/3/4/5/6": "../../../../../"} {
		for range 2 { // the second time it is at hand
			res := fetch(view)
			content, _ := io.ReadAll(res.Body)
			if !strings.Contains(string(content), `<title>Sightline</title><script src="`+up+`assets/`) || res.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %s, %q", view, res.Status, content)
			}
		}
	}
	res := fetch("/assets/app-1a2b.js", "Accept-Encoding", "gzip, br")
	if !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("asset: %v", res.Header)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if content, _ := io.ReadAll(z); string(content) != script {
		t.Errorf("the asset came with %d bytes, want %d", len(content), len(script))
	}
	plain, _ := io.ReadAll(fetch("/assets/app-1a2b.js").Body)
	if string(plain) != script {
		t.Errorf("without gzip the asset came with %d bytes, want %d", len(plain), len(script))
	}
	if again := fetch("/assets/app-1a2b.js", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("asked again: %s", again.Status)
	}
	for _, missing := range []string{"/assets/gone.js", "/api/nothing", "/robots.txt", "/../server.go"} {
		if res := fetch(missing); res.StatusCode != 404 {
			t.Errorf("%s: %s, want 404", missing, res.Status)
		}
	}
}

func TestStaticWithoutInterface(t *testing.T) {
	w := httptest.NewRecorder()
	NewPages(nil).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("a build without interface says %q", w.Body)
	}
}
