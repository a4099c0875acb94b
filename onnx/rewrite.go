package onnx

import (
	"fmt"
	"math"
	"slices"
)

// FreeBatch rewrites the graph so that its first input and output dimension, the
// batch, may be any length. A batch of one is often built into a graph in more
// places than the declared shapes: Reshape targets that start with it are given a
// computed first dimension, and constants that are concatenated to computed
// tensors (a vision transformer's class token) are expanded. Declared shapes of
// intermediate tensors are dropped, as they may state the old batch.
//
// Nothing here proves that the graph then treats samples independently; run both
// and compare. It returns an error when the input's batch dimension is unknown.
func (m *Model) FreeBatch() error {
	g := m.Graph
	inputs := g.RequiredInputs()
	if len(inputs) != 1 || !inputs[0].HasShape || len(inputs[0].Shape) == 0 {
		return fmt.Errorf("free the batch dimension: want one input of known shape, have %d inputs", len(inputs))
	}
	batch := inputs[0].Shape[0].Size
	m.dropInitializerInputs()
	free := Dim{Size: -1, Param: "batch"}
	inputs[0].Shape = slices.Clone(inputs[0].Shape)
	inputs[0].Shape[0] = free
	for _, out := range g.Outputs {
		if out.HasShape && len(out.Shape) > 0 {
			out.Shape = slices.Clone(out.Shape)
			out.Shape[0] = free
		}
	}
	g.Values = nil
	if batch > 0 {
		g.freeReshapes(batch)
	}
	if batch == 1 {
		g.expandConcats(m.Opset(""))
	}
	return nil
}

// dropInitializerInputs makes initialisers plain constants: IR version 3 had to
// list them as inputs, from version 4 on that would make them overridable and
// keep the runtime from folding them.
func (m *Model) dropInitializerInputs() {
	m.Graph.Inputs = m.Graph.RequiredInputs()
	m.IRVersion = max(m.IRVersion, 4)
}

// expandConcats repeats constants with a leading dimension of 1 over the batch
// where they are concatenated, along another axis, with computed tensors. It needs
// the Slice of opset 10.
func (g *Graph) expandConcats(opset int64) {
	x := g.Index()
	dynamic := x.DependsOnInputs()
	var nodes []*Node
	e := g.Edit()
	for _, n := range g.Nodes {
		sibling := slices.IndexFunc(n.Inputs, func(in string) bool { return dynamic[in] })
		if n.Is("Concat") && n.Int("axis", 1) != 0 && opset >= 10 && sibling >= 0 {
			for i, in := range n.Inputs {
				if t := x.Constant(in); dynamic[in] || t != nil && (len(t.Dims) < 2 || t.Dims[0] != 1) {
					continue
				}
				added, name := e.expandTo(in, n.Inputs[sibling])
				nodes = append(nodes, added...)
				n.Inputs = slices.Clone(n.Inputs)
				n.Inputs[i] = name
			}
		}
		nodes = append(nodes, n)
	}
	g.Nodes = nodes
}

// expandTo returns nodes that repeat constant to the batch of like, and the name
// of the result: Expand to [batch of like, the constant's other dimensions].
func (e *Editor) expandTo(constant, like string) ([]*Node, string) {
	name := e.Fresh(constant + "_batch")
	part := func(s string) string { return name + "_" + s }
	g := e.Graph
	g.Initializers = append(g.Initializers, IntTensor(part("zero"), []int64{0}, 1),
		IntTensor(part("one"), []int64{1}, 1), IntTensor(part("end"), []int64{math.MaxInt32}, 1))
	return []*Node{
		NewNode("Shape", []string{like}, []string{part("like")}),
		NewNode("Slice", []string{part("like"), part("zero"), part("one")}, []string{part("length")}),
		NewNode("Shape", []string{constant}, []string{part("own")}),
		NewNode("Slice", []string{part("own"), part("one"), part("end")}, []string{part("rest")}),
		NewNode("Concat", []string{part("length"), part("rest")}, []string{part("shape")}, IntAttr("axis", 0)),
		NewNode("Expand", []string{constant, part("shape")}, []string{name}),
	}, name
}

// AddOutput makes tensor name a float32 output, of unknown shape, and returns the
// output's name: name itself, or that of an added Cast when t, the tensor's type,
// is another one. Undefined means that the type is not known; it is cast too.
func (g *Graph) AddOutput(name string, t DataType) string {
	if t != Float32 {
		name = g.Edit().Emit(name+"_float32", "Cast", []string{name}, IntAttr("to", int64(Float32)))
	}
	if g.Output(name) == nil {
		g.Outputs = append(g.Outputs, &Value{Name: name, Type: Float32})
	}
	return name
}

// AddFeature adds the nodes that turn a [Feature] into one vector per sample, and
// returns the name of the result, which is not yet an output.
func (g *Graph) AddFeature(f Feature) string {
	name, e := f.Tensor, g.Edit()
	if len(f.Quantised) == 2 {
		name = e.Emit(name+"_dequantised", "DequantizeLinear", append([]string{name}, f.Quantised...))
	}
	if f.Pooled && isConvolution(f.Layer) {
		name = e.Emit(name+"_pooled", "GlobalAveragePool", []string{name})
	}
	return name
}

func isConvolution(n *Node) bool {
	return n.Op == "Conv" || n.Op == "FusedConv" || n.Op == "QLinearConv"
}

// KeepOutputs makes the named tensors the only outputs, in that order, and removes
// the nodes that no longer matter. Types already declared are kept.
func (g *Graph) KeepOutputs(names ...string) {
	outputs := make([]*Value, len(names))
	for i, name := range names {
		if outputs[i] = g.Output(name); outputs[i] == nil {
			outputs[i] = &Value{Name: name}
		}
	}
	g.Outputs = outputs
	g.prune()
}

// prune removes nodes from which no output is reached, and the weights that only
// they read. A weight that is an input too, as old files have it, stays: without
// it the input would have to be fed.
func (g *Graph) prune() {
	needed := map[string]bool{}
	for _, out := range g.Outputs {
		needed[out.Name] = true
	}
	keep := make([]*Node, 0, len(g.Nodes))
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(out string) bool { return needed[out] }) {
			continue
		}
		keep = append(keep, n)
		n.eachRead(func(name string) { needed[name] = true })
	}
	slices.Reverse(keep)
	g.Nodes = keep
	for _, in := range g.Inputs {
		needed[in.Name] = true
	}
	g.Initializers = slices.DeleteFunc(slices.Clone(g.Initializers), func(t *Tensor) bool { return !needed[t.Name] })
}

// eachRead calls f with every name the node reads, in its subgraphs too.
func (n *Node) eachRead(f func(string)) {
	for _, in := range n.Inputs {
		if in != "" {
			f(in)
		}
	}
	for _, sub := range n.Subgraphs() {
		for _, inner := range sub.Nodes {
			inner.eachRead(f)
		}
		for _, out := range sub.Outputs {
			f(out.Name)
		}
	}
}
