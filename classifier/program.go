package classifier

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
	"github.com/sightline/sightline/ort/laidout"
)

// A Program is a graph made from the model's, ready to run. Its session may be
// closed between runs, to be made again by the next; see KeepPrograms.
type Program struct {
	cache   *programCache
	recipe  func() (*autodiff.Recipe, error)
	threads int
	opener  opener
	kept    *laidout.Place // on disk; nil where it is not
	watch   Watch
	usual   func(n int) time.Duration
	first   sync.Once
	err     error // of making it first

	making  sync.Mutex // held while the session is made
	session *ort.Session
	inputs  [][]int64 // shapes, the batch being -1
	memory  int64     // bytes per sample of all that a run computes
	fixed   int       // batch of a model that has its own, else 0
	length  int       // samples per run

	// Of the cache.
	users int
	size  int64 // bytes of the graph that the session holds
}

// Program makes the recipe's graph, or returns the one made before under that
// name: a *[Program]. It runs on as many threads as the model was opened with.
func (c *Classifier) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	p := c.inside.programs.find(name, func() *Program {
		return &Program{fixed: c.spec.Batch.Fixed, length: c.step(), threads: c.threads, opener: c.opener(), kept: c.place("program " + name), watch: c.watch, usual: c.spec.usual,
			recipe: func() (*autodiff.Recipe, error) {
				g, err := c.Graph()
				if err != nil {
					return nil, err
				}
				return recipe(g)
			}}
	})
	p.first.Do(func() {
		if _, p.err = p.acquire(); p.err == nil {
			p.cache.release(p)
		}
	})
	return p, p.err
}

// opener is how sessions of programs are opened. Fused graphs take twice as long to
// open, which a model that was readied quickly, for one image, does not win back.
func (c *Classifier) opener() opener {
	if c.mapped {
		return asIs
	}
	return fuse.Open
}

// open makes the session.
func (p *Program) open() error {
	if s, about := p.kept.Open(ort.Options{Threads: p.threads}); s != nil {
		if p.inputs == nil {
			p.inputs, p.memory = about.Shapes, about.Memory
		}
		p.session, p.size = s, about.Size
		return nil
	}
	r, err := p.recipe()
	if err != nil {
		return err
	}
	if p.inputs == nil { // they never change, and are read without a lock
		if p.inputs, err = inputShapes(r); err != nil {
			return err
		}
		p.memory, _ = canonical.Bytes(r.Model)
	}
	p.session, p.size, err = openSession(r.Model, r.Inputs, r.Outputs, p.threads, p.layOut)
	return err
}

// layOut lays the graph out where it is kept, if it can be, and else as the opener does.
func (p *Program) layOut(m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
	about := laidout.About{Inputs: inputs, Outputs: outputs, Shapes: p.inputs, Memory: p.memory, Size: int64(len(encoded))}
	if s := p.kept.LayOut(about, m, encoded, o); s != nil {
		return s, nil
	}
	return p.opener(m, encoded, inputs, outputs, o)
}

// largestKept is how many bytes a model may have whose graphs are kept: a gradient's has twice as many.
const largestKept = 512 << 20

// place is where the graph of a name is kept: those of a file that is known by its digest.
func (c *Classifier) place(name string) *laidout.Place {
	if c.changed != nil || c.mapped || c.spec.SHA256 == "" || c.spec.Size > largestKept {
		return nil
	}
	return c.graphs.Of(c.spec.graph(), name, c.threads)
}

// graph is what a model's graphs are made from: the rest of its specification has no part in them.
func (s *Spec) graph() Spec {
	of := *s
	of.Name, of.Path = "", ""
	of.Classes, of.ClassIDs, of.Provenance, of.Warnings = nil, nil, nil, nil
	of.Batch.Recommended, of.Batch.SampleSeconds, of.Batch.Note = 0, 0, ""
	return of
}

func inputShapes(r *autodiff.Recipe) (shapes [][]int64, err error) {
	for _, name := range r.Inputs {
		shape, err := inputShape(r.Model.Graph, name)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, shape)
	}
	return shapes, nil
}

// inputShape is the declared shape of an input, batch first.
func inputShape(g *onnx.Graph, name string) ([]int64, error) {
	i := slices.IndexFunc(g.Inputs, func(v *onnx.Value) bool { return v.Name == name })
	if i < 0 || !g.Inputs[i].HasShape || len(g.Inputs[i].Shape) == 0 {
		return nil, fmt.Errorf("input %q of the graph that was made has no known shape", name)
	}
	var shape []int64
	for _, d := range g.Inputs[i].Shape {
		shape = append(shape, d.Size)
	}
	return shape, nil
}

