package onnx_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// graph makes a graph of nodes, written "output = Op input input", with weights
// called w….
func graph(nodes ...*onnx.Node) *onnx.Graph {
	g := &onnx.Graph{Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 3, 8, 8)}, Nodes: nodes}
	for _, name := range []string{"w", "b"} {
		g.Initializers = append(g.Initializers, onnx.FloatTensor(name, make([]float32, 4), 2, 2))
	}
	return g
}

func node(op string, names ...string) *onnx.Node {
	return onnx.NewNode(op, names[1:], names[:1])
}

func domain(d string, n *onnx.Node) *onnx.Node {
	n.Domain = d
	return n
}

func TestLogit(t *testing.T) {
	for name, c := range map[string]struct {
		nodes      []*onnx.Node
		activation onnx.Activation
		logits     string
	}{
		"none":                {[]*onnx.Node{node("Gemm", "y", "x", "w")}, onnx.NoActivation, "y"},
		"softmax":             {[]*onnx.Node{node("Gemm", "z", "x", "w"), node("Softmax", "y", "z")}, onnx.Softmax, "z"},
		"log-softmax":         {[]*onnx.Node{node("Gemm", "z", "x", "w"), node("LogSoftmax", "y", "z")}, onnx.LogSoftmax, "z"},
		"through shapes":      {[]*onnx.Node{node("Sigmoid", "s", "x"), node("Flatten", "f", "s"), node("Squeeze", "q", "f"), node("Identity", "i", "q"), node("Cast", "y", "i")}, onnx.Sigmoid, "x"},
		"softmax of a custom": {[]*onnx.Node{domain("acme", node("Softmax", "y", "x"))}, onnx.NoActivation, "y"},
		"spelled":             {[]*onnx.Node{node("ReduceMax", "m", "x"), node("Sub", "d", "x", "m"), node("Exp", "e", "d"), node("ReduceSum", "s", "e"), node("Div", "y", "e", "s")}, onnx.Softmax, "x"},
		"spelled plainly":     {[]*onnx.Node{node("Exp", "e", "x"), node("ReduceSum", "s", "e"), node("Div", "y", "e", "s")}, onnx.Softmax, "x"},
		"another division":    {[]*onnx.Node{node("Div", "y", "x", "w")}, onnx.NoActivation, "y"},
		"softmax inside":      {[]*onnx.Node{node("Softmax", "a", "x"), node("MatMul", "y", "a", "w")}, onnx.NoActivation, "y"},
		"output is the input": {nil, onnx.NoActivation, "y"},
	} {
		a, logits := graph(c.nodes...).Index().Logit("y")
		if a != c.activation || logits != c.logits {
			t.Errorf("%s: %q of %q, want %q of %q", name, a, logits, c.activation, c.logits)
		}
	}
}

func TestEmbedding(t *testing.T) {
	for name, c := range map[string]struct {
		nodes  []*onnx.Node
		tensor string // "" is none
		pooled bool
	}{
		"gemm":              {[]*onnx.Node{node("Relu", "f", "x"), node("Gemm", "y", "f", "w", "b")}, "f", false},
		"matmul and bias":   {[]*onnx.Node{node("Relu", "f", "x"), node("MatMul", "m", "f", "w"), node("Add", "y", "b", "m")}, "f", false},
		"conv then pool":    {[]*onnx.Node{node("Relu", "f", "x"), node("Conv", "c", "f", "w"), node("Relu", "r", "c"), node("GlobalAveragePool", "p", "r"), node("Flatten", "y", "p")}, "f", true},
		"pool then conv":    {[]*onnx.Node{node("GlobalAveragePool", "f", "x"), node("Conv", "c", "f", "w"), node("Squeeze", "y", "c")}, "f", false},
		"dequantised":       {[]*onnx.Node{node("Relu", "f", "x"), node("DequantizeLinear", "v", "w", "b"), node("Transpose", "t", "v"), node("MatMul", "y", "f", "t")}, "f", false},
		"temperature":       {[]*onnx.Node{node("Relu", "f", "x"), node("Gemm", "g", "f", "w"), node("Div", "y", "g", "b")}, "f", false},
		"attention":         {[]*onnx.Node{node("Relu", "f", "x"), node("MatMul", "y", "f", "x")}, "", false},
		"two branches":      {[]*onnx.Node{node("Relu", "f", "x"), node("Gemm", "g", "f", "w"), node("Add", "y", "g", "x")}, "", false},
		"no linear layer":   {[]*onnx.Node{node("GlobalAveragePool", "y", "x")}, "", false},
		"fused, one domain": {[]*onnx.Node{node("Relu", "f", "x"), domain("com.microsoft", node("FusedGemm", "y", "f", "w", "b"))}, "f", false},
	} {
		f, ok := graph(c.nodes...).Index().Embedding("y")
		if ok != (c.tensor != "") || f.Tensor != c.tensor || f.Pooled != c.pooled {
			t.Errorf("%s: %q pooled %v, want %q pooled %v", name, f.Tensor, f.Pooled, c.tensor, c.pooled)
		}
	}
}

