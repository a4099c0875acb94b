package autodiff_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

func node(op, out string, in ...string) *onnx.Node { return onnx.NewNode(op, in, []string{out}) }

func micro(op, out string, in ...string) *onnx.Node {
	n := node(op, out, in...)
	n.Domain = "com.microsoft"
	return n
}

func attributes(n *onnx.Node, list ...*onnx.Attribute) *onnx.Node {
	n.Attributes = list
	return n
}

// A twin is a quantised network of x, which is q with the scale sx and the zero
// point zx, and the float network it stands for. Both write y.
type twin struct {
	shape            []int64
	quantised, float []*onnx.Node
}

// integers is a tensor of small unsigned integers.
func integers(name string, dims ...int64) *onnx.Tensor {
	t := &onnx.Tensor{Name: name, Type: onnx.Uint8, Dims: dims}
	for i := range size(dims) {
		t.Raw = append(t.Raw, byte(100+(i*37+i/5*11)%57))
	}
	return t
}

// twinConstants are shared: weights w of a convolution and m of a product with
// their scale sw and zero point zw, another image o, and so.
func twinConstants() []*onnx.Tensor {
	scalar := func(name string, v float32) *onnx.Tensor { return onnx.FloatTensor(name, []float32{v}) }
	zero := func(name string, v byte) *onnx.Tensor {
		return &onnx.Tensor{Name: name, Type: onnx.Uint8, Raw: []byte{v}}
	}
	bias := &onnx.Tensor{Name: "bias", Type: onnx.Int32, Dims: []int64{4}, Raw: make([]byte, 16)}
	bias.Raw[1], bias.Raw[8] = 2, 90
	return []*onnx.Tensor{scalar("sx", 0.01), zero("zx", 128), scalar("sw", 0.02), zero("zw", 128), scalar("sy", 0.05), zero("zy", 100),
		scalar("unit", 1.0/256), zero("none", 0), integers("w", 4, 2, 2, 2), integers("m", 4, 5), integers("o", 1, 2, 4, 4), bias,
		scalar("product", 0.01*0.02), scalar("one", 1)}
}

// floats are nodes that give the float weights of a twin.
func floats() []*onnx.Node {
	return []*onnx.Node{node("DequantizeLinear", "wf", "w", "sw", "zw"), node("DequantizeLinear", "mf", "m", "sw", "zw"),
		node("DequantizeLinear", "of", "o", "sx", "zx"), attributes(node("Cast", "counts", "bias"), onnx.IntAttr("to", 1)), node("Mul", "bf", "counts", "product")}
}

var planes = []int64{1, 2, 4, 4}

// ends dequantises r.
func ends(nodes ...*onnx.Node) []*onnx.Node {
	return append(nodes, node("DequantizeLinear", "y", "r", "sy", "zy"))
}

func toFloat(in string) *onnx.Node {
	return attributes(node("Cast", "f", in), onnx.IntAttr("to", int64(onnx.Float32)))
}

var pool = []*onnx.Attribute{onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("strides", 2, 2)}