// BytesPerSample bounds the memory that a run takes per sample: the sum of all
// tensors it computes. The weights are not in it.
func (p *Program) BytesPerSample() int64 { return p.memory }

// Run implements autodiff.Program.
func (p *Program) Run(ctx context.Context, n int, inputs ...[]float32) ([][]float32, error) {
	if len(inputs) != len(p.inputs) {
		return nil, fmt.Errorf("the program takes %d inputs, not %d", len(p.inputs), len(inputs))
	}
	session, err := p.acquire()
	if err != nil {
		return nil, err
	}
	defer p.cache.release(p)
	var pieces [][][]float32
	for first := 0; first < n; first += p.length {
		got, err := p.piece(ctx, session, inputs, first, min(p.length, n-first), n)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, got)
	}
	return autodiff.Joined(pieces), nil
}

// piece runs count of n samples, repeating the last up to a fixed batch.
func (p *Program) piece(ctx context.Context, session *ort.Session, inputs [][]float32, first, count, n int) ([][]float32, error) {
	rows := max(count, p.fixed)
	tensors := make([]*ort.Tensor, len(inputs))
	for i, data := range autodiff.Part(inputs, n, first, count) {
		if rows > count {
			per := len(data) / count
			data = slices.Concat(data, slices.Repeat(data[len(data)-per:], rows-count))
		}
		shape := append([]int64{int64(rows)}, p.inputs[i][1:]...)
		tensors[i] = &ort.Tensor{Shape: shape, Data: data}
	}
	var raw []*ort.Tensor
	err := p.watch.run(ctx, p.usual(rows), func(ctx context.Context) (err error) {
		raw, err = session.Run(ctx, tensors...)
		return err
	})
	if err != nil {
		return nil, err
	}
	outputs := make([][]float32, len(raw))
	for i, t := range raw {
		values := t.Floats()
		outputs[i] = values[:len(values)/rows*count]
	}
	return outputs, nil
}

// A programCache keeps the programs that were made of a model, by name, and the
// sessions of those that were used last.
type programCache struct {
	mu       sync.Mutex
	limit    int64 // bytes that idle sessions may hold together, 0: any
	closed   bool
	programs map[string]*Program
	idle     lru.Cache[*Program, struct{}] // those with a session that nobody runs
	last     *Program                      // the one released last, which stays however large it is
}

// KeepPrograms limits the memory of programs: sessions that nobody runs are closed,
// those first that were used longest ago, until the graphs of the others, weights
// included, have at most that many bytes. They are made anew when they are run
// again. Without it all stay open.
func (c *Classifier) KeepPrograms(bytes int64) {
	s := &c.inside.programs
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = bytes
	s.trim()
}

// find returns the program of a name, made by add if there is none.
func (s *programCache) find(name string, add func() *Program) *Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.programs[name]
	if p == nil {
		p = add()
		p.cache = s
		if s.programs == nil {
			s.programs = map[string]*Program{}
		}
		s.programs[name] = p
	}
	return p
}

// acquire returns the program's session, which stays open until release.
func (p *Program) acquire() (*ort.Session, error) {
	if err := p.cache.acquire(p); err != nil {
		return nil, err
	}
	p.making.Lock()
	defer p.making.Unlock()
	if p.session == nil {
		if err := p.open(); err != nil {
			p.cache.release(p)
			return nil, err
		}
	}
	return p.session, nil
}

func (s *programCache) acquire(p *Program) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ort.ErrClosed
	}
	s.idle.Take(p) // what is in use is left alone: its session may just be under way
	p.users++
	return nil
}

func (s *programCache) release(p *Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.users--
	s.last = p
	switch {
	case p.users > 0 || p.session == nil:
	case s.closed:
		p.close()
	default:
		s.idle.Put(p, struct{}{}, p.size)
	}
	s.trim()
}

// trim closes idle sessions until the rest are within the limit.
func (s *programCache) trim() {
	for s.limit > 0 && s.idle.Size() > s.limit {
		p, _, _ := s.idle.TakeOldest()
		if p == s.last {
			s.idle.Put(p, struct{}{}, p.size)
			return
		}
		p.close()
	}
}

// close frees the session of a program that nobody uses.
func (p *Program) close() {
	if p.session != nil {
		p.session.Close()
		p.session = nil
	}
}

// close frees the sessions, those in use when they are released.
func (s *programCache) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, p := range s.programs {
		if p.users == 0 {
			p.close()
		}
	}
}
