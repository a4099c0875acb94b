// Package client is the typed Go client of Sightline's HTTP API. It depends on
// the standard library and on the contract, package api, and builds without cgo.
//
//	c := client.New("http://127.0.0.1:7878", "")
//	job, err := c.Evaluate(ctx, api.EvaluateRequest{Dataset: "groceries", Model: "mobilenet"})
//	job, err = c.Wait(ctx, job.ID, nil)
//
// Every verb of the command line is a client, so a program can do whatever the
// command line can. What the interface shows beyond that is here for programs
// too: Matrix, Sample and Image, Map and StoredMaps, Layers and Randomisation.
// The examples call them against a real server, and a test sees to it that no
// method is without a caller.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/sightline/sightline/server/api"
)

// Client talks to one Sightline server. It is safe for concurrent use. It has many
// methods, because each request of the API that a program makes is one of them.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// New returns a client of the server at base, e.g. http://127.0.0.1:7878.
// The token is empty where the server asks for none.
func New(base, token string) *Client {
	// No proxy: the server is this machine's own, or one named by address.
	return &Client{base: strings.TrimRight(base, "/"), token: token, http: &http.Client{Transport: &http.Transport{}}}
}

// URL is the address of the server.
func (c *Client) URL() string { return c.base }

// Error is an answer of the server that reports a failure.
type Error struct {
	Status int    // HTTP status code
	Detail string // what went wrong and what to do
}

// Error returns the detail alone: it is written for people.
func (e *Error) Error() string { return e.Detail }

// Close releases idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// send makes a request and returns the answer if its status is 2xx.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any) (*http.Response, error) {
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var request *url.Error
		if errors.As(err, &request) {
			err = request.Err // its address says nothing to a user
		}
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil, fmt.Errorf("the server at %s has ended: run the same command again, which starts another and goes on where this one stopped (%w)", c.base, err)
		}
		return nil, fmt.Errorf("asking the server at %s: %w", c.base, err)
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	return nil, readProblem(res)
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("writing the request for %s: %w", path, err)
		}
		content = bytes.NewReader(b)
	}
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// readProblem turns an answer that is not 2xx into an error.
func readProblem(res *http.Response) error {
	var p api.Problem
	content, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if json.Unmarshal(content, &p) != nil || p.Detail == "" {
		return &Error{res.StatusCode, fmt.Sprintf("the server answered %s to %s", res.Status, res.Request.URL.Path)}
	}
	detail := p.Detail
	for _, e := range p.Errors {
		detail += "; " + strings.TrimPrefix(e.Location+": "+e.Message, ": ")
	}
	return &Error{res.StatusCode, detail}
}

// get asks for a JSON document of type T.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, query, nil)
}

// pages reads a list page by page: of tells the entries of a page and where the next begins.
func pages[L, T any](ctx context.Context, c *Client, path string, of func(L) ([]T, string)) ([]T, error) {
	list, query := []T{}, url.Values{}
	for {
		page, err := get[L](ctx, c, path, query)
		if err != nil {
			return nil, err
		}
		entries, next := of(page)
		if list = append(list, entries...); next == "" {
			return list, nil
		}
		query.Set("after", next)
	}
}

// post sends a JSON document and reads one of type T.
func post[T any](ctx context.Context, c *Client, path string, body any) (T, error) {
	return call[T](ctx, c, http.MethodPost, path, nil, body)
}

func call[T any](ctx context.Context, c *Client, method, path string, query url.Values, body any) (T, error) {
	var out T
	res, err := c.send(ctx, method, path, query, body)
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("reading the server's answer to %s: %w", path, err)
	}
	return out, nil
}

// download copies a binary answer to w.
func (c *Client) download(ctx context.Context, path string, query url.Values, w io.Writer) (http.Header, error) {
	res, err := c.send(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return nil, fmt.Errorf("downloading %s: %w", path, err)
	}
	return res.Header, nil
}

// path joins segments to a path under /api, escaping each.
func path(segments ...string) string {
	var b strings.Builder
	b.WriteString("/api")
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}
