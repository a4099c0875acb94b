package canonical_test

import (
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// mixing are graphs of a batch [N, 3, 4, 4], x, and whether what y gives for a sample depends
// on the others.
var mixing = map[string]struct {
	mixes     bool
	constants []*onnx.Tensor
	nodes     []*onnx.Node
}{
	"reduces all":          {true, nil, []*onnx.Node{with(node("ReduceMin", "x"), onnx.IntAttr("keepdims", 1))}},
	"reduces the batch":    {true, nil, []*onnx.Node{with(node("ReduceMean", "x"), onnx.IntsAttr("axes", 0))}},
	"reduces the places":   {false, nil, []*onnx.Node{with(node("ReduceMean", "x"), onnx.IntsAttr("axes", 2, 3))}},
	"reduces from behind":  {true, nil, []*onnx.Node{with(node("ReduceMax", "x"), onnx.IntsAttr("axes", -4))}},
	"softmax of the batch": {true, nil, []*onnx.Node{with(node("Softmax", "x"), onnx.IntAttr("axis", 0))}},
	"softmax of channels":  {false, nil, []*onnx.Node{with(node("Softmax", "x"), onnx.IntAttr("axis", 1))}},
	"sorts the batch":      {true, []*onnx.Tensor{onnx.IntTensor("k", []int64{1}, 1)}, []*onnx.Node{onnx.NewNode("TopK", []string{"x", "k"}, []string{"y", "i"}, onnx.IntAttr("axis", 0))}},
	"sorts the columns":    {false, []*onnx.Tensor{onnx.IntTensor("k", []int64{1}, 1)}, []*onnx.Node{onnx.NewNode("TopK", []string{"x", "k"}, []string{"y", "i"})}},
	"adds up the batch":    {true, []*onnx.Tensor{onnx.IntTensor("a", []int64{0})}, []*onnx.Node{node("CumSum", "x", "a")}},
	"adds up the columns":  {false, []*onnx.Tensor{onnx.IntTensor("a", []int64{3})}, []*onnx.Node{node("CumSum", "x", "a")}},
	"takes the first":      {true, []*onnx.Tensor{onnx.IntTensor("a", []int64{0})}, []*onnx.Node{onnx.NewNode("Gather", []string{"x", "a"}, []string{"g"}, onnx.IntAttr("axis", 0)), node("Sub", "x", "g")}},
	"turns the batch round": {true, []*onnx.Tensor{onnx.IntTensor("from", []int64{-1}, 1), onnx.IntTensor("to", []int64{-1 << 40}, 1), onnx.IntTensor("axes", []int64{0}, 1)},
		[]*onnx.Node{node("Slice", "x", "from", "to", "axes", "from")}},
	"cuts the columns": {false, []*onnx.Tensor{onnx.IntTensor("from", []int64{1}, 1), onnx.IntTensor("to", []int64{3}, 1), onnx.IntTensor("axes", []int64{3}, 1)},
		[]*onnx.Node{node("Slice", "x", "from", "to", "axes")}},
	"normalises over the batch":  {true, nil, []*onnx.Node{node("MeanVarianceNormalization", "x")}},
	"normalises each":            {false, nil, []*onnx.Node{with(node("MeanVarianceNormalization", "x"), onnx.IntsAttr("axes", 2, 3))}},
	"the batch as channels":      {true, []*onnx.Tensor{weights("w", 2, 3, 3, 3)}, []*onnx.Node{onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 1, 0, 2, 3)), node("GlobalMaxPool", "t"), onnx.NewNode("ReduceMax", []string{"y"}, []string{"z"})}},
	"moved, and by itself":       {false, nil, []*onnx.Node{onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 1, 0, 2, 3)), with(node("ReduceMax", "t"), onnx.IntsAttr("axes", 0, 2, 3))}},
	"moved, and over the batch":  {true, nil, []*onnx.Node{onnx.NewNode("Transpose", []string{"x"}, []string{"t"}, onnx.IntsAttr("perm", 1, 0, 2, 3)), with(node("ReduceMax", "t"), onnx.IntsAttr("axes", 1))}},
	"merged with the rows":       {true, []*onnx.Tensor{onnx.IntTensor("rows", []int64{-1, 16}, 2)}, []*onnx.Node{onnx.NewNode("Reshape", []string{"x", "rows"}, []string{"r"}), with(node("Softmax", "r"), onnx.IntAttr("axis", 0))}},
	"merged, and each row":       {false, []*onnx.Tensor{onnx.IntTensor("rows", []int64{-1, 16}, 2)}, []*onnx.Node{onnx.NewNode("Reshape", []string{"x", "rows"}, []string{"r"}), with(node("Softmax", "r"), onnx.IntAttr("axis", 1))}},
	"every pair of samples":      {true, nil, []*onnx.Node{onnx.NewNode("Flatten", []string{"x"}, []string{"f"}), onnx.NewNode("Transpose", []string{"f"}, []string{"t"}), onnx.NewNode("MatMul", []string{"f", "t"}, []string{"y"})}},
	"sums of products":           {true, nil, []*onnx.Node{onnx.NewNode("Flatten", []string{"x"}, []string{"f"}), onnx.NewNode("Transpose", []string{"f"}, []string{"t"}), onnx.NewNode("MatMul", []string{"t", "f"}, []string{"y"})}},
	"a product by Gemm":          {true, nil, []*onnx.Node{onnx.NewNode("Flatten", []string{"x"}, []string{"f"}), onnx.NewNode("Gemm", []string{"f", "f"}, []string{"y"}, onnx.IntAttr("transA", 1))}},
	"products of each":           {false, nil, []*onnx.Node{onnx.NewNode("MatMul", []string{"x", "x"}, []string{"y"})}},
	"pairs by broadcasting":      {true, []*onnx.Tensor{onnx.IntTensor("one", []int64{-1, 1}, 2)}, []*onnx.Node{with(onnx.NewNode("ReduceMean", []string{"x"}, []string{"m"}, onnx.IntsAttr("axes", 1, 2, 3), onnx.IntAttr("keepdims", 0))), onnx.NewNode("Reshape", []string{"m", "one"}, []string{"c"}), onnx.NewNode("Sub", []string{"m", "c"}, []string{"y"})}},
	"an Einsum over the batch":   {true, nil, []*onnx.Node{onnx.NewNode("Einsum", []string{"x", "x"}, []string{"y"}, onnx.StringAttr("equation", "nchw,nchw->c"))}},
	"an Einsum of each":          {false, nil, []*onnx.Node{onnx.NewNode("Einsum", []string{"x", "x"}, []string{"y"}, onnx.StringAttr("equation", "nchw,nchw->nc"))}},
	"quantised by its own range": {true, nil, []*onnx.Node{onnx.NewNode("DynamicQuantizeLinear", []string{"x"}, []string{"q", "s", "z"}), onnx.NewNode("DequantizeLinear", []string{"q", "s", "z"}, []string{"y"})}},
	"a recurrence over the batch": {true, []*onnx.Tensor{weights("w", 1, 8, 16), weights("r", 1, 8, 2), onnx.IntTensor("rows", []int64{-1, 3, 16}, 3)}, []*onnx.Node{
		onnx.NewNode("Reshape", []string{"x", "rows"}, []string{"s"}), onnx.NewNode("LSTM", []string{"s", "w", "r"}, []string{"y"}, onnx.IntAttr("hidden_size", 2))}},
	"a recurrence over the rows": {false, []*onnx.Tensor{weights("w", 1, 8, 16), weights("r", 1, 8, 2), onnx.IntTensor("rows", []int64{-1, 3, 16}, 3)}, []*onnx.Node{
		onnx.NewNode("Reshape", []string{"x", "rows"}, []string{"s"}), onnx.NewNode("Transpose", []string{"s"}, []string{"t"}, onnx.IntsAttr("perm", 1, 0, 2)),
		onnx.NewNode("LSTM", []string{"t", "w", "r"}, []string{"y"}, onnx.IntAttr("hidden_size", 2))}},
}