var twins = map[string]twin{
	"QLinearConv": {planes, ends(node("QLinearConv", "r", "q", "sx", "zx", "w", "sw", "zw", "sy", "zy", "bias")),
		[]*onnx.Node{node("Conv", "y", "x", "wf", "bf")}},
	"QLinearMatMul": {[]int64{3, 4}, ends(node("QLinearMatMul", "r", "q", "sx", "zx", "m", "sw", "zw", "sy", "zy")), []*onnx.Node{node("MatMul", "y", "x", "mf")}},
	"QGemm":         {[]int64{3, 4}, ends(micro("QGemm", "r", "q", "sx", "zx", "m", "sw", "zw", "", "sy", "zy")), []*onnx.Node{node("MatMul", "y", "x", "mf")}},
	"QLinearAdd":    {planes, ends(micro("QLinearAdd", "r", "q", "sx", "zx", "o", "sx", "zx", "sy", "zy")), []*onnx.Node{node("Add", "y", "x", "of")}},
	"QLinearMul":    {planes, ends(micro("QLinearMul", "r", "q", "sx", "zx", "o", "sx", "zx", "sy", "zy")), []*onnx.Node{node("Mul", "y", "x", "of")}},
	"QLinearSigmoid": {planes, append([]*onnx.Node{micro("QLinearSigmoid", "r", "q", "sx", "zx", "unit", "none")}, node("DequantizeLinear", "y", "r", "unit", "none")),
		[]*onnx.Node{node("Sigmoid", "y", "x")}},
	"QLinearLeakyRelu": {planes, ends(attributes(micro("QLinearLeakyRelu", "r", "q", "sx", "zx", "sy", "zy"), onnx.FloatAttr("alpha", 0.5))),
		[]*onnx.Node{attributes(node("LeakyRelu", "y", "x"), onnx.FloatAttr("alpha", 0.5))}},
	"QLinearConcat": {planes, ends(attributes(micro("QLinearConcat", "r", "sy", "zy", "q", "sx", "zx", "o", "sx", "zx"), onnx.IntAttr("axis", 1))),
		[]*onnx.Node{attributes(node("Concat", "y", "x", "of"), onnx.IntAttr("axis", 1))}},
	"QLinearAveragePool": {planes, ends(attributes(micro("QLinearAveragePool", "r", "q", "sx", "zx", "sy", "zy"), pool...)),
		[]*onnx.Node{attributes(node("AveragePool", "y", "x"), pool...)}},
	"QLinearGlobalAveragePool": {planes, ends(micro("QLinearGlobalAveragePool", "r", "q", "sx", "zx", "sy", "zy")), []*onnx.Node{node("GlobalAveragePool", "y", "x")}},
	"QLinearSoftmax": {[]int64{3, 4}, append([]*onnx.Node{attributes(micro("QLinearSoftmax", "r", "q", "sx", "zx", "unit", "none"), onnx.IntAttr("axis", -1), onnx.IntAttr("opset", 13))},
		node("DequantizeLinear", "y", "r", "unit", "none")), []*onnx.Node{attributes(node("Softmax", "y", "x"), onnx.IntAttr("axis", -1))}},
	"ConvInteger": {planes, []*onnx.Node{node("ConvInteger", "r", "q", "w", "zx", "zw"), toFloat("r"), node("Mul", "y", "f", "product")},
		[]*onnx.Node{node("Conv", "y", "x", "wf")}},
	"MatMulInteger": {[]int64{3, 4}, []*onnx.Node{node("MatMulInteger", "r", "q", "m", "zx", "zw"), toFloat("r"), node("Mul", "y", "f", "product")},
		[]*onnx.Node{node("MatMul", "y", "x", "mf")}},
	"DynamicQuantizeLinear": {planes, []*onnx.Node{onnx.NewNode("DynamicQuantizeLinear", []string{"x"}, []string{"dq", "ds", "dz"}), node("ConvInteger", "r", "dq", "w", "dz", "zw"), toFloat("r"),
		node("Mul", "s", "ds", "sw"), node("Mul", "y", "f", "s")}, []*onnx.Node{node("Conv", "y", "x", "wf")}},
}

func quantisedOperators() map[string]bool {
	list := map[string]bool{}
	for _, tw := range twins {
		for _, n := range tw.quantised {
			list[n.Op] = true
		}
	}
	return list
}

// TestQuantisedOperators compares the gradient of every quantised operator with
// that of the float operator it stands for, where no value saturates.
func TestQuantisedOperators(t *testing.T) {
	for name, tw := range twins {
		t.Run(name, func(t *testing.T) {
			q := gradientOf(t, tw.shape, append([]*onnx.Node{node("QuantizeLinear", "q", "x", "sx", "zx")}, tw.quantised...))
			f := gradientOf(t, tw.shape, append(floats(), tw.float...))
			if d := distance(q, f); !(d <= 0.02) {
				t.Errorf("off by %.2g: %v, the float operator's is %v", d, q, f)
			}
		})
	}
}