func TestIndexSeesSubgraphs(t *testing.T) {
	inner := &onnx.Graph{Nodes: []*onnx.Node{node("Add", "z", "x", "w")}, Outputs: []*onnx.Value{{Name: "z"}}}
	branch := node("If", "y", "b")
	branch.Attributes = []*onnx.Attribute{{Name: "then_branch", Type: onnx.AttrGraph, Graph: inner}}
	g := graph(branch, node("Relu", "r", "y"), node("Relu", "unused", "x"))
	x := g.Index()
	if uses := x.Consumers("x"); len(uses) != 2 || uses[0].In != inner || uses[0].Node.Op != "Add" {
		t.Errorf("consumers of x: %+v", uses)
	}
	if p := x.Producer("y"); p != branch || x.Producer("x") != nil || x.Producer("w") != nil {
		t.Error("producers are wrong")
	}
	if d := x.DependsOnInputs(); !d["y"] || !d["r"] || d["w"] {
		t.Errorf("depends on inputs: %v", d)
	}
	if r := g.Reachable("x"); !r["r"] || r["x"] || r["w"] {
		t.Errorf("reachable from x: %v", r)
	}
	g.KeepOutputs("r")
	if len(g.Nodes) != 2 || g.Nodes[0] != branch {
		t.Errorf("pruned graph has %d nodes", len(g.Nodes))
	}
	if name := g.Edit().Fresh("z"); name != "z_1" {
		t.Errorf("fresh name %q: z is taken inside the branch", name)
	}
}

// vision is a batch-one graph as exporters make it of a transformer: image to
// tokens, a class token put before them, its row to the classes.
func vision() *onnx.Model {
	ramp := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i%7) / 7
		}
		return v
	}
	g := &onnx.Graph{Name: "vision",
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 3, 2, 2)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1, 5)},
		Values:  []*onnx.Value{onnx.NewValue("tokens", onnx.Float32, 1, 3, 4)},
		Initializers: []*onnx.Tensor{
			onnx.IntTensor("token_shape", []int64{1, 3, 4}, 3), onnx.IntTensor("flat_shape", []int64{1, -1}, 2),
			onnx.FloatTensor("class", ramp(4), 1, 1, 4), onnx.FloatTensor("fc", ramp(80), 16, 5),
		},
		Nodes: []*onnx.Node{
			onnx.NewNode("Reshape", []string{"x", "token_shape"}, []string{"tokens"}, onnx.IntAttr("allowzero", 1)),
			onnx.NewNode("Concat", []string{"class", "tokens"}, []string{"all"}, onnx.IntAttr("axis", 1)),
			onnx.NewNode("Reshape", []string{"all", "flat_shape"}, []string{"flat"}),
			onnx.NewNode("MatMul", []string{"flat", "fc"}, []string{"y"}),
		}}
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 14}}, Graph: g}
}

// TestFreeBatchGivesTheSameResults runs a batch of three through the rewritten
// graph and compares with the original, one by one.
func TestFreeBatchGivesTheSameResults(t *testing.T) {
	for name, model := range map[string]func() *onnx.Model{"class token": vision, "attention": attention} {
		m := model()
		if err := m.FreeBatch(); err != nil {
			t.Fatal(err)
		}
		if d := m.Graph.Inputs[0].Shape[0]; d.Fixed() || len(m.Graph.Values) != 0 {
			t.Errorf("%s: batch still %v, %d stale shapes", name, d, len(m.Graph.Values))
		}
		one, three := openModel(t, model(), "x", "y"), openModel(t, m, "x", "y")
		values := make([]float32, 36)
		for i := range values {
			values[i] = float32(math.Sin(float64(i)))
		}
		got := run(t, three, values, 3)
		for i := range 3 {
			want := run(t, one, values[12*i:12*i+12], 1)
			n := len(want)
			if !slices.EqualFunc(got[n*i:n*i+n], want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }) {
				t.Errorf("%s, sample %d: %v in a batch, %v alone", name, i, got[n*i:n*i+n], want)
			}
		}
	}
}

