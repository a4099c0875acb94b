package onnx

import "slices"

// Copy returns a model that may be changed without changing m: its graph's nodes,
// values and lists are its own. Weights, subgraphs and functions are shared.
func (m *Model) Copy() *Model {
	c, g := *m, *m.Graph
	c.Graph, c.Opsets = &g, slices.Clone(m.Opsets)
	g.Nodes, g.Initializers = copies(g.Nodes), copies(g.Initializers)
	g.Inputs, g.Outputs, g.Values = copies(g.Inputs), copies(g.Outputs), copies(g.Values)
	for _, n := range g.Nodes {
		n.Inputs, n.Outputs, n.Attributes = slices.Clone(n.Inputs), slices.Clone(n.Outputs), slices.Clone(n.Attributes)
	}
	return &c
}

// copies copies what the pointers of a list point to.
func copies[T any](list []*T) []*T {
	out := make([]*T, len(list))
	for i, v := range list {
		c := *v
		out[i] = &c
	}
	return out
}
