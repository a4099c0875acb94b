package trust

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// Randomise returns a copy of m in which the weights of the layers nearest to the
// output are random: of the first top of them from the output on, of all for top ≤ 0 (cascading
// and full model parameter randomisation, Adebayo et al., "Sanity checks for
// saliency maps", 2018). The copy shares what is not changed; m's external data
// is loaded.
//
// Random means: every tensor's values in random order, the same for the same
// seed. What a layer has learnt is then lost while sizes, signs and element types
// stay as they were, so that quantised models and folded normalisations work too
// and activations neither vanish nor explode. The paper draws from the layers'
// initialisers, which an ONNX file does not tell.
func Randomise(m *onnx.Model, top int, seed uint64) (*onnx.Model, error) {
	found := layers(m.Graph)
	if len(found) == 0 {
		return nil, fmt.Errorf("randomise the model: it has no weights")
	}
	if top <= 0 || top > len(found) {
		top = len(found)
	}
	for _, t := range m.Graph.Initializers { // all: the copy may be saved elsewhere
		if err := m.LoadExternal(t); err != nil {
			return nil, fmt.Errorf("randomise the model: %w", err)
		}
	}
	redrawn := map[*onnx.Tensor]*onnx.Tensor{}
	for i, l := range found[:top] {
		for j, t := range l.weights {
			if redrawn[t] != nil {
				continue // shared by two layers
			}
			redrawn[t] = shuffled(t, rand.New(rand.NewPCG(seed, uint64(i)<<16|uint64(j))))
		}
	}
	copied := *m
	copied.Graph = replaced(m.Graph, redrawn)
	return &copied, nil
}

// layer is a node with its weights.
type layer struct {
	label   string
	weights []*onnx.Tensor
}

// layers finds the nodes that combine something computed from the input with
// weights.
func layers(g *onnx.Graph) []layer {
	x := g.Index()
	dynamic := x.DependsOnInputs()
	var found []layer
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(out string) bool { return dynamic[out] }) {
			continue
		}
		l := layer{label: n.Label()}
		for _, i := range parameters[n.Op] {
			if t := behind(x, n.Input(i)); t != nil && isWeight(t) && !dynamic[n.Input(i)] {
				l.weights = append(l.weights, t)
			}
		}
		if len(l.weights) > 0 {
			found = append(found, l)
		}
	}
	return found
}

// behind is the constant that a name comes from, alone or through operators that
// only change its form.
func behind(x *onnx.Index, name string) *onnx.Tensor {
	for range 8 {
		if t := x.Constant(name); t != nil {
			return t
		}
		n := x.Producer(name)
		if !n.Is("DequantizeLinear", "Cast", "Identity", "Transpose", "Reshape", "Unsqueeze", "Squeeze", "QuantizeLinear") {
			return nil
		}
		name = n.Input(0)
	}
	return nil
}

// parameters are the inputs that are weights, of operators that have other
// constants as well.
var parameters = map[string][]int{
	"Conv": {1, 2}, "ConvTranspose": {1, 2}, "Gemm": {0, 1, 2}, "MatMul": {0, 1},
	"BatchNormalization": {1, 2, 3, 4}, "InstanceNormalization": {1, 2}, "LayerNormalization": {1, 2}, "GroupNormalization": {1, 2},
	"PRelu": {1}, "Add": {0, 1}, "Sub": {0, 1}, "Mul": {0, 1}, "Div": {0, 1}, "Einsum": {0, 1},
	"QLinearConv": {3, 8}, "QLinearMatMul": {0, 3}, "QGemm": {0, 3, 6}, "ConvInteger": {1}, "MatMulInteger": {0, 1},
	"FusedConv": {1, 2}, "FusedGemm": {0, 1, 2}, "FusedMatMul": {0, 1}, "SkipLayerNormalization": {2, 3, 4}, "BiasGelu": {1}, "FastGelu": {1},
	"Attention": {1, 2}, "QLinearAdd": {0, 3},
}

// isWeight leaves out scalars, shapes and the like.
func isWeight(t *onnx.Tensor) bool {
	n, err := t.Elements()
	return err == nil && n > 1 && t.Type.Size() > 0 && t.Type != onnx.Int64 && t.Type != onnx.Bool
}

// shuffled is a tensor with its elements in random order.
func shuffled(t *onnx.Tensor, r *rand.Rand) *onnx.Tensor {
	out := *t
	out.Raw = slices.Clone(t.Raw)
	size := t.Type.Size()
	var spare [16]byte
	r.Shuffle(len(out.Raw)/size, func(i, j int) {
		a, b := out.Raw[i*size:(i+1)*size], out.Raw[j*size:(j+1)*size]
		copy(spare[:], a)
		copy(a, b)
		copy(b, spare[:size])
	})
	return &out
}

// replaced copies a graph with some of its constants exchanged.
func replaced(g *onnx.Graph, redrawn map[*onnx.Tensor]*onnx.Tensor) *onnx.Graph {
	out := *g
	out.Initializers = slices.Clone(g.Initializers)
	for i, t := range out.Initializers {
		if r := redrawn[t]; r != nil {
			out.Initializers[i] = r
		}
	}
	out.Nodes = slices.Clone(g.Nodes)
	for i, n := range out.Nodes {
		if !n.Is("Constant") {
			continue
		}
		if a := n.Attribute("value"); a != nil && redrawn[a.Tensor] != nil {
			node := *n
			node.Attributes = []*onnx.Attribute{onnx.TensorAttr("value", redrawn[a.Tensor])}
			out.Nodes[i] = &node
		}
	}
	return &out
}
