package cam

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/onnx"
)

// mustFind is the automatic layer.
func mustFind(t *testing.T, d attribution.Differentiable, wanted string) Layer {
	t.Helper()
	l, err := FindLayer(t.Context(), d, wanted)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSqueezeAndExciteIsSteppedOver: the gates of 1×1 are no layer, nor is what lies
// beside them; the gated values are.
func TestSqueezeAndExciteIsSteppedOver(t *testing.T) {
	d := testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}),
		onnx.NewNode("GlobalAveragePool", []string{"c"}, []string{"squeezed"}),
		onnx.NewNode("Conv", []string{"squeezed", "g"}, []string{"excited"}),
		onnx.NewNode("Sigmoid", []string{"excited"}, []string{"gate"}),
		onnx.NewNode("Mul", []string{"c", "gate"}, []string{"gated"}),
		onnx.NewNode("GlobalAveragePool", []string{"gated"}, []string{"pooled"}),
		onnx.NewNode("Flatten", []string{"pooled"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, testkit.Weight("w", 4, 3, 3, 3), testkit.Weight("g", 4, 4, 1, 1), testkit.Weight("fc", 4, 2))
	var names []string
	layers, err := Layers(d)
	for _, l := range layers {
		names = append(names, l.Tensor)
	}
	if err != nil || !slices.Equal(names, []string{"gated", "c"}) {
		t.Errorf("layers %v, %v", names, err)
	}
	if l := mustFind(t, d, ""); l.Tensor != "gated" || l.Grid.Height != 6 {
		t.Errorf("chosen %+v", l)
	}
	for wanted, tensor := range map[string]string{"1": "gated", "2": "c", "-2": "c", "c": "c"} {
		if l := mustFind(t, d, wanted); l.Tensor != tensor {
			t.Errorf("layer %q is %s, want %s", wanted, l.Tensor, tensor)
		}
	}
	for _, wanted := range []string{"3", "0", "nothing", "gate", "x", "w", "pooled"} {
		var none *NoLayerError
		if _, err := FindLayer(t.Context(), d, wanted); !errors.As(err, &none) || none.Wanted != wanted {
			t.Errorf("layer %q: error %v", wanted, err)
		}
	}
}

// TestModelsWithoutALayer: a linear model has none.
func TestModelsWithoutALayer(t *testing.T) {
	d := testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Flatten", []string{"x"}, []string{"f"}),
		onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
	}, testkit.Weight("fc", 192, 2))
	if _, err := FindLayer(t.Context(), d, ""); !errors.As(err, new(*NoLayerError)) {
		t.Errorf("error %v", err)
	}
	_, err := attribution.Explain(t.Context(), GradCAM{}, d, testkit.Wavy(d, 0), nil)
	if !errors.As(err, new(*NoLayerError)) || !strings.Contains(err.Error(), "choose gradient") {
		t.Errorf("Grad-CAM: %v", err)
	}
}

// deit is a transformer of one block on 2×2 patches with a class token and a
// distillation token in front, as DeiT has; the head reads those two.
func deit(t *testing.T) attribution.Differentiable {
	ints := func(name string, v ...int64) *onnx.Tensor { return onnx.IntTensor(name, v, int64(len(v))) }
	return testkit.Network(t, []*onnx.Node{
		onnx.NewNode("Conv", []string{"x", "patch"}, []string{"p"}, onnx.IntsAttr("strides", 2, 2)),
		onnx.NewNode("Reshape", []string{"p", "flat"}, []string{"planes"}),
		onnx.NewNode("Transpose", []string{"planes"}, []string{"t"}, onnx.IntsAttr("perm", 0, 2, 1)),
		onnx.NewNode("Shape", []string{"t"}, []string{"shape"}),
		onnx.NewNode("Gather", []string{"shape", "zero"}, []string{"n"}),
		onnx.NewNode("Concat", []string{"n", "one", "one"}, []string{"times"}, onnx.IntAttr("axis", 0)),
		onnx.NewNode("Expand", []string{"cls", "times"}, []string{"special"}),
		onnx.NewNode("Concat", []string{"special", "t"}, []string{"tokens"}, onnx.IntAttr("axis", 1)),
		onnx.NewNode("MatMul", []string{"tokens", "wq"}, []string{"q"}),
		onnx.NewNode("Transpose", []string{"tokens"}, []string{"k"}, onnx.IntsAttr("perm", 0, 2, 1)),
		onnx.NewNode("MatMul", []string{"q", "k"}, []string{"logits"}),
		onnx.NewNode("Softmax", []string{"logits"}, []string{"a"}, onnx.IntAttr("axis", -1)),
		onnx.NewNode("MatMul", []string{"tokens", "wv"}, []string{"v"}),
		onnx.NewNode("MatMul", []string{"a", "v"}, []string{"mixed"}),
		onnx.NewNode("Add", []string{"mixed", "tokens"}, []string{"block"}),
		onnx.NewNode("Slice", []string{"block", "zero", "two", "one"}, []string{"read"}),
		onnx.NewNode("ReduceMean", []string{"read"}, []string{"mean"}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("MatMul", []string{"mean", "fc"}, []string{"y"}),
	}, testkit.Weight("patch", 5, 3, 2, 2), ints("flat", 0, 5, 16), ints("zero", 0), ints("one", 1), ints("two", 2),
		testkit.Weight("cls", 1, 2, 5), testkit.Weight("wq", 5, 5), testkit.Weight("wv", 5, 5), testkit.Weight("fc", 5, 2))
}

// TestTokensWithTwoSpecialOnes: behind the block only the special tokens feed the
// head, so the layer is the block's input, and its grid skips both.
func TestTokensWithTwoSpecialOnes(t *testing.T) {
	d := deit(t)
	layers, err := Layers(d)
	if err != nil || len(layers) < 2 || layers[0].Tensor != "block" {
		t.Fatalf("layers %+v, %v", layers, err)
	}
	l := mustFind(t, d, "")
	want := Grid{Channels: 5, Height: 4, Width: 4, Offset: 10, ChannelStride: 1, RowStride: 20, ColumnStride: 5, Length: 90}
	if l.Tensor != "tokens" || l.Grid != want {
		t.Errorf("layer %s %+v, want tokens %+v", l.Tensor, l.Grid, want)
	}
	if m := testkit.Explain(t, GradCAM{}, d, testkit.Wavy(d, 0)); m.Width != 4 || m.Height != 4 || m.Degenerate != "" {
		t.Errorf("map %d×%d, %q", m.Width, m.Height, m.Degenerate)
	}
}