// attention is the part of a batch-one graph that PyTorch makes of multi-head
// attention: positions first, batch and heads merged, then flattened for a Gemm.
func attention() *onnx.Model {
	ints := func(name string, v ...int64) *onnx.Tensor { return onnx.IntTensor(name, v, int64(len(v))) }
	eye := make([]float32, 16)
	for i := range 4 {
		eye[5*i] = float32(i + 1)
	}
	g := &onnx.Graph{Name: "attention",
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 3, 2, 2)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1, 3, 4)},
		Initializers: []*onnx.Tensor{ints("tokens_shape", 1, 3, 4), ints("heads_shape", 3, 2, 2), ints("flat_shape", 3, 4),
			ints("back_shape", 3, 1, 4), onnx.FloatTensor("w", eye, 4, 4), ints("one", 1), ints("three", 3), ints("four", 4)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Concat", []string{"one", "three", "four"}, []string{"computed"}, onnx.IntAttr("axis", 0)),
			onnx.NewNode("Reshape", []string{"x", "computed"}, []string{"tokens"}),
			onnx.NewNode("Transpose", []string{"tokens"}, []string{"first"}, onnx.IntsAttr("perm", 1, 0, 2)),
			onnx.NewNode("Reshape", []string{"first", "heads_shape"}, []string{"heads"}),
			onnx.NewNode("Transpose", []string{"heads"}, []string{"q"}, onnx.IntsAttr("perm", 1, 0, 2)),
			onnx.NewNode("Transpose", []string{"heads"}, []string{"k"}, onnx.IntsAttr("perm", 1, 2, 0)),
			onnx.NewNode("MatMul", []string{"q", "k"}, []string{"scores"}),
			onnx.NewNode("Softmax", []string{"scores"}, []string{"weights"}, onnx.IntAttr("axis", -1)),
			onnx.NewNode("MatMul", []string{"weights", "q"}, []string{"mixed"}),
			onnx.NewNode("Transpose", []string{"mixed"}, []string{"positions"}, onnx.IntsAttr("perm", 1, 0, 2)),
			onnx.NewNode("Reshape", []string{"positions", "flat_shape"}, []string{"flat"}),
			onnx.NewNode("Gemm", []string{"flat", "w"}, []string{"projected"}),
			onnx.NewNode("Reshape", []string{"projected", "back_shape"}, []string{"back"}),
			onnx.NewNode("Transpose", []string{"back"}, []string{"y"}, onnx.IntsAttr("perm", 1, 0, 2)),
		}}
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 14}}, Graph: g}
}

func openModel(t *testing.T, m *onnx.Model, in, out string) *ort.Session {
	t.Helper()
	s, err := ort.Open(m.Marshal(), []string{in}, []string{out}, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func run(t *testing.T, s *ort.Session, values []float32, n int64) []float32 {
	t.Helper()
	out, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{n, 3, 2, 2}, Data: values})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Floats()
}

func TestFreeBatchLeavesWeightsAlone(t *testing.T) {
	m := testmodel.Build(testmodel.Options{Batch: 1, WeightsIn: true, Opset: 7})
	shape := onnx.IntTensor("bias_shape", []int64{1, 3}, 2)
	m.Graph.Initializers = append(m.Graph.Initializers, shape)
	reshape := onnx.NewNode("Reshape", []string{"fc_b", "bias_shape"}, []string{"bias"})
	m.Graph.Nodes = append([]*onnx.Node{reshape}, m.Graph.Nodes...)
	if err := m.FreeBatch(); err != nil {
		t.Fatal(err)
	}
	if reshape.Input(1) != "bias_shape" {
		t.Error("the Reshape of a weight was changed")
	}
	if len(m.Graph.Inputs) != 1 || m.IRVersion < 4 {
		t.Errorf("%d inputs at IR version %d: the weights should be constants now", len(m.Graph.Inputs), m.IRVersion)
	}
}

func TestFreeBatchNeedsOneKnownInput(t *testing.T) {
	m := testmodel.Build(testmodel.Options{})
	m.Graph.Inputs[0].HasShape = false
	if m.FreeBatch() == nil {
		t.Error("an input of unknown shape was accepted")
	}
}

func TestAttributesOfNodes(t *testing.T) {
	n := onnx.NewNode("Op", []string{"a", ""}, []string{"b"}, onnx.IntAttr("i", 3), onnx.FloatAttr("f", 0.5), onnx.StringAttr("s", "SAME"), onnx.IntsAttr("l", 1, 2))
	if n.Int("i", 0) != 3 || n.Int("none", 7) != 7 || n.Float("f", 0) != 0.5 || n.Text("s", "") != "SAME" || !slices.Equal(n.Ints("l"), []int64{1, 2}) {
		t.Errorf("attributes of %+v", n)
	}
	if n.Input(0) != "a" || n.Input(1) != "" || n.Input(5) != "" || n.Label() != "Op → b" {
		t.Errorf("inputs or label %q of %+v", n.Label(), n)
	}
	if n.Float("none", 2) != 2 || n.Text("none", "x") != "x" || n.Ints("none") != nil {
		t.Error("fallbacks are wrong")
	}
	if (*onnx.Node)(nil).Is("Op") || !n.Is("Other", "Op") {
		t.Error("Is is wrong")
	}
}
