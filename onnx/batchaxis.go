package onnx

import "slices"

// A batchPlace says which dimension of a tensor holds the batch. inner means that
// the dimension is another one times the batch, the batch running fastest: (S, B)
// flattened.
type batchPlace struct {
	axis  int
	inner bool
}

// freeReshapes changes constant Reshape targets that have the batch built in, so
// that the dimension that holds it is computed. It follows the batch through the
// graph: attention layers move it to the second dimension, and merge it with
// positions or heads.
func (g *Graph) freeReshapes(batch int64) {
	x, e := g.Index(), g.Edit()
	dynamic := x.DependsOnInputs()
	places := map[string]batchPlace{g.RequiredInputs()[0].Name: {}}
	for _, n := range g.Nodes {
		from := slices.IndexFunc(n.Inputs, func(in string) bool { _, ok := places[in]; return ok })
		if from < 0 || n.Is("Shape") {
			continue
		}
		place := places[n.Inputs[from]]
		if n.Is("Reshape") && dynamic[n.Input(0)] {
			place = e.freeReshape(x, n, place, batch)
		} else {
			place = place.through(n)
		}
		for _, out := range n.Outputs {
			places[out] = place
		}
	}
}

// freeReshape changes n's target if it is constant, and returns where the batch is
// in the result.
func (e *Editor) freeReshape(x *Index, n *Node, place batchPlace, batch int64) batchPlace {
	t := x.Constant(n.Input(1))
	if t == nil {
		if place == (batchPlace{}) {
			e.freeComputedTarget(x, n, batch)
		}
		return place
	}
	target, err := t.Int64s()
	if err != nil || len(target) == 0 || !n.dropAllowZero(target) {
		return place
	}
	result := place.reshaped(target, batch)
	freed := freeTarget(target, result.axis, batch)
	if slices.Equal(freed, target) {
		return result
	}
	n.Inputs = slices.Clone(n.Inputs)
	n.Inputs[1] = e.Constant(n.Outputs[0]+"_shape", IntTensor("", freed, int64(len(freed))))
	return result
}

// freeComputedTarget changes a target that is a Concat of lengths of which the
// first is the constant batch and the rest, or some of it, is computed.
func (e *Editor) freeComputedTarget(x *Index, n *Node, batch int64) {
	concat := x.Producer(n.Input(1))
	if !concat.Is("Concat") || len(concat.Inputs) == 0 || n.Int("allowzero", 0) != 0 {
		return
	}
	for _, use := range x.Consumers(concat.Outputs[0]) {
		if !use.Node.Is("Reshape") || use.Input != 1 {
			return
		}
	}
	first, free := constantLength(x, concat.Input(0)), int64(-1)
	for _, in := range concat.Inputs[1:] {
		if constantLength(x, in) == -1 {
			free = 0
		}
	}
	if first == batch {
		concat.Inputs = slices.Clone(concat.Inputs)
		concat.Inputs[0] = e.Constant(concat.Outputs[0]+"_batch", IntTensor("", []int64{free}, 1))
	}
}

// constantLength returns the one value of a constant, or −2 for anything else.
func constantLength(x *Index, name string) int64 {
	if t := x.Constant(name); t != nil {
		if values, err := t.Int64s(); err == nil && len(values) == 1 {
			return values[0]
		}
	}
	return -2
}

// reshaped returns where the batch goes in a Reshape to target: to a dimension of
// its own if there is one in its place, else into its neighbour: the rows of a
// matrix before it, or the dimension (heads) after it.
func (p batchPlace) reshaped(target []int64, batch int64) batchPlace {
	own := func(i int) bool { return i < len(target) && target[i] == batch }
	switch {
	case p.inner && own(p.axis+1):
		return batchPlace{axis: p.axis + 1}
	case p.inner || p.axis == 0:
		return batchPlace{axis: min(p.axis, len(target)-1), inner: p.inner}
	case own(p.axis):
		return batchPlace{axis: p.axis}
	case len(target) <= 2:
		return batchPlace{axis: min(p.axis, len(target)) - 1, inner: true}
	}
	return batchPlace{axis: min(p.axis, len(target)-1)}
}

// freeTarget returns target with dimension axis computed: -1, or, where another
// already is and the dimension is the batch alone, copied from the input (0). A
// target that computes another dimension is otherwise left alone.
func freeTarget(target []int64, axis int, batch int64) []int64 {
	freed := slices.Clone(target)
	switch {
	case target[axis] < 1:
	case !slices.Contains(target, -1):
		freed[axis] = -1
	case target[axis] == batch:
		freed[axis] = 0
	}
	return freed
}

// through returns where the batch is after n, which reads a tensor that has it.
func (p batchPlace) through(n *Node) batchPlace {
	switch {
	case n.Is("Transpose"):
		if i := slices.Index(n.Ints("perm"), int64(p.axis)); i >= 0 {
			p.axis = i
		}
	case n.Is("Flatten"):
		return batchPlace{}
	case n.Is("Gather") && p.axis > 0:
		// Taking one row of an earlier dimension removes that dimension; whether
		// the index is a scalar decides, and it nearly always is.
		if axis := n.Int("axis", 0); axis >= 0 && int(axis) < p.axis {
			p.axis--
		}
	}
	return p
}

// dropAllowZero makes a 0 in a Reshape target mean "copy", which it does by
// default. It returns false where the target has a 0 that means a length.
func (n *Node) dropAllowZero(target []int64) bool {
	if n.Int("allowzero", 0) == 0 {
		return true
	}
	if slices.Contains(target, 0) {
		return false
	}
	n.Attributes = slices.DeleteFunc(slices.Clone(n.Attributes), func(a *Attribute) bool { return a.Name == "allowzero" })
	return true
}
