package testmodel

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// Damage returns a copy of a model with something wrong in one of its nodes, weights
// or declared shapes, as hostile or truncated files have it: an input or attribute
// that is gone, a list that is too short, a number that no model has. Weights are
// shared unless they are what is damaged.
func Damage(m *onnx.Model, r *rand.Rand) *onnx.Model {
	c := copied(m)
	switch g := c.Graph; {
	case len(g.Initializers) > 0 && r.IntN(4) == 0:
		damageTensor(pick(r, g.Initializers), r)
	case len(g.Inputs) > 0 && r.IntN(8) == 0:
		if in := pick(r, g.Inputs); len(in.Shape) > 0 {
			if i := r.IntN(len(in.Shape)); r.IntN(2) == 0 {
				in.Shape = slices.Delete(in.Shape, i, i+1)
			} else {
				in.Shape[i].Size = number(r)
			}
		}
	case len(g.Nodes) > 0:
		damageNode(c, pick(r, g.Nodes), r)
	}
	return c
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// number returns one that attributes and shapes rarely have.
func number(r *rand.Rand) int64 {
	return pick(r, []int64{0, 1, -1, 2, -2, 3, 7, 64, -64, 1 << 16, 1 << 32, 1 << 62, math.MaxInt64, math.MinInt64})
}

// copied copies all of a model that Damage changes.
func copied(m *onnx.Model) *onnx.Model {
	c, g := *m, *m.Graph
	c.Graph = &g
	g.Nodes, g.Initializers, g.Inputs = nil, nil, nil
	for _, n := range m.Graph.Nodes {
		one := *n
		one.Inputs, one.Outputs, one.Attributes = slices.Clone(n.Inputs), slices.Clone(n.Outputs), nil
		for _, a := range n.Attributes {
			attribute := *a
			attribute.Ints = slices.Clone(a.Ints)
			one.Attributes = append(one.Attributes, &attribute)
		}
		g.Nodes = append(g.Nodes, &one)
	}
	for _, t := range m.Graph.Initializers {
		one := *t
		one.Dims = slices.Clone(t.Dims)
		g.Initializers = append(g.Initializers, &one)
	}
	for _, v := range m.Graph.Inputs {
		one := *v
		one.Shape = slices.Clone(v.Shape)
		g.Inputs = append(g.Inputs, &one)
	}
	return &c
}

// damageTensor changes what a weight says or holds.
func damageTensor(t *onnx.Tensor, r *rand.Rand) {
	switch r.IntN(5) {
	case 0:
		t.Dims, t.Raw = nil, t.Raw[:min(len(t.Raw), t.Type.Size())]
	case 1:
		t.Dims, t.Raw = []int64{0}, nil
	case 2:
		t.Dims = append(t.Dims, 1)
	case 3:
		if len(t.Dims) > 0 {
			t.Dims[r.IntN(len(t.Dims))] = number(r)
		}
	case 4:
		if size := t.Type.Size(); size == 8 && len(t.Raw) >= size { // indices, shapes, axes
			t.Raw = slices.Clone(t.Raw)
			copy(t.Raw[r.IntN(len(t.Raw)/size)*size:], onnx.IntTensor("", []int64{number(r)}).Raw)
		}
	}
}

// damageNode changes inputs, outputs, attributes or the operator of a node.
func damageNode(m *onnx.Model, n *onnx.Node, r *rand.Rand) {
	switch r.IntN(8) {
	case 0:
		n.Inputs = n.Inputs[:r.IntN(len(n.Inputs)+1)]
	case 1:
		if len(n.Inputs) > 0 {
			n.Inputs[r.IntN(len(n.Inputs))] = ""
		}
	case 2:
		if len(n.Inputs) > 0 {
			n.Inputs[r.IntN(len(n.Inputs))] = tensorOf(m, r)
		}
	case 3:
		n.Outputs = n.Outputs[:r.IntN(len(n.Outputs)+1)]
	case 4:
		if len(n.Outputs) > 0 {
			n.Outputs[r.IntN(len(n.Outputs))] = pick(r, []string{"", tensorOf(m, r)})
		}
	case 5:
		if len(n.Attributes) > 0 {
			i := r.IntN(len(n.Attributes))
			n.Attributes = slices.Delete(n.Attributes, i, i+1)
		}
	default:
		if len(n.Attributes) > 0 {
			damageAttribute(pick(r, n.Attributes), r)
		}
	}
}

// tensorOf returns the name of some tensor of a model.
func tensorOf(m *onnx.Model, r *rand.Rand) string {
	names := []string{"unknown"}
	for _, in := range m.Graph.Inputs {
		names = append(names, in.Name)
	}
	for _, t := range m.Graph.Initializers {
		names = append(names, t.Name)
	}
	for _, n := range m.Graph.Nodes {
		names = append(names, n.Outputs...)
	}
	return pick(r, names)
}

// damageAttribute changes a number, a list or a text.
func damageAttribute(a *onnx.Attribute, r *rand.Rand) {
	switch i := number(r); {
	case len(a.Ints) > 0 && r.IntN(2) == 0:
		a.Ints[r.IntN(len(a.Ints))] = i
	case len(a.Ints) > 0:
		a.Ints = a.Ints[:r.IntN(len(a.Ints))]
	case a.Type == onnx.AttrInt:
		a.Int = i
	case a.Type == onnx.AttrString:
		a.String = []byte(pick(r, []string{"", "ab,bc->ad", "é,é->é", "unknown", "->", "SAME_UPPER", "reflect", "wrap", "tanh"}))
	default:
		a.Tensor, a.Graph, a.Floats = nil, nil, nil
	}
}
