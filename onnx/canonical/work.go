package canonical

import "github.com/sightline/sightline/onnx"

// MultiplyAdds returns how many multiplications, each with an addition, the convolutions and
// matrix products of one sample take. What is of unknown shape counts as nothing.
func (m *Model) MultiplyAdds() int64 {
	var total int64
	for _, n := range m.Graph.Nodes {
		total += m.multiplyAdds(n)
	}
	return total
}

// multiplyAdds is the length of a node's result times how many products are added up for each
// of its values.
func (m *Model) multiplyAdds(n *onnx.Node) int64 {
	var each int64
	weights := m.Types[n.Input(1)].Shape
	switch a := m.Types[n.Input(0)].Shape; n.Op {
	case "Conv": // weights are out × in/groups × kernel
		if len(weights) > 2 {
			each = length(weights[1:])
		}
	case "ConvTranspose": // in × out/groups × kernel: each value of the input is spread
		if len(weights) > 2 {
			return length(a) * length(weights[1:])
		}
	case "MatMul", "Gemm":
		if len(a) == 0 || len(weights) == 0 {
			return 0
		}
		each = length(a[len(a)-1:])
		if n.Op == "Gemm" && n.Int("transA", 0) != 0 {
			each = length(a[:1])
		}
	}
	return each * length(m.Types[n.Outputs[0]].Shape)
}

// length is how many values of one sample a shape has; 0 where it is unknown.
func length(s Shape) int64 {
	if s == nil {
		return 0
	}
	n := int64(1)
	for _, d := range s {
		n *= max(d, -d)
	}
	return n
}