// TestMixes: operators over the batch are found wherever the graph has moved it, and no others.
func TestMixes(t *testing.T) {
	for name, c := range mixing {
		t.Run(name, func(t *testing.T) {
			m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "mixing", Initializers: c.constants, Nodes: c.nodes,
				Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 4, 4)}, Outputs: []*onnx.Value{{Name: c.nodes[len(c.nodes)-1].Outputs[0], Type: onnx.Float32}}}}
			r, err := canonical.Rewrite(m, canonical.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := r.Mixes(); (n != nil) != c.mixes {
				t.Errorf("found %v, want %v", n, c.mixes)
			}
		})
	}
}

// TestRealModelsDoNotMix: none of the models of the test material, nor of torchvision's, is
// suspected.
func TestRealModelsDoNotMix(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d models: %v", len(files), err)
	}
	for _, file := range files {
		doesNotMix(t, file, freeShapes[filepath.Base(filepath.Dir(file))])
	}
	for _, name := range []string{"resnet18", "mobilenet_v2", "efficientnet_b0", "densenet121", "convnext_tiny", "vit_b_16", "swin_t"} {
		t.Run(name, func(t *testing.T) { doesNotMix(t, testdata.Architecture(t, name), nil) })
	}
}

func doesNotMix(t *testing.T, file string, shape []int64) {
	t.Helper()
	m, err := onnx.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.FreeBatch(); err != nil {
		t.Fatal(err)
	}
	r, err := canonical.Rewrite(m, canonical.Options{Shape: shape})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if n := r.Mixes(); n != nil {
		t.Errorf("%s: %s is said to compute over the batch", file, n.Label())
	}
}