// gradientOf returns the gradient of a weighted sum of y.
func gradientOf(t *testing.T, shape []int64, nodes []*onnx.Node) []float32 {
	t.Helper()
	c, err := canonical.Rewrite(&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}, {Domain: "com.microsoft", Version: 1}}, Graph: &onnx.Graph{
		Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, shape...)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}},
		Initializers: twinConstants(), Nodes: nodes}}, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := problem{inputs: [][]int64{shape}}.between(-1, 1)
	return runSeeded(t, c, autodiff.Options{}, p.values()[0], noise(concrete(c.Types["y"].Shape)))[1].Floats()
}

// TestSaturationIsTheActivation: in a quantised MobileNetV2 without Relu, saturation
// stands for it. Its gradients equal, nearly, those of its float twin, which bounds
// every tensor to what its integers represent; two photos have different ones.
func TestSaturationIsTheActivation(t *testing.T) {
	dir := testdata.Dir(t)
	m, err := onnx.ReadFile(filepath.Join(dir, "models", "imagenet-mobilenetv2-int8-qdq", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.Graph.Nodes {
		if n.Is("Relu", "Clip") {
			t.Fatalf("the model has a %s", n.Label())
		}
	}
	quantised, float := open(t, c, autodiff.Options{}), open(t, unquantised(t, c), autodiff.Options{})
	files, err := filepath.Glob(filepath.Join(dir, "images", "imagenet-samples", "*.[jJ]*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d photos: %v", len(files), err)
	}
	var previous []float32
	total, photos := 0.0, 6
	for i := range photos {
		file := files[i*len(files)/photos]
		x := photoOf(t, file, 224, imagenet)
		a, b := quantised(x, 281)[1].Floats(), float(x, 281)[1].Floats()
		cosine := cosineOf(a, b)
		total += cosine
		t.Logf("%s: cosine with the float twin's gradient %.3f", filepath.Base(file), cosine)
		if !(cosine > 0.2) { // of 150,000 values: 0.01 would be chance
			t.Errorf("%s: cosine with the float twin's gradient %.3f", filepath.Base(file), cosine)
		}
		if same := cosineOf(a, previous); !(math.Abs(same) < 0.2) && previous != nil {
			t.Errorf("two photos have the same gradient: cosine %.3f", same)
		}
		previous = a
	}
	if mean := total / float64(photos); !(mean > 0.4) {
		t.Errorf("mean cosine with the float twin's gradients %.3f", mean)
	}
}

func cosineOf(a, b []float32) float64 {
	if b == nil {
		return 0
	}
	return dot(a, b) / math.Sqrt(dot(a, a)*dot(b, b))
}

// unquantised replaces each quantisation of a computed tensor by a Clip to what its
// integers represent.
func unquantised(t *testing.T, c *canonical.Model) *canonical.Model {
	t.Helper()
	graph := *c.Graph
	graph.Nodes = nil
	values := func(name string) float32 {
		v, err := c.Constants[name].Floats()
		if err != nil {
			t.Fatal(err)
		}
		return v[0]
	}
	float := map[string]string{} // what an integer tensor stands for
	for _, n := range c.Graph.Nodes {
		switch {
		case n.Is("QuantizeLinear"):
			scale, zero := values(n.Input(1)), values(n.Input(2))
			bounds := []string{n.Outputs[0] + "_low", n.Outputs[0] + "_high"}
			for i, q := range []float32{-128, 127} {
				if c.Types[n.Outputs[0]].Elem == onnx.Uint8 {
					q += 128
				}
				graph.Initializers = append(graph.Initializers, onnx.FloatTensor(bounds[i], []float32{(q - zero) * scale}))
			}
			float[n.Outputs[0]] = n.Outputs[0] + "_float"
			graph.Nodes = append(graph.Nodes, node("Clip", float[n.Outputs[0]], n.Input(0), bounds[0], bounds[1]))
		case n.Is("DequantizeLinear") && float[n.Input(0)] != "":
			graph.Nodes = append(graph.Nodes, node("Identity", n.Outputs[0], float[n.Input(0)]))
		default:
			graph.Nodes = append(graph.Nodes, n)
		}
	}
	copied := *c.Model
	copied.Graph = &graph
	again, err := canonical.Rewrite(&copied, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return again
}
