package client

import (
	"bytes"
	"io"
	"net/http"
)

// Within returns a client of a server that is in this process: its requests do not travel,
// and need no token. An answer is held in memory as a whole.
func Within(handler http.Handler) *Client {
	return &Client{base: "http://within", http: &http.Client{Transport: within{handler}}}
}

// within has requests answered by a handler.
type within struct{ handler http.Handler }

// RoundTrip answers a request.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	w.handler.ServeHTTP(a, r)
	return &http.Response{Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r}, nil
}

// answer keeps what a handler answers.
type answer struct {
	header http.Header
	status int
	sent   bool
	body   bytes.Buffer
}

// Header is the answer's.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the first status.
func (a *answer) WriteHeader(status int) {
	if !a.sent {
		a.status, a.sent = status, true
	}
}

// Write keeps a piece of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
