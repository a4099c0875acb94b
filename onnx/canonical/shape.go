package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// A Shape is a tensor's dimensions. A length that is not negative is fixed; −k
// stands for k times the batch. A nil Shape is unknown; a scalar's is empty, not
// nil.
type Shape []int64

// A Type is what is known of a tensor. Elem Undefined means that its element
// type is unknown.
type Type struct {
	Elem  onnx.DataType
	Shape Shape
}

// Known reports whether rank and dimensions are known.
func (s Shape) Known() bool { return s != nil }

// Static reports whether the shape is known and free of the batch.
func (s Shape) Static() bool {
	return s != nil && !slices.ContainsFunc(s, func(d int64) bool { return d < 0 })
}

// Equal reports whether both shapes are known and the same.
func (s Shape) Equal(o Shape) bool { return s != nil && o != nil && slices.Equal(s, o) }

// Target returns the shape as a target of Reshape, the batch being the one
// dimension that is -1. It returns false when the shape is unknown or has more
// than one dimension that depends on the batch, or none that does and one of
// length 0, which Reshape reads differently.
func (s Shape) Target() ([]int64, bool) {
	if s == nil {
		return nil, false
	}
	target, free := make([]int64, len(s)), 0
	for i, d := range s {
		target[i] = d
		if d < 0 {
			target[i], free = -1, free+1
		}
		if d == 0 {
			return nil, false
		}
	}
	return target, free <= 1
}

// Broadcast returns the shape of an elementwise operation's result on a and b
// after the rules of NumPy, or nil when it cannot be known.
func Broadcast(a, b Shape) Shape {
	if a == nil || b == nil {
		return nil
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		o := &out[len(a)-len(b)+i]
		switch {
		case *o == 1:
			*o = d
		case d != 1 && d != *o:
			return nil
		}
	}
	return out
}

// axis makes a possibly negative axis of a tensor of the given rank positive.
func axis(a int64, rank int) (int, error) {
	if a < 0 {
		a += int64(rank)
	}
	if a < 0 || a >= int64(rank) {
		return 0, fmt.Errorf("axis %d is outside a tensor of rank %d", a, rank)
	}
	return int(a), nil
}

// product returns the product of dims as a dimension; false when it would hold
// the square of the batch.
func product(dims []int64) (int64, bool) {
	p := int64(1)
	for _, d := range dims {
		if d < 0 && p < 0 {
			return 0, false
		}
		p *= d
	}
	return p, true
}

// reshaped resolves a Reshape of from to target, as the operator defines 0 and
// -1; a target entry below -1 is a batch dimension as in Shape.
func reshaped(from Shape, target []int64, allowZero bool) (Shape, error) {
	out, free := slices.Clone(target), -1
	for i, d := range out {
		switch {
		case d == 0 && !allowZero && i < len(from):
			out[i] = from[i]
		case d == unknownDim:
			free = i
		}
	}
	if free < 0 {
		return out, nil
	}
	rest := slices.Delete(slices.Clone(out), free, free+1)
	all, ok := product(from)
	part, ok2 := product(rest)
	if !ok || !ok2 || part == 0 || all%part != 0 || (part < 0 && all > 0) {
		return nil, fmt.Errorf("a tensor of shape %v cannot be reshaped to %v", from, target)
	}
	out[free] = all / part
	return out, nil
}

// unknownDim marks Reshape's -1 where negative lengths stand for the batch.
const unknownDim = int64(-1) << 62

// Types infers the types of the tensors of a graph that is in canonical form
// already, such as one made of a canonical model. What cannot be told is absent.
// m is not changed.
func Types(m *onnx.Model) map[string]Type {
	b := newBuilder(Opset)
	for _, t := range m.Graph.Initializers {
		b.constants[t.Name] = t
		b.types[t.Name] = Type{t.Type, append(Shape{}, t.Dims...)}
	}
	for _, in := range m.Graph.Inputs {
		b.types[in.Name] = Type{in.Type, declared(in)}
	}
	for _, n := range m.Graph.Nodes {
		b.infer(n)
	}
	return b.types
}

// infer records the types of what a node gives, as far as they can be told: one that
// is malformed or of an unknown operator leaves them unknown.
func (b *builder) infer(n *onnx.Node) {
	if b.complete(n) != nil {
		return
	}
	if rule := inference[n.Op]; rule != nil {
		_ = rule(b, n) // an unknown type is no reason not to go on
	}
	if n.Op == "Shape" {
		b.evaluateShape(n)
	}
}

// Bytes returns the memory of all tensors that a graph in canonical form computes,
// per sample of the batch, and of its weights. Intermediate tensors share memory
// when it is run, so a run takes less. A tensor whose type cannot be told counts as
// much as the largest that its node reads.
func Bytes(m *onnx.Model) (perSample, weights int64) {
	types := Types(m)
	sizes := map[string]int64{}
	for _, in := range m.Graph.Inputs {
		sizes[in.Name] = size(types[in.Name])
		perSample += sizes[in.Name]
	}
	constant := map[string]bool{}
	for _, t := range m.Graph.Initializers {
		constant[t.Name] = true
		weights += int64(len(t.Raw))
	}
	for _, n := range m.Graph.Nodes {
		largest := int64(0)
		for _, in := range n.Inputs {
			largest = max(largest, sizes[in])
		}
		for _, out := range n.Outputs {
			if t, ok := types[out]; ok && t.Shape.Known() {
				largest = size(t)
			}
			sizes[out] = largest
			perSample += largest
		}
	}
	return perSample, weights
}

// size is the bytes of a tensor at a batch of 1.
func size(t Type) int64 {
	n := int64(t.Elem.Size())
	for _, d := range t.Shape {
		n *= max(d, -d)
	}
	return n
}
