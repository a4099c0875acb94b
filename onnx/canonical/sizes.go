package canonical

import "github.com/sightline/sightline/onnx"

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
