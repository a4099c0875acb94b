package classifier

import (
	"fmt"
	"sync"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
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
	c.inside.once.Do(func() {
		c.inside.graph, c.inside.err = c.canonical()
		c.inside.bound()
	})
	return c.inside.graph, c.inside.err
}

// mostNodes is how many operators a graph may have that other graphs are made of. ONNX Runtime
// takes time by their square to open a gradient, and cannot be stopped then: 20 s of processor time for 5,000
// of them in a chain, and more than half an hour for 50,000. The networks in use have some hundreds.
const mostNodes = 8000

// bound refuses a graph that would take too long to open.
func (in *inside) bound() {
	if in.err != nil {
		return
	}
	if n := len(in.graph.Model.Graph.Nodes); n > mostNodes {
		in.graph, in.err = nil, fmt.Errorf("its graph has %d operators, and a gradient of more than %d takes too long to open", n, mostNodes)
	}
}

func (c *Classifier) canonical() (*autodiff.Graph, error) {
	m, err := c.File()
	if err != nil {
		return nil, err
	}
	g, err := c.spec.canonical(m)
	if err != nil {
		return nil, err
	}
	return g, c.spec.endInLogits(g)
}

// adopt makes g, whose scores are still as the file gives them, the model's graph.
func (c *Classifier) adopt(g *autodiff.Graph) {
	c.inside.once.Do(func() {
		c.inside.graph, c.inside.err = g, c.spec.endInLogits(g)
		c.inside.bound()
	})
}

// canonical is the graph of m, which changes, in canonical form, up to the scores as
// the file gives them.
func (s *Spec) canonical(m *onnx.Model) (*autodiff.Graph, error) {
	return s.rewritten(m, canonical.Options{Numbers: true})
}

func (s *Spec) rewritten(m *onnx.Model, o canonical.Options) (*autodiff.Graph, error) {
	p := s.plan()
	p.embedding = false
	outputs, err := p.rewrite(m)
	if err != nil {
		return nil, err
	}
	o.Shape = s.Input.shape(-1)
	if s.Batch.Mode == Fixed {
		o.Shape[0] = int64(s.Batch.Fixed)
	}
	model, err := canonical.Rewrite(m, o)
	if err != nil {
		return nil, fmt.Errorf("read the graph of %s: %w", s.Path, err)
	}
	return &autodiff.Graph{Model: model, Input: s.Input.Name, Scores: outputs[0]}, nil
}

// endInLogits appends to the graph what Run does to the session's output: scores
// of one axis, the logarithm of probabilities, the second class of a single
// sigmoid.
func (s *Spec) endInLogits(g *autodiff.Graph) error {
	e := &ending{Editor: g.Model.Edit(), name: g.Scores}
	rows := g.Model.Types[g.Input].Shape[0]
	e.reshape(canonical.Shape{rows, int64(s.outputLen())})
	if s.LogitTensor == "" {
		e.logarithm(s.Activation)
	}
	if s.Activation == Sigmoid1 {
		e.name = e.with("Concat", []string{e.do("Neg", e.name), e.name}, onnx.IntAttr("axis", 1))
	}
	if e.err != nil {
		return fmt.Errorf("find the scores of %s: %w", s.Path, e.err)
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
		e.err = e.unshaped(from)
		return
	}
	e.name = e.do("Reshape", e.name, e.constant(onnx.IntTensor("", target, int64(len(target)))))
}

// unshaped says why the scores are no row: mostly as an operator is not known here.
func (e *ending) unshaped(from canonical.Shape) error {
	if from == nil {
		for _, n := range e.Graph.Nodes {
			for _, out := range n.Outputs {
				if out != "" && e.Shape(out) == nil {
					return fmt.Errorf("what the operator %s gives is not known here", n.Label())
				}
			}
		}
	}
	return fmt.Errorf("the shape of %s is %v, not one row of scores per image", e.name, from)
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
