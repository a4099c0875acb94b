package autodiff

import (
	"errors"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// A tape is a backward pass under construction.
type tape struct {
	model   *canonical.Model
	graph   *onnx.Graph             // forward and what was emitted
	edit    *onnx.Editor            // of graph
	forward []*onnx.Node            // the nodes to differentiate
	wanted  map[string]bool         // tensors that depend on what we differentiate with respect to
	parts   map[string][]string     // gradients a tensor received, to be added
	pooled  map[string]*pooled      // gradients a MaxPool has still to put in their places
	asked   map[string]bool         // what we differentiate with respect to
	blocked map[string]bool         // see findBlocked
	readers map[string]int          // how many nodes of the forward pass read a tensor
	emitted map[string]*onnx.Tensor // constants that rules added, by name
	seed    string
	err     error // of what a rule put off
}

func newTape(m *canonical.Model, o Options) *tape {
	g := *m.Graph
	g.Nodes = append([]*onnx.Node{}, g.Nodes...)
	g.Inputs = append([]*onnx.Value{}, g.Inputs...)
	g.Outputs = append([]*onnx.Value{}, g.Outputs...)
	g.Initializers = append([]*onnx.Tensor{}, g.Initializers...)
	t := &tape{model: m, graph: &g, edit: g.Edit(), forward: m.Graph.Nodes, wanted: map[string]bool{}, parts: map[string][]string{},
		pooled: map[string]*pooled{}, asked: map[string]bool{}, emitted: map[string]*onnx.Tensor{}, blocked: findBlocked(m), readers: map[string]int{}}
	for name := range m.Types {
		t.edit.Take(name)
	}
	for _, n := range g.Nodes {
		for _, in := range n.Inputs {
			t.readers[in]++
		}
	}
	t.want(o.With)
	t.seed = t.edit.Fresh("seed")
	g.Inputs = append(g.Inputs, seedInput(t.seed, m.Types[o.Of].Shape))
	t.parts[o.Of] = []string{t.seed}
	return t
}

// want marks what gradients are needed of: the tensors in question and what is
// computed from them, as long as it is numbers. Shapes, indices and truth values
// have no slope; integers of 8 and 16 bits stand for quantised numbers.
func (t *tape) want(with []string) {
	for _, name := range with {
		t.wanted[name], t.asked[name] = true, true
	}
	for _, n := range t.forward {
		if !slices.ContainsFunc(n.Inputs, func(in string) bool { return t.wanted[in] }) {
			continue
		}
		for _, out := range n.Outputs {
			switch t.model.Types[out].Elem {
			case onnx.Int32, onnx.Int64, onnx.Uint32, onnx.Uint64, onnx.Bool:
			default:
				t.wanted[out] = out != ""
			}
		}
	}
}

// seedInput declares the input that weighs the differentiated tensor's elements.
func seedInput(name string, s canonical.Shape) *onnx.Value {
	v := &onnx.Value{Name: name, Type: onnx.Float32, HasShape: s != nil}
	for _, d := range s {
		dim := onnx.Dim{Size: d}
		if d < 0 {
			dim = onnx.Dim{Size: -1}
		}
		if d == -1 {
			dim.Param = "batch"
		}
		v.Shape = append(v.Shape, dim)
	}
	return v
}

// A pooled gradient is that of a MaxPool's result, which is yet to be put in its
// places to be the gradient of what was pooled. An activation before the pool may
// mask it first, while it is small.
type pooled struct {
	gradient, result string
	pool             *Context
}

// received reports whether a tensor received a gradient.
func (t *tape) received(name string) bool { return len(t.parts[name]) > 0 || t.pooled[name] != nil }

// onlyPooled returns the gradient of a tensor that is read by a MaxPool only, nil
// when it is another.
func (t *tape) onlyPooled(name string) *pooled {
	if t.readers[name] != 1 || len(t.parts[name]) > 0 || t.asked[name] {
		return nil
	}
	return t.pooled[name]
}

// sum returns the gradient of a tensor, adding up its parts; "" when it received
// none.
func (t *tape) sum(name string) string {
	if p := t.pooled[name]; p != nil {
		delete(t.pooled, name)
		t.parts[name] = append(t.parts[name], p.pool.toPlaces(p.gradient))
		t.err = errors.Join(t.err, p.pool.err)
	}
	parts := t.parts[name]
	if len(parts) == 0 {
		return ""
	}
	for len(parts) > 1 {
		// Runtimes fuse an Add of two into the convolution that gives one of them.
		total := t.edit.Emit("grad_"+name+"_sum", "Add", parts[:2:2])
		parts = append([]string{total}, parts[2:]...)
	}
	t.parts[name] = parts
	return parts[0]
}
