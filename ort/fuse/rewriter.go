package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort/kernels"
)

// blocks is the domain of the operators that the runtime has for blocks of channels.
const blocks = "com.microsoft.nchwc"

// A rewriter knows a graph by the names of its tensors. It has many methods, because
// a pattern that becomes one operator is one of them, with the questions it asks.
type rewriter struct {
	model     *onnx.Model
	graph     *onnx.Graph
	types     map[string]canonical.Type
	producers map[string]*onnx.Node
	constants map[string]*onnx.Tensor
	blocked   map[string]bool // tensors that the runtime keeps in blocks
	fused     map[*onnx.Node]bool
	edit      *onnx.Editor // names what is added
}

func newRewriter(m *onnx.Model, types map[string]canonical.Type) *rewriter {
	r := &rewriter{model: m, graph: m.Graph, edit: m.Graph.Edit(), types: types, producers: map[string]*onnx.Node{}, constants: map[string]*onnx.Tensor{},
		blocked: map[string]bool{}, fused: map[*onnx.Node]bool{}}
	for _, t := range m.Graph.Initializers {
		r.constants[t.Name] = t
	}
	for _, n := range m.Graph.Nodes {
		inBlocks := n.Domain == blocks && n.Op != "ReorderOutput" || n.Domain == "" && slices.ContainsFunc(n.Inputs, func(in string) bool { return r.blocked[in] })
		for _, out := range n.Outputs {
			r.producers[out], r.blocked[out] = n, inBlocks
		}
	}
	return r
}

// fresh returns a name that no tensor has.
func (r *rewriter) fresh(of string) string { return r.edit.Fresh("sightline_fused_" + of) }

// by returns the node that makes a tensor if it has that operator, else nil.
func (r *rewriter) by(name, domain, op string) *onnx.Node {
	if n := r.producers[name]; n != nil && n.Op == op && n.Domain == domain {
		return n
	}
	return nil
}

// floats returns the values of a constant, nil if it is none.
func (r *rewriter) floats(name string) []float32 {
	t := r.constants[name]
	if t == nil || t.Type != onnx.Float32 || r.model.LoadExternal(t) != nil {
		return nil
	}
	v, err := t.Floats()
	if err != nil {
		return nil
	}
	return v
}

// mostAxes is how many axes the kernels take.
const mostAxes = 8

// shape returns the shape of a tensor of float32 whose lengths are known but for the
// batch, else nil.
func (r *rewriter) shape(name string) canonical.Shape {
	t := r.types[name]
	if t.Elem != onnx.Float32 || len(t.Shape) == 0 || len(t.Shape) > mostAxes || !t.Shape[1:].Static() {
		return nil
	}
	return t.Shape
}

// alike reports whether two tensors have the same shape, for certain.
func (r *rewriter) alike(a, b string) bool {
	if r.blocked[a] && r.blocked[b] {
		return true // the runtime keeps operators of two tensors in blocks only then
	}
	s := r.shape(a)
	return !r.blocked[a] && !r.blocked[b] && s != nil && s.Equal(r.shape(b))
}

// ours makes a node of package kernels.
func ours(op string, inputs []string, output string, attributes ...*onnx.Attribute) *onnx.Node {
	n := onnx.NewNode(op, inputs, []string{output}, attributes...)
	n.Domain = kernels.Domain
	return n
}

// replace puts a node in the place of the one that made its output.
func (r *rewriter) replace(n, with *onnx.Node) {
	i := slices.Index(r.graph.Nodes, n)
	r.graph.Nodes[i] = with
	r.producers[with.Outputs[0]] = with
	r.fused[with] = true
}

// prune removes what is no longer read.
func (r *rewriter) prune() {
	var outputs []string
	for _, out := range r.graph.Outputs {
		outputs = append(outputs, out.Name)
	}
	r.graph.KeepOutputs(outputs...)
}

// before adds a node in front of another.
func (r *rewriter) before(n, added *onnx.Node) {
	r.graph.Nodes = slices.Insert(r.graph.Nodes, slices.Index(r.graph.Nodes, n), added)
	r.producers[added.Outputs[0]] = added
}

// after adds a node behind another.
func (r *rewriter) after(n, added *onnx.Node) {
	r.graph.Nodes = slices.Insert(r.graph.Nodes, slices.Index(r.graph.Nodes, n)+1, added)
	r.producers[added.Outputs[0]] = added
}

// reordered is an image of channels that is in blocks, out of them, for a node.
func (r *rewriter) reordered(n *onnx.Node, name string, channels int64) string {
	out := outOfBlocks(name, r.fresh(name+"_image"), channels)
	r.before(n, out)
	return out.Outputs[0]
}

// outOfBlocks makes the node that turns blocks into an image.
func outOfBlocks(from, to string, channels int64) *onnx.Node {
	return &onnx.Node{Op: "ReorderOutput", Domain: blocks, Inputs: []string{from}, Outputs: []string{to},
		Attributes: []*onnx.Attribute{onnx.IntAttr("channels", channels), onnx.IntAttr("channels_last", 0)}}
}

// blocksOf makes the node that turns an image into blocks.
func blocksOf(from, to string) *onnx.Node {
	return &onnx.Node{Op: "ReorderInput", Domain: blocks, Inputs: []string{from}, Outputs: []string{to}, Attributes: []*onnx.Attribute{onnx.IntAttr("channels_last", 0)}}
}
