package canonical_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// A dialect is a graph as some exporter or optimiser writes it. It reads x and
// writes y.
type dialect struct {
	opset     int64
	shape     []int64
	constants []*onnx.Tensor
	nodes     []*onnx.Node
}

// weights makes a random constant.
func weights(name string, dims ...int64) *onnx.Tensor {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	r, v := rand.New(rand.NewPCG(4, uint64(n))), make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return onnx.FloatTensor(name, v, dims...)
}

// bytes makes a random int8 or uint8 constant.
func bytes(name string, t onnx.DataType, dims ...int64) *onnx.Tensor {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	r, raw := rand.New(rand.NewPCG(4, uint64(n))), make([]byte, n)
	for i := range raw {
		raw[i] = byte(r.IntN(256))
	}
	return &onnx.Tensor{Name: name, Type: t, Dims: dims, Raw: raw}
}

func node(op, in string, constants ...string) *onnx.Node {
	return onnx.NewNode(op, append([]string{in}, constants...), []string{"y"})
}

func microsoft(n *onnx.Node, attributes ...*onnx.Attribute) *onnx.Node {
	n.Domain, n.Attributes = "com.microsoft", attributes
	return n
}

func with(n *onnx.Node, attributes ...*onnx.Attribute) *onnx.Node {
	n.Attributes = attributes
	return n
}

func scalar(name string, v float32) *onnx.Tensor { return onnx.FloatTensor(name, []float32{v}) }

func branch(op string) *onnx.Graph {
	return &onnx.Graph{Name: op, Nodes: []*onnx.Node{onnx.NewNode(op, []string{"x"}, []string{op + "_y"})},
		Outputs: []*onnx.Value{{Name: op + "_y", Type: onnx.Float32}}}
}

var image = []int64{2, 4, 6, 6}

var zero = &onnx.Tensor{Name: "zero", Type: onnx.Uint8, Raw: []byte{120}}

