package front

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// noUI is what a browser sees on a build without the interface.
const noUI = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sightline</title>
<p>This build of Sightline has no web interface: it was made with <code>-tags no_ui</code>.</p>
<p>Run <code>make build</code> for a binary that has it. The HTTP API works here: <a href="./openapi.json">/openapi.json</a>.</p></html>`

// Pages serves the built web interface. Addresses that are views of the
// interface (they name no file) give index.html, which names its files relative
// to the address that was asked for: so they are found under any prefix that a
// proxy puts before it.
type Pages struct {
	files fs.FS

	mu    sync.Mutex
	ready map[string]*asset
	pages [deepest + 1]*asset // index.html by how deep its address is
}

const (
	indexName = "index.html"
	deepest   = 4 // of the addresses of views, /evaluations/ID/samples/N; a slash may follow
)

// asset is a file as it is sent: read, hashed and compressed once.
type asset struct {
	plain, zipped []byte
	contentType   string
	etag          string
}

// NewPages serves the files of the built interface; nil on a build without it.
func NewPages(files fs.FS) *Pages {
	return &Pages{files: files, ready: map[string]*asset{}}
}

func (s *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "only GET works here; the API is under /api")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if strings.HasPrefix(name, "api/") || name == "api" {
		refuse(w, http.StatusNotFound, "there is no such route; /openapi.json lists them")
		return
	}
	s.serve(w, r, name)
}

// serve sends the file of that name, or index.html where the name is a view.
func (s *Pages) serve(w http.ResponseWriter, r *http.Request, name string) {
	if a := s.asset(name); a != nil {
		cache := "no-cache"
		if strings.HasPrefix(name, "assets/") { // names there contain a hash of the content
			cache = "public, max-age=31536000, immutable"
		}
		w.Header().Set("Cache-Control", cache)
		a.send(w, r)
		return
	}
	if strings.HasPrefix(name, "assets/") || path.Ext(name) != "" && !isView(name) {
		refuse(w, http.StatusNotFound, "there is no such file")
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	s.page(max(0, strings.Count(r.URL.EscapedPath(), "/")-1)).send(w, r)
}

// page is index.html for an address in a folder so many levels down.
func (s *Pages) page(depth int) *asset {
	up := strings.Repeat("../", depth)
	if depth > deepest {
		return relativePage(s.index(), up)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages[depth] == nil {
		s.pages[depth] = relativePage(s.index(), up)
	}
	return s.pages[depth]
}

// index is index.html as it was built, or a page that says that it was not.
func (s *Pages) index() []byte {
	if s.files != nil {
		if content, err := fs.ReadFile(s.files, indexName); err == nil {
			return content
		}
	}
	return []byte(noUI)
}

// relativePage puts the way up to the top before the addresses of a page; they
// begin with "./".
func relativePage(page []byte, up string) *asset {
	if up == "" {
		up = "./"
	}
	return newAsset(indexName, bytes.ReplaceAll(page, []byte(`"./`), []byte(`"`+up)))
}

// isView says whether an address is one of a thing whose name may have a dot.
func isView(name string) bool {
	root, _, _ := strings.Cut(name, "/")
	return root == "evaluations" || root == "datasets" || root == "models"
}

// asset returns a file ready to send, or nil if there is none.
func (s *Pages) asset(name string) *asset {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.ready[name]; ok {
		return a
	}
	if s.files == nil {
		return nil
	}
	content, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil
	}
	a := newAsset(name, content)
	s.ready[name] = a
	return a
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	a := &asset{plain: content, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	a.contentType = mime.TypeByExtension(path.Ext(name))
	if a.contentType == "" {
		a.contentType = http.DetectContentType(content)
	}
	a.zipped = compressed(content)
	return a
}

// compressed returns content in gzip form, or nil where that saves little.
func compressed(content []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(content)
	_ = z.Close()
	if b.Len() > len(content)*9/10 {
		return nil
	}
	return b.Bytes()
}

func (a *asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("ETag", a.etag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.plain
	if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}
