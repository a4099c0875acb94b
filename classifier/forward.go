package classifier

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// A Forward is the model with tensors from inside of it as further outputs, so that
// whoever predicts and whoever looks at a layer share one pass. It is safe for concurrent
// use, and closed with its Classifier at the latest.
type Forward struct {
	model   *Classifier
	session *ort.Session
}

// An ApartError says why tensors from inside of the model cannot come out of the pass that
// predicts.
type ApartError struct{ Reason string }

func (e *ApartError) Error() string { return e.Reason }

// Forward opens the model with the values of some tensors of its file beside those of Run.
// It is made once for the same tensors and kept. Fetching a tensor can keep the runtime
// from joining operators, which rounds differently: where the scores or the embedding of
// [Trials] are not those of Run to the bit, and where the file has no such tensor, the error
// is an *ApartError.
func (c *Classifier) Forward(ctx context.Context, tensors []string) (*Forward, error) {
	return c.forwards.get(strings.Join(tensors, "\x00"), func() (*Forward, error) {
		session, err := c.openForward(tensors)
		if err != nil {
			return nil, err
		}
		f := &Forward{c, session}
		if err := f.prove(ctx); err != nil {
			session.Close()
			return nil, err
		}
		return f, nil
	})
}

func (c *Classifier) openForward(tensors []string) (*ort.Session, error) {
	at := c.place("scores and " + strings.Join(tensors, "\x00"))
	if s, _ := at.Open(ort.Options{Threads: c.threads}); s != nil {
		return s, nil
	}
	m, err := c.File()
	if err != nil {
		return nil, err
	}
	outputs, err := c.spec.plan().rewrite(m)
	if err != nil {
		return nil, err
	}
	for _, name := range tensors {
		if m.Graph.Index().Producer(name) == nil {
			return nil, &ApartError{fmt.Sprintf("the file has no tensor %s: it is one of the graph that gradients are made of", name)}
		}
		outputs = append(outputs, m.Graph.AddOutput(name, onnx.Undefined))
	}
	session, _, err := openSession(m, []string{c.spec.Input.Name}, outputs, c.threads, written(at))
	if err != nil {
		return nil, &ApartError{fmt.Sprintf("the runtime does not open the model with %s as an output: %v", strings.Join(tensors, ", "), err)}
	}
	return session, nil
}

// Trials returns the inputs of n generated images, at most 3, the same every time.
func (c *Classifier) Trials(n int) ([]float32, error) { return generated(c.spec, min(n, probes)) }

// trials is how many inputs prove a Forward: an operator that rounds differently does so on
// nearly every image.
const trials = 2

// prove runs the trials both ways.
func (f *Forward) prove(ctx context.Context) error {
	inputs, err := f.model.Trials(trials)
	if err != nil {
		return err
	}
	want, err := f.model.Run(ctx, inputs, trials)
	if err != nil {
		return err
	}
	got, err := f.Run(ctx, inputs, trials)
	if err != nil {
		return err
	}
	if !sameBits(want.Logits, got.Logits) || !sameBits(want.Embedding, got.Embedding) {
		return &ApartError{"the scores are rounded differently in a pass that gives the layer too"}
	}
	return nil
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// Run is that of the Classifier, with the tensors.
func (f *Forward) Run(ctx context.Context, input []float32, n int) (*Result, error) {
	return f.model.runOn(ctx, f.session, input, n)
}

// addTensors appends what a session gave of further tensors for count samples, and perhaps
// for more that only fill its batch.
func (r *Result) addTensors(raw []*ort.Tensor, count int) error {
	if r.Tensors == nil && len(raw) > 0 {
		r.Tensors = make([][]float32, len(raw))
	}
	for i, t := range raw {
		if len(t.Shape) == 0 || t.Shape[0] < int64(count) {
			return &ApartError{fmt.Sprintf("a tensor of shape %v does not have a part for each of %d images", t.Shape, count)}
		}
		values := t.Floats()
		r.Tensors[i] = append(r.Tensors[i], values[:len(values)/int(t.Shape[0])*count]...)
	}
	return nil
}

// forwards are those that were made of a model.
type forwards struct {
	mu     sync.Mutex // held while one is made
	closed bool
	made   map[string]*Forward
	apart  map[string]*ApartError
}

// get returns the one of a name, opened if there is none. Why one cannot be is kept too.
func (s *forwards) get(name string, open func() (*Forward, error)) (*Forward, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.made[name]; f != nil {
		return f, nil
	}
	if apart := s.apart[name]; apart != nil {
		return nil, apart
	}
	if s.closed {
		return nil, ort.ErrClosed
	}
	f, err := open()
	var apart *ApartError
	switch {
	case errors.As(err, &apart):
		if s.apart == nil {
			s.apart = map[string]*ApartError{}
		}
		s.apart[name] = apart
	case err == nil:
		if s.made == nil {
			s.made = map[string]*Forward{}
		}
		s.made[name] = f
	}
	return f, err
}

// Close frees a Forward that nobody will run: it is made anew when it is asked for again.
func (f *Forward) Close() {
	s := &f.model.forwards
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, made := range s.made {
		if made == f {
			delete(s.made, name)
			f.session.Close()
		}
	}
}

func (s *forwards) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, f := range s.made {
		f.session.Close()
	}
	s.made = nil
}