var dialects = map[string]dialect{
	"softmax of opset 9":     {9, image, nil, []*onnx.Node{node("Softmax", "x")}},
	"log-softmax of opset 9": {9, image, nil, []*onnx.Node{with(node("LogSoftmax", "x"), onnx.IntAttr("axis", 2))}},
	"slice of opset 9": {9, image, nil, []*onnx.Node{with(node("Slice", "x"), onnx.IntsAttr("starts", 1, -3), onnx.IntsAttr("ends", 3, 99),
		onnx.IntsAttr("axes", 1, 3))}},
	"pad of opset 9":  {9, image, nil, []*onnx.Node{with(node("Pad", "x"), onnx.IntsAttr("pads", 0, 0, 1, 2, 0, 0, 0, 1), onnx.FloatAttr("value", 1.5))}},
	"clip of opset 9": {9, image, nil, []*onnx.Node{with(node("Clip", "x"), onnx.FloatAttr("min", -0.5))}},
	"split of opset 11": {11, image, nil, []*onnx.Node{with(onnx.NewNode("Split", []string{"x"}, []string{"a", "b"}), onnx.IntAttr("axis", 1)),
		onnx.NewNode("Sub", []string{"a", "b"}, []string{"y"})}},
	"reductions of opset 11": {11, image, nil, []*onnx.Node{with(node("ReduceMean", "x"), onnx.IntsAttr("axes", -1, 2), onnx.IntAttr("keepdims", 0))}},
	"upsample of opset 9": {9, image, []*onnx.Tensor{onnx.FloatTensor("s", []float32{1, 1, 2, 2}, 4)}, []*onnx.Node{
		with(node("Upsample", "x", "s"), onnx.StringAttr("mode", "linear"))}},
	"resize of opset 10": {10, image, []*onnx.Tensor{onnx.FloatTensor("s", []float32{1, 1, 2, 1.5}, 4)}, []*onnx.Node{node("Resize", "x", "s")}},
	"many inputs":        {13, image, []*onnx.Tensor{weights("w", 6)}, []*onnx.Node{node("Mean", "x", "w", "x")}},
	"hard swish":         {14, image, nil, []*onnx.Node{node("HardSwish", "x")}},
	"gelu":               {20, image, nil, []*onnx.Node{with(node("Gelu", "x"), onnx.StringAttr("approximate", "tanh"))}},
	"groups of opset 21": {21, image, []*onnx.Tensor{weights("s", 4), weights("b", 4)}, []*onnx.Node{
		with(node("GroupNormalization", "x", "s", "b"), onnx.IntAttr("num_groups", 2))}},
	"constant condition": {13, image, []*onnx.Tensor{{Name: "yes", Type: onnx.Bool, Raw: []byte{1}}}, []*onnx.Node{
		with(node("If", "yes"), &onnx.Attribute{Name: "then_branch", Type: onnx.AttrGraph, Graph: branch("Tanh")},
			&onnx.Attribute{Name: "else_branch", Type: onnx.AttrGraph, Graph: branch("Relu")})}},
	"normalisation read twice": {13, image, []*onnx.Tensor{weights("w", 4, 4, 1, 1), weights("s", 4), scalar4("v", 2)}, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}), onnx.NewNode("BatchNormalization", []string{"c", "s", "s", "s", "v"}, []string{"n"}),
		onnx.NewNode("BatchNormalization", []string{"n", "s", "s", "s", "v"}, []string{"m"}), onnx.NewNode("Mul", []string{"n", "m"}, []string{"y"})}},
	"attention of opset 23": {23, []int64{2, 5, 8}, []*onnx.Tensor{weights("k", 2, 7, 8), weights("v", 2, 7, 12), weights("m", 5, 7)}, []*onnx.Node{
		with(node("Attention", "x", "k", "v", "m"), onnx.IntAttr("q_num_heads", 2), onnx.IntAttr("kv_num_heads", 2))}},
	"packed attention": {13, []int64{2, 5, 8}, []*onnx.Tensor{weights("w", 8, 24), weights("b", 24)}, []*onnx.Node{
		microsoft(node("Attention", "x", "w", "b"), onnx.IntAttr("num_heads", 2))}},
	"packed attention with a bias": {13, []int64{2, 5, 8}, []*onnx.Tensor{weights("w", 8, 24), weights("b", 24), weights("z", 2, 2, 5, 5)}, []*onnx.Node{
		microsoft(node("Attention", "x", "w", "b", "", "", "z"), onnx.IntAttr("num_heads", 2), onnx.FloatAttr("scale", 0.4))}},
	"attention with biases": {13, []int64{2, 5, 8}, []*onnx.Tensor{weights("k", 2, 7, 8), weights("v", 2, 7, 8), weights("b", 24)}, []*onnx.Node{
		microsoft(node("MultiHeadAttention", "x", "k", "v", "b"), onnx.IntAttr("num_heads", 2))}},
	"attention by heads": {23, []int64{2, 2, 5, 4}, nil, []*onnx.Node{with(node("Attention", "x", "x", "x"), onnx.FloatAttr("scale", 0.3))}},
	"implicit einsum":    {13, []int64{3, 4}, []*onnx.Tensor{weights("w", 4, 5)}, []*onnx.Node{with(node("Einsum", "x", "w"), onnx.StringAttr("equation", "ij, jk"))}},
	"dilated averages": {19, image, nil, []*onnx.Node{with(node("AveragePool", "x"), onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("dilations", 2, 3),
		onnx.IntsAttr("pads", 1, 0, 0, 1), onnx.IntAttr("ceil_mode", 1), onnx.IntsAttr("strides", 2, 2), onnx.IntAttr("count_include_pad", 1))}},
	"fused convolution": {13, image, []*onnx.Tensor{weights("w", 4, 4, 3, 3), weights("b", 4), weights("z", 2, 4, 6, 6)}, []*onnx.Node{
		microsoft(node("FusedConv", "x", "w", "b", "z"), onnx.IntsAttr("pads", 1, 1, 1, 1), onnx.StringAttr("activation", "Relu"))}},
	"fused gelu": {13, image, nil, []*onnx.Node{microsoft(node("Gelu", "x"))}},
	"fast gelu":  {13, image, []*onnx.Tensor{weights("b", 6)}, []*onnx.Node{microsoft(node("FastGelu", "x", "b"))}},
	"bias gelu":  {13, image, []*onnx.Tensor{weights("b", 6)}, []*onnx.Node{microsoft(node("BiasGelu", "x", "b"))}},
	"quick gelu": {13, image, nil, []*onnx.Node{microsoft(node("QuickGelu", "x"))}},
	"skip and normal": {13, []int64{2, 5, 8}, []*onnx.Tensor{weights("k", 2, 5, 8), weights("s", 8), weights("o", 8), weights("b", 8)}, []*onnx.Node{
		microsoft(node("SkipLayerNormalization", "x", "k", "s", "o", "b"))}},
	"fused product": {13, []int64{3, 4}, []*onnx.Tensor{weights("w", 5, 4)}, []*onnx.Node{
		microsoft(node("FusedMatMul", "x", "w"), onnx.IntAttr("transB", 1), onnx.FloatAttr("alpha", 0.5))}},
	"fused linear layer": {13, []int64{3, 4}, []*onnx.Tensor{weights("w", 5, 4), weights("b", 5)}, []*onnx.Node{
		microsoft(node("FusedGemm", "x", "w", "b"), onnx.IntAttr("transB", 1), onnx.StringAttr("activation", "Relu"))}},
	"dynamic quantisation": {13, image, []*onnx.Tensor{bytes("w", onnx.Uint8, 3, 4, 2, 2), zero, scalar("ws", 0.01)}, []*onnx.Node{
		onnx.NewNode("DynamicQuantizeLinear", []string{"x"}, []string{"q", "s", "z"}),
		onnx.NewNode("ConvInteger", []string{"q", "w", "z", "zero"}, []string{"c"}),
		with(onnx.NewNode("Cast", []string{"c"}, []string{"f"}), onnx.IntAttr("to", int64(onnx.Float32))),
		onnx.NewNode("Mul", []string{"s", "ws"}, []string{"t"}), onnx.NewNode("Mul", []string{"f", "t"}, []string{"y"})}},
	"dynamic linear layer": {13, []int64{3, 4}, []*onnx.Tensor{bytes("w", onnx.Uint8, 4, 5), zero}, []*onnx.Node{
		onnx.NewNode("DynamicQuantizeLinear", []string{"x"}, []string{"q", "s", "z"}),
		onnx.NewNode("MatMulInteger", []string{"q", "w", "z", "zero"}, []string{"c"}),
		with(onnx.NewNode("Cast", []string{"c"}, []string{"f"}), onnx.IntAttr("to", int64(onnx.Float32))),
		onnx.NewNode("Mul", []string{"f", "s"}, []string{"y"})}},
	"padding by wrapping": {19, image, []*onnx.Tensor{onnx.IntTensor("p", []int64{0, 1, 2, 0, 0, 0, 3, 6}, 8)}, []*onnx.Node{
		with(node("Pad", "x", "p"), onnx.StringAttr("mode", "wrap"))}},
	"largest of opset 9": {9, image, nil, []*onnx.Node{with(onnx.NewNode("TopK", []string{"x"}, []string{"y", "i"}), onnx.IntAttr("k", 3), onnx.IntAttr("axis", 2))}},
	"length one":         {13, image, nil, []*onnx.Node{with(node("LpNormalization", "x"), onnx.IntAttr("p", 1), onnx.IntAttr("axis", 1))}},
	"global lengths":     {13, image, nil, []*onnx.Node{with(node("GlobalLpPool", "x"), onnx.IntAttr("p", 3))}},
	"picked by pairs": {13, image, []*onnx.Tensor{onnx.IntTensor("i", []int64{1, 3, 0, 2}, 2, 2)}, []*onnx.Node{
		with(onnx.NewNode("Transpose", []string{"x"}, []string{"t"}), onnx.IntsAttr("perm", 2, 3, 0, 1)),
		onnx.NewNode("GatherND", []string{"t", "i"}, []string{"y"})}},
	"condition on a shape": {13, image, []*onnx.Tensor{onnx.IntTensor("two", []int64{2}), onnx.IntTensor("five", []int64{5})}, []*onnx.Node{
		onnx.NewNode("Shape", []string{"x"}, []string{"s"}), onnx.NewNode("Gather", []string{"s", "two"}, []string{"height"}),
		onnx.NewNode("Mod", []string{"height", "five"}, []string{"rest"}), onnx.NewNode("Less", []string{"rest", "two"}, []string{"yes"}),
		with(node("If", "yes"), &onnx.Attribute{Name: "then_branch", Type: onnx.AttrGraph, Graph: branch("Tanh")},
			&onnx.Attribute{Name: "else_branch", Type: onnx.AttrGraph, Graph: branch("Relu")})}},
	"quantised operators": {13, image, []*onnx.Tensor{scalar("s", 0.02), scalar("r", 0.01), zero}, []*onnx.Node{
		onnx.NewNode("QuantizeLinear", []string{"x", "s", "zero"}, []string{"q"}),
		quantisedNode("QLinearSigmoid", []string{"q", "s", "zero", "r", "zero"}, "a"),
		quantisedNode("QLinearMul", []string{"q", "s", "zero", "a", "r", "zero", "s", "zero"}, "m"),
		with(quantisedNode("QLinearConcat", []string{"s", "zero", "q", "s", "zero", "m", "s", "zero"}, "k"), onnx.IntAttr("axis", 1)),
		with(quantisedNode("QLinearGlobalAveragePool", []string{"k", "s", "zero", "r", "zero"}, "g"), onnx.IntAttr("channels_last", 0)),
		onnx.NewNode("DequantizeLinear", []string{"g", "r", "zero"}, []string{"y"})}},
}

func scalar4(name string, v float32) *onnx.Tensor {
	return onnx.FloatTensor(name, []float32{v, v, v, v}, 4)
}

func quantisedNode(op string, in []string, out string) *onnx.Node {
	return microsoft(onnx.NewNode(op, in, []string{out}))
}

// TestDialects compares what exporters and optimisers write with its canonical
// form, and that with a free batch where it was fixed.
func TestDialects(t *testing.T) {
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			m := d.model()
			feed := map[string]*ort.Tensor{"x": noise(m.Graph.Inputs[0], nil, 3)}
			want := execute(t, m, feed)
			for _, shape := range [][]int64{nil, append([]int64{-1}, d.shape[1:]...)} {
				c, err := canonical.Rewrite(m, canonical.Options{Shape: shape})
				if err != nil {
					t.Fatal(err)
				}
				if diff := distance(execute(t, c.Model, feed)[0], want[0]); !(diff <= 1e-5) {
					t.Errorf("shape %v: outputs differ by %.3g", shape, diff)
				}
				for op := range operators(c.Graph) {
					if len(op) > 4 && op[:4] == "com." {
						t.Errorf("the canonical form has %s", op)
					}
				}
			}
		})
	}
}
