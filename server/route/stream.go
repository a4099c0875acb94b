package route

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// Event is one server-sent event.
type Event struct {
	Name string
	Data any
}

// Failure is the last event of a stream that failed.
func Failure(err error) Event {
	e := api.StreamError{Status: http.StatusInternalServerError, Detail: err.Error()}
	if answer := (*huma.ErrorModel)(nil); errors.As(problem(err), &answer) {
		e = api.StreamError{Status: answer.Status, Detail: answer.Detail}
	}
	return Event{"error", e}
}

// Streamed registers a route whose answer is a stream of server-sent events.
// kinds tells the type of each event's data, for the description of the API.
// start may refuse before anything is sent; what it returns then sends events
// until it returns, or until the client leaves (its context ends, send fails).
func Streamed[I any](a huma.API, pattern, id, summary string, kinds map[string]any, start func(context.Context, *I) (func(context.Context, func(Event) error), error)) {
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
			w.Header().Set("Cache-Control", "no-store, no-transform") // a proxy that compresses would hold events back
			w.Header().Set("X-Accel-Buffering", "no")                 // so would nginx, which gathers answers
			ctx, leave := untilClosing(r.Context())
			defer leave()
			s := &eventStream{w: w}
			defer s.keepAlive(beat)()
			run(ctx, s.send)
		}}, nil
	})
}

// Watched streams the progress of a measurement, then its result.
func Watched[T any](measure func(context.Context, func(task.Progress) error) (T, error)) func(context.Context, func(Event) error) {
	return func(ctx context.Context, send func(Event) error) {
		found, err := measure(ctx, func(p task.Progress) error {
			return send(Event{"progress", Progress(p)})
		})
		if err != nil {
			_ = send(Failure(err))
			return
		}
		_ = send(Event{"done", found})
	}
}

// Progress is how far a measurement is, as it travels.
func Progress(p task.Progress) api.MeasureProgress {
	return api.MeasureProgress{Done: p.Done, Total: p.Total, Rate: p.Rate, ETASeconds: p.Left.Seconds()}
}

// closingKey is where the context of every request holds the one that ends
// when the server closes: a stream would otherwise keep it open.
type closingKey struct{}

// UntilClosed returns the context for requests of a server whose streams are to end when
// closing ends.
func UntilClosed(ctx, closing context.Context) context.Context {
	return context.WithValue(ctx, closingKey{}, closing)
}

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

// beat is how often a stream says that it is still there: proxies end a
// connection on which nothing came for a minute.
const beat = 15 * time.Second

// eventStream writes events, and comments in between.
type eventStream struct {
	mu sync.Mutex
	w  http.ResponseWriter
}

func (s *eventStream) send(e Event) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encoding the event %s: %w", e.Name, err)
	}
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", e.Name, data))
}

func (s *eventStream) write(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}

// keepAlive sends a comment at once, which brings the headers on their way, and
// then one at every tick until stop is called; none is written after that.
func (s *eventStream) keepAlive(every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for s.write(": still here\n\n") == nil {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}
