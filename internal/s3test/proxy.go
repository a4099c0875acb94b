package s3test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// Proxy stands before a server and makes faults that it does not make by itself.
type Proxy struct {
	*httptest.Server
	fault atomic.Pointer[func(*http.Request) *Fault]
	asked atomic.Int64
}

// Fault is what is answered in the server's place.
type Fault struct {
	Status int
	Code   string // of S3
	After  int64  // if not 0, the server's own answer breaks off after so many bytes
}

// Behind starts a proxy before a server.
func (s *Server) Behind(t testing.TB) *Proxy {
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	p := new(Proxy)
	through := httputil.NewSingleHostReverseProxy(to)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		fault := p.fault.Load()
		if fault == nil {
			through.ServeHTTP(w, r)
			return
		}
		f := (*fault)(r)
		switch {
		case f == nil:
			through.ServeHTTP(w, r)
		case f.After > 0:
			through.ServeHTTP(&breaking{ResponseWriter: w, left: f.After}, r)
		default:
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(f.Status)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>made by a test</Message></Error>", f.Code)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// Fail has the proxy ask what to answer to each request; nil is the server's own answer.
func (p *Proxy) Fail(fault func(*http.Request) *Fault) { p.fault.Store(&fault) }

// Asked is how many requests came.
func (p *Proxy) Asked() int { return int(p.asked.Load()) }

// breaking is an answer that breaks off.
type breaking struct {
	http.ResponseWriter
	left int64
}

func (b *breaking) Write(data []byte) (int, error) {
	if int64(len(data)) <= b.left {
		b.left -= int64(len(data))
		return b.ResponseWriter.Write(data)
	}
	b.ResponseWriter.Write(data[:b.left])
	b.ResponseWriter.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}
