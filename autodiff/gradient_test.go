package autodiff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// rewrite makes a canonical model of nodes that read x, of shape [2, 4], and
// write y.
func rewrite(t *testing.T, constants []*onnx.Tensor, nodes ...*onnx.Node) *canonical.Model {
	t.Helper()
	c, err := canonical.Rewrite(&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{
		Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, 2, 4)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}},
		Initializers: constants, Nodes: nodes}}, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestQuantise: the gradient passes where the integer is strictly inside its
// range, and only there.
func TestQuantise(t *testing.T) {
	zero := &onnx.Tensor{Name: "zero", Type: onnx.Int8, Raw: []byte{0x80}} // −128: negative numbers saturate
	c := rewrite(t, []*onnx.Tensor{onnx.FloatTensor("scale", []float32{0.5}), zero},
		onnx.NewNode("QuantizeLinear", []string{"x", "scale", "zero"}, []string{"q"}),
		onnx.NewNode("DequantizeLinear", []string{"q", "scale", "zero"}, []string{"d"}),
		onnx.NewNode("ReduceSum", []string{"d"}, []string{"y"}, onnx.IntAttr("keepdims", 1)))
	got := open(t, c, autodiff.Options{})([]float32{-3, -0.2, 0, 0.2, 0.3, 60, 127.4, 200}, 0)
	if want := []float32{0, 0, 0, 0, 1, 1, 0, 0}; !slices.Equal(got[1].Floats(), want) {
		t.Errorf("gradient %v, want %v", got[1].Floats(), want)
	}
}

// TestMissingRule: the error names operator, node and what still works.
func TestMissingRule(t *testing.T) {
	n := onnx.NewNode("CumSum", []string{"x", "axis"}, []string{"s"})
	n.Name = "adding up"
	c := rewrite(t, []*onnx.Tensor{onnx.IntTensor("axis", []int64{0})}, n, onnx.NewNode("Relu", []string{"s"}, []string{"y"}))
	_, err := autodiff.Gradient(c, autodiff.Options{Rules: autodiff.Plain().With(autodiff.Rules{"CumSum": nil})})
	var missing *autodiff.MissingRuleError
	if !errors.As(err, &missing) || missing.Operator != "CumSum" || !strings.Contains(err.Error(), "adding up") || !strings.Contains(err.Error(), "occlusion") {
		t.Errorf("got %v", err)
	}
	// A rule set is data: another rule, and it works.
	rules := autodiff.Plain().With(autodiff.Rules{"CumSum": func(x *autodiff.Context) error {
		x.Pass(0, x.Emit("CumSum", []string{x.Grad(0), x.In(1)}, onnx.IntAttr("reverse", 1)))
		return nil
	}})
	got := open(t, c, autodiff.Options{Rules: rules})([]float32{1, 1, 1, 1, 1, 1, 1, 1}, 4)
	if want := []float32{1, 0, 0, 0, 1, 0, 0, 0}; !slices.Equal(got[1].Floats(), want) {
		t.Errorf("gradient %v, want %v", got[1].Floats(), want)
	}
}

// TestNoPath: an operator without a slope is named, what is not computed from the input
// is said to be so.
func TestNoPath(t *testing.T) {
	c := rewrite(t, nil, onnx.NewNode("Relu", []string{"x"}, []string{"r"}),
		onnx.NewNode("Floor", []string{"r"}, []string{"f"}), onnx.NewNode("Neg", []string{"f"}, []string{"y"}))
	var flat *autodiff.NoSlopeError
	if _, err := autodiff.Gradient(c, autodiff.Options{}); !errors.As(err, &flat) || flat.Operator != "Floor" || !strings.Contains(err.Error(), "no slope") {
		t.Errorf("got %v", err)
	}
	if _, err := autodiff.Gradient(c, autodiff.Options{With: []string{"y"}, Of: "f"}); !errors.As(err, &flat) || flat.Operator != "" || strings.Contains(err.Error(), "no slope") {
		t.Errorf("got %v", err)
	}
	if _, err := autodiff.Gradient(c, autodiff.Options{Of: "nowhere"}); err == nil || !strings.Contains(err.Error(), `"nowhere"`) {
		t.Errorf("got %v", err)
	}
}

// TestComputedWeights: a convolution whose weights depend on the image is refused.
func TestComputedWeights(t *testing.T) {
	c := rewrite(t, []*onnx.Tensor{onnx.IntTensor("image", []int64{1, 1, 2, 4}, 4), onnx.IntTensor("kernel", []int64{1, 1, 1, 8}, 4)},
		onnx.NewNode("Reshape", []string{"x", "image"}, []string{"i"}), onnx.NewNode("Reshape", []string{"x", "kernel"}, []string{"k"}),
		onnx.NewNode("Conv", []string{"i", "k"}, []string{"y"}, onnx.IntsAttr("pads", 0, 4, 0, 4)))
	if _, err := autodiff.Gradient(c, autodiff.Options{}); err == nil || !strings.Contains(err.Error(), "constant weights") {
		t.Errorf("got %v", err)
	}
}

// TestClipInBlocks: bounds are met exactly, also by values that are small beside
// the distance of the bounds, in tensors that runtimes keep in blocks of channels.
func TestClipInBlocks(t *testing.T) {
	ones := make([]float32, 16)
	for i := range ones {
		ones[i] = 1
	}
	for _, high := range []float32{6, 65504} {
		c := rewrite(t, []*onnx.Tensor{onnx.FloatTensor("ones", ones, 16, 1, 1, 1), onnx.FloatTensor("low", []float32{0}), onnx.FloatTensor("high", []float32{high}),
			onnx.IntTensor("image", []int64{1, 1, 2, 4}, 4)},
			node("Reshape", "i", "x", "image"), node("Conv", "c", "i", "ones"), node("Clip", "b", "c", "low", "high"), node("Relu", "y", "b"))
		s := &ort.Tensor{Shape: []int64{1, 16, 2, 4}, Data: slices.Repeat([]float32{1.0 / 16}, 16*8)}
		x := &ort.Tensor{Shape: []int64{2, 4}, Data: []float32{-1, 0, 1e-5, 1e-3, 3, high * 0.9999, high, high * 2}}
		got := runSeeded(t, c, autodiff.Options{}, x, s)[1].Floats()
		if want := []float32{0, 0, 1, 1, 1, 1, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("up to %g: gradient %v, want %v", high, got, want)
		}
	}
}
