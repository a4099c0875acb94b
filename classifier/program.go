package classifier

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
)

// A Program is a graph made from the model's, ready to run. Its session may be
// closed between runs, to be made again by the next; see KeepPrograms.
type Program struct {
	cache   *programCache
	recipe  func() (*autodiff.Recipe, error)
	threads int
	opener  opener
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
	g, err := c.Graph()
	if err != nil {
		return nil, err
	}
	p := c.inside.programs.find(name, func() *Program {
		return &Program{fixed: c.spec.Batch.Fixed, length: c.step(), threads: c.threads, opener: c.opener(), watch: c.watch, usual: c.spec.usual,
			recipe: func() (*autodiff.Recipe, error) { return recipe(g) }}
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
	p.session, p.size, err = openSession(r.Model, r.Inputs, r.Outputs, p.threads, p.opener)
	return err
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
