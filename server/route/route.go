// Package route has the forms in which the API's routes are made: JSON documents, work that
// is accepted, raw files, streams of events. It knows the parameters that several routes
// share (slices, pages, orders), and which status an error is answered with.
package route

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// apiVersion changes when a client that works today would not any more.
const apiVersion = "1"

// New makes the JSON API on mux. It serves its description at
// /openapi.json; huma's documentation page is off, since it loads from a CDN.
func New(mux *http.ServeMux) huma.API {
	huma.DefaultArrayNullable = false // lists are never null here
	config := huma.DefaultConfig("Sightline", apiVersion)
	config.Info.Description = "Where an image classifier is wrong, and why. Errors are problem documents (RFC 9457) whose detail says what to do. " +
		"Coordinates are pixels of the image as displayed (upright); classes are indices of the model."
	config.DocsPath, config.SchemasPath = "", ""
	config.CreateHooks = nil // no $schema links in answers
	return humago.New(mux, config)
}

// body is an answer that is one JSON document.
type body[T any] struct{ Body T }

// None is the input of a route that has no parameters.
type None struct{}

// JSON registers a JSON route: "GET /api/status", an identifier for
// generated clients, a summary, and what it does.
func JSON[I, O any](a huma.API, pattern, id, summary string, do func(context.Context, *I) (O, error)) {
	op := operation[I](pattern, id, summary)
	huma.Register(a, op, func(ctx context.Context, in *I) (*body[O], error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, problem(err)
		}
		return &body[O]{out}, nil
	})
}

// Accepted is route for work that goes on after the answer (202).
func Accepted[I, O any](a huma.API, pattern, id, summary string, do func(context.Context, *I) (O, error)) {
	op := operation[I](pattern, id, summary)
	op.DefaultStatus = http.StatusAccepted
	huma.Register(a, op, func(ctx context.Context, in *I) (*body[O], error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, problem(err)
		}
		return &body[O]{out}, nil
	})
}

// Raw registers a route whose answer is no JSON; do writes it, or returns
// an error before it wrote anything.
func Raw[I any](a huma.API, pattern, id, summary, contentType, description string, do func(context.Context, *I) (http.HandlerFunc, error)) {
	op := operation[I](pattern, id, summary)
	op.Responses = map[string]*huma.Response{"200": {
		Description: description,
		Content:     map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	huma.Register(a, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		write, err := do(ctx, in)
		if err != nil {
			return nil, problem(err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			write(w, r)
		}}, nil
	})
}

// operation describes a route with input I to huma.
func operation[I any](pattern, id, summary string) huma.Operation {
	method, path, _ := strings.Cut(pattern, " ")
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/"), "/")
	op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
	sliceParameters(&op, new(I))
	return op
}
