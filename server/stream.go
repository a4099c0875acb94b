package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sightline/sightline/server/api"
)

// event is one server-sent event.
type event struct {
	name string
	data any
}

// failure is the last event of a stream that failed.
func failure(err error) event {
	e := api.StreamError{Status: http.StatusInternalServerError, Detail: err.Error()}
	if answer := (*huma.ErrorModel)(nil); errors.As(problem(err), &answer) {
		e = api.StreamError{Status: answer.Status, Detail: answer.Detail}
	}
	return event{"error", e}
}

// streamed registers a route whose answer is a stream of server-sent events.
// kinds tells the type of each event's data, for the description of the API.
// start may refuse before anything is sent; what it returns then sends events
// until it returns, or until the client leaves (its context ends, send fails).
func streamed[I any](a huma.API, pattern, id, summary string, kinds map[string]any, start func(context.Context, *I) (func(context.Context, func(event) error), error)) {
	op := operation[I](pattern, id, summary)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "Server-sent events",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: eventSchema(a, kinds)}},
	}}
	huma.Register(a, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		run, err := start(ctx, in)
		if err != nil {
			return nil, problem(err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Accel-Buffering", "no")
			ctx, leave := untilClosing(r.Context())
			defer leave()
			run(ctx, func(e event) error { return sendEvent(w, e) })
		}}, nil
	})
}

// closingKey is where the context of every request holds the one that ends
// when the server closes: a stream would otherwise keep it open.
type closingKey struct{}

// untilClosing ends with ctx, or when the server closes.
func untilClosing(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	closing, ok := ctx.Value(closingKey{}).(context.Context)
	if !ok {
		return ctx, cancel
	}
	stop := context.AfterFunc(closing, cancel)
	return ctx, func() { stop(); cancel() }
}

// eventSchema lists the events of a stream: an object with a property per
// event name, each the data of that event.
func eventSchema(a huma.API, kinds map[string]any) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Description: "Each property is the data of the event of that name", Properties: map[string]*huma.Schema{}}
	for name, value := range kinds {
		s.Properties[name] = a.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(value), true, name)
	}
	return s
}

func sendEvent(w http.ResponseWriter, e event) error {
	data, err := json.Marshal(e.data)
	if err != nil {
		return fmt.Errorf("encoding the event %s: %w", e.name, err)
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, data); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}
