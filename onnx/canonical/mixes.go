package canonical

import (
	"slices"
	"strings"

	"github.com/sightline/sightline/onnx"
)

// Mixes returns the first node that computes over the batch, so that what it gives for one
// sample depends on the others: that reduces, sorts, adds up, normalises or multiplies along
// a dimension of the batch, picks samples by their place, or compares samples with each
// other. nil if there is none, as far as shapes are known: tensors of unknown shape and
// operators that only the runtime knows are not looked into.
func (m *Model) Mixes() *onnx.Node {
	for _, n := range m.Graph.Nodes {
		if x := (mixing{m, n}); x.overBatch() || x.compares() {
			return n
		}
	}
	return nil
}

type mixing struct {
	model *Model
	node  *onnx.Node
}

func (x mixing) shape(i int) Shape { return x.model.Types[x.node.Input(i)].Shape }

// has reports whether a dimension of input 0 depends on the batch.
func (x mixing) has(axis int64) bool {
	s := x.shape(0)
	if axis < 0 {
		axis += int64(len(s))
	}
	return axis >= 0 && axis < int64(len(s)) && s[axis] < 0
}

// from reports whether one of the dimensions from an axis on does.
func (x mixing) from(axis int64) bool {
	s := x.shape(0)
	if axis < 0 {
		axis += int64(len(s))
	}
	return axis >= 0 && axis < int64(len(s)) && slices.ContainsFunc(s[axis:], func(d int64) bool { return d < 0 })
}

// listed reports the same of the axes that constant input i lists; nothing is known of
// others.
func (x mixing) listed(i int) bool {
	t := x.model.Constants[x.node.Input(i)]
	if t == nil {
		return false
	}
	axes, err := t.Int64s()
	return err == nil && slices.ContainsFunc(axes, x.has)
}

// overBatch reports whether the node computes along the batch.
func (x mixing) overBatch() bool {
	n := x.node
	switch op := n.Op; {
	case !n.Is(op):
		return false
	case strings.HasPrefix(op, "Reduce"), op == "CumSum":
		return x.listed(1)
	case n.Is("Softmax", "LogSoftmax", "Hardmax", "TopK"):
		return x.has(n.Int("axis", -1))
	case n.Is("ArgMax", "ArgMin", "Split", "Gather", "GatherElements", "Compress"):
		return x.has(n.Int("axis", 0))
	case n.Is("Slice"):
		return x.listed(3)
	case n.Is("LayerNormalization"):
		return x.from(n.Int("axis", -1))
	case n.Is("Unique", "NonZero"):
		return x.from(0)
	case n.Is("LSTM", "GRU", "RNN"):
		return x.has(n.Int("layout", 0))
	case n.Is("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization", "LRN"):
		return x.from(1)
	}
	return false
}

// compares reports whether the node brings the batch together with itself: a product that
// adds up along it, or a result that has it twice.
func (x mixing) compares() bool {
	n := x.node
	a, b := x.shape(0), x.shape(1)
	switch {
	case n.Is("MatMul") && len(a) > 0 && len(b) > 0 && (a[len(a)-1] < 0 || b[max(0, len(b)-2)] < 0):
		return true
	case n.Is("Gemm") && len(a) == 2 && a[1-n.Int("transA", 0)&1] < 0:
		return true
	case n.Is("Einsum") && x.contracts():
		return true
	}
	for _, out := range n.Outputs {
		twice := 0
		for _, d := range x.model.Types[out].Shape {
			if d < 0 {
				twice++
			}
		}
		if twice > 1 {
			return true
		}
	}
	return false
}

// contracts reports whether an Einsum adds up along the batch.
func (x mixing) contracts() bool {
	terms, result, err := Einsum(x.node.Text("equation", ""))
	if err != nil {
		return false
	}
	for i, term := range terms {
		s := x.shape(i)
		for k, letter := range term {
			if k < len(s) && s[k] < 0 && !strings.ContainsRune(result, letter) {
				return true
			}
		}
	}
	return false
}

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
