package classifier

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
)

// inside is what is known of the model's graph once a method asked for it, and
// the programs that were made of it.
type inside struct {
	once  sync.Once
	graph *autodiff.Graph
	err   error

	measured sync.Once
	memory   int64 // bytes per sample of all tensors

	programs programCache
}

// Graph returns the model in canonical form: float32 from the input to the
// scores, whatever the file's types are. Its scores are those of Score.
func (c *Classifier) Graph() (*autodiff.Graph, error) {
	c.inside.once.Do(func() { c.inside.graph, c.inside.err = c.canonical() })
	return c.inside.graph, c.inside.err
}

func (c *Classifier) canonical() (*autodiff.Graph, error) {
	m, err := c.File()
	if err != nil {
		return nil, err
	}
	g, err := c.rewritten(m)
	if err != nil {
		return nil, err
	}
	return g, c.endInLogits(g)
}

// rewritten is the graph of the model's file in canonical form, up to the scores as
// the file gives them.
func (c *Classifier) rewritten(m *onnx.Model) (*autodiff.Graph, error) {
	p := c.spec.plan()
	p.embedding = false
	outputs, err := p.rewrite(m)
	if err != nil {
		return nil, err
	}
	shape := c.spec.Input.shape(-1)
	if c.spec.Batch.Mode == Fixed {
		shape[0] = int64(c.spec.Batch.Fixed)
	}
	model, err := canonical.Rewrite(m, canonical.Options{Shape: shape})
	if err != nil {
		return nil, fmt.Errorf("read the graph of %s: %w", c.spec.Path, err)
	}
	return &autodiff.Graph{Model: model, Input: c.spec.Input.Name, Scores: outputs[0]}, nil
}

// endInLogits appends to the graph what Run does to the session's output: scores
// of one axis, the logarithm of probabilities, the second class of a single
// sigmoid.
func (c *Classifier) endInLogits(g *autodiff.Graph) error {
	e := &ending{Editor: g.Model.Edit(), name: g.Scores}
	rows := g.Model.Types[g.Input].Shape[0]
	e.reshape(canonical.Shape{rows, int64(c.outputLen())})
	if c.spec.LogitTensor == "" {
		e.logarithm(c.spec.Activation)
	}
	if c.spec.Activation == Sigmoid1 {
		e.name = e.with("Concat", []string{e.do("Neg", e.name), e.name}, onnx.IntAttr("axis", 1))
	}
	if e.err != nil {
		return fmt.Errorf("find the scores of %s: %w", c.spec.Path, e.err)
	}
	g.Scores = e.name
	if g.Model.Graph.Output(g.Scores) == nil {
		g.Model.Graph.AddOutput(g.Scores, onnx.Float32)
	}
	return nil
}

// ending adds nodes after the end of a canonical model.
type ending struct {
	*canonical.Editor
	name string // the tensor that is the end so far
	err  error
}

func (e *ending) do(op string, inputs ...string) string { return e.with(op, inputs) }

func (e *ending) with(op string, inputs []string, attributes ...*onnx.Attribute) string {
	return e.Emit("sightline_"+op, op, inputs, attributes...)
}

func (e *ending) constant(t *onnx.Tensor) string { return e.Constant("sightline_constant", t) }

func (e *ending) number(v float64) string {
	return e.constant(onnx.FloatTensor("", []float32{float32(v)}))
}

// reshape brings scores such as [N, C, 1, 1] to the given shape.
func (e *ending) reshape(to canonical.Shape) {
	from := e.Shape(e.name)
	if from.Equal(to) {
		return
	}
	target, ok := to.Target()
	if !ok || from == nil {
		e.err = fmt.Errorf("the shape of %s is %v, not one row of scores per image", e.name, from)
		return
	}
	e.name = e.do("Reshape", e.name, e.constant(onnx.IntTensor("", target, int64(len(target)))))
}

// logarithm is logProbability as nodes.
func (e *ending) logarithm(a Activation) {
	log := func(of string) string { return e.do("Log", e.do("Max", of, e.number(smallest))) }
	p := e.name
	e.name = log(p)
	if a == Sigmoid || a == Sigmoid1 {
		e.name = e.do("Sub", e.name, log(e.do("Sub", e.number(1), p)))
	}
}

// A Program is a graph made from the model's, ready to run. Its session may be
// closed between runs, to be made again by the next; see KeepPrograms.
type Program struct {
	cache   *programCache
	recipe  func() (*autodiff.Recipe, error)
	threads int
	opener  opener
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
		return &Program{fixed: c.spec.Batch.Fixed, length: c.step(), threads: c.threads, opener: c.opener(),
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

// BytesPerSample is the same of a run of the model itself; 0 where its graph cannot
// be read.
func (c *Classifier) BytesPerSample() int64 {
	c.inside.measured.Do(func() {
		g, err := c.canonical() // not kept: methods that only score never need it
		if err == nil {
			c.inside.memory, _ = canonical.Bytes(g.Model.Model)
		}
	})
	return c.inside.memory
}

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
	raw, err := session.Run(ctx, tensors...)
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
