package attention

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/positions"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// selfAttention is the attention of a transformer whose tokens all attend to one
// another.
type selfAttention struct {
	layers []attentionLayer // from first to last
	tokens int64            // special ones included
	view   positions.View   // where the image's tokens lie
	last   string           // [N, T, C]: the last tokens, which the head reads
}

// attentionLayer is one softmax over tokens: [N, heads, T, T] or [N·heads, T, T],
// a sample's heads one after another.
type attentionLayer struct {
	probabilities string
	heads         int64
}

// findAttention finds the attention probabilities of a model: softmaxes over the
// last axis of a product of two tensors, multiplied with a third. All must be
// square, of the tokens that are the image's patches and a few special ones: a
// softmax over anything else would be a way around, so it is refused.
func findAttention(g *autodiff.Graph, layout imaging.Layout) (*selfAttention, error) {
	known, index := positions.Find(g, layout), g.Model.Graph.Index()
	found := &selfAttention{}
	rows := map[int64]positions.View{} // tokens seen so far, by their number
	for _, n := range g.Model.Graph.Nodes {
		out := n.Outputs[0]
		s := g.Model.Types[out].Shape
		if v, ok := known[out]; ok && v.Arrangement == positions.Tokens && len(s) == 3 {
			rows[s[1]] = v
		}
		if n.Op != "Softmax" || len(s) < 3 {
			continue
		}
		l, err := attentionOf(index, n, s)
		if err != nil {
			return nil, err
		}
		if err := found.add(l, s[len(s)-1], rows, n); err != nil {
			return nil, err
		}
	}
	if len(found.layers) == 0 {
		return nil, &NoAttentionError{"the model has no attention (a softmax between two products of matrices)"}
	}
	return found, found.findLast(g, known)
}

// attentionOf reads a softmax as self-attention.
func attentionOf(x *onnx.Index, n *onnx.Node, s canonical.Shape) (attentionLayer, error) {
	rank := len(s)
	l := attentionLayer{probabilities: n.Outputs[0], heads: 1}
	multiplies := slices.ContainsFunc(x.Consumers(l.probabilities), func(u onnx.Use) bool { return u.Node.Op == "MatMul" && u.Input == 0 })
	axis := n.Int("axis", -1)
	if (axis != -1 && axis != int64(rank-1)) || !multiplies || !fromProduct(x, n.Input(0), 8) {
		return l, &NoAttentionError{fmt.Sprintf("the softmax of node %s is no attention between tokens", n.Label())}
	}
	if s[rank-1] != s[rank-2] || s[rank-1] < 2 {
		return l, &NoAttentionError{fmt.Sprintf("the attention of node %s is of %d tokens to %d others", n.Label(), s[rank-2], s[rank-1])}
	}
	switch {
	case rank == 3 && s[0] < 0:
		l.heads = -s[0]
	case rank == 4 && s[0] == -1 && s[1] > 0:
		l.heads = s[1]
	default:
		return l, &NoAttentionError{fmt.Sprintf("the attention of node %s is within windows of %d tokens, as in Swin", n.Label(), s[rank-1])}
	}
	return l, nil
}

// fromProduct reports whether a tensor is a product of two computed tensors,
// scaled, shifted or masked.
func fromProduct(x *onnx.Index, name string, depth int) bool {
	n := x.Producer(name)
	if n == nil || depth == 0 {
		return false
	}
	switch n.Op {
	case "MatMul":
		return x.Constant(n.Input(0)) == nil && x.Constant(n.Input(1)) == nil
	case "Mul", "Div", "Add", "Sub", "Where", "Reshape", "Max", "Clip":
		return slices.ContainsFunc(n.Inputs, func(in string) bool { return fromProduct(x, in, depth-1) })
	}
	return false
}

// add takes a layer whose tokens are those of the image and of the layers before.
func (a *selfAttention) add(l attentionLayer, tokens int64, rows map[int64]positions.View, n *onnx.Node) error {
	v, ok := rows[tokens]
	if !ok || (len(a.layers) > 0 && tokens != a.tokens) {
		return &NoAttentionError{fmt.Sprintf("the attention of node %s is between %d tokens, which are not patches of the whole image", n.Label(), tokens)}
	}
	a.layers, a.tokens, a.view = append(a.layers, l), tokens, v
	return nil
}

// findLast finds the last tokens: everything the scores take from the image, and
// from the last attention, passes through them.
func (a *selfAttention) findLast(g *autodiff.Graph, known map[string]positions.View) error {
	all := autodiff.Bottlenecks(g.Model, g.Input, g.Scores)
	for _, name := range slices.Backward(autodiff.Bottlenecks(g.Model, a.layers[len(a.layers)-1].probabilities, g.Scores)) {
		s := g.Model.Types[name].Shape
		if v, ok := known[name]; ok && v.Arrangement == positions.Tokens && len(s) == 3 && s[1] == a.tokens && slices.Contains(all, name) {
			a.last = name
			return nil
		}
	}
	return &NoAttentionError{"it is not known how the scores are made of the tokens after the last attention"}
}

// Followed reads the attention of a model and readies the run that follows it: how
// many layers there are, and into how many rows and columns of patches the image
// is cut. It is a NoAttentionError where there is none to follow.
func Followed(d attribution.Differentiable) (layers, height, width int, err error) {
	m := Attention{}
	found, _, err := attended{m.Name(), true}.open(d)
	if err != nil {
		return 0, 0, 0, err
	}
	return len(found.layers), found.view.Height, found.view.Width, nil
}
