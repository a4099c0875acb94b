package methodtest

import (
	"math"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// graphModel writes the file of a network or transformer.
func graphModel(t *testing.T, k kind, v variant) string {
	t.Helper()
	g := &onnx.Graph{
		Name:    "methodtest",
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, channels, height, width)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, classes)},
	}
	b := &builder{g, v}
	b.begin()
	if k == network {
		b.network()
	} else {
		b.transformer()
	}
	b.end()
	return testmodel.Save(t, &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g})
}

// builder adds the nodes of a model of one variant.
type builder struct {
	*onnx.Graph
	variant variant
}

func (b *builder) node(op, to string, from []string, attributes ...*onnx.Attribute) {
	b.Nodes = append(b.Nodes, onnx.NewNode(op, from, []string{to}, attributes...))
}

func (b *builder) add(tensors ...*onnx.Tensor) { b.Initializers = append(b.Initializers, tensors...) }

// weights are random, or those that values gives where only the spot has an effect.
func (b *builder) weights(name string, values func(i int) float32, dims ...int64) {
	w := testkit.Weight(name, dims...)
	if b.variant == spot {
		all, _ := w.Floats()
		all = slices.Clone(all)
		for i := range all {
			all[i] = values(i)
		}
		w = onnx.FloatTensor(name, all, dims...)
	}
	b.add(w)
}

// begin blanks everything but the spot, where that is the variant.
func (b *builder) begin() {
	mask := slices.Repeat([]float32{1}, channels*height*width)
	for i := range mask {
		if b.variant == spot && !inSpot(i%width, i/width%height) {
			mask[i] = 0
		}
	}
	b.add(onnx.FloatTensor("mask", mask, 1, channels, height, width))
	b.node("Mul", "seen", []string{"x", "mask"})
}

// squares cuts the input into squares of five features each.
func (b *builder) squares(to string) {
	b.weights("patch", func(i int) float32 { return 0.01 * float32(1+i/(channels*side*side)) }, 5, channels, side, side)
	b.node("Conv", to, []string{"seen", "patch"}, onnx.IntsAttr("strides", side, side))
}

// network ends in "mean", five features of the whole.
func (b *builder) network() {
	b.squares("conv")
	b.node("Relu", "relu", []string{"conv"})
	b.node("Tanh", "tanh", []string{"relu"})
	b.node("GlobalAveragePool", "pooled", []string{"tanh"})
	b.node("Flatten", "mean", []string{"pooled"})
}

// transformer ends in "mean", the mean of the two special tokens behind one layer of
// attention, as in DeiT.
func (b *builder) transformer() {
	ints := func(name string, v ...int64) { b.add(onnx.IntTensor(name, v, int64(len(v)))) }
	diagonal := func(i int) float32 {
		if i%6 == 0 {
			return 1
		}
		return 0
	}
	b.squares("p")
	ints("flat", 0, 5, height*width/side/side)
	ints("zero", 0)
	ints("one", 1)
	ints("two", 2)
	b.node("Reshape", "planes", []string{"p", "flat"})
	b.node("Transpose", "t", []string{"planes"}, onnx.IntsAttr("perm", 0, 2, 1))
	b.node("Shape", "shape", []string{"t"})
	b.node("Gather", "n", []string{"shape", "zero"})
	b.node("Concat", "times", []string{"n", "one", "one"}, onnx.IntAttr("axis", 0))
	b.weights("class", func(int) float32 { return 1 }, 1, 2, 5)
	b.node("Expand", "special", []string{"class", "times"})
	b.node("Concat", "tokens", []string{"special", "t"}, onnx.IntAttr("axis", 1))
	b.weights("wq", diagonal, 5, 5)
	b.weights("wv", diagonal, 5, 5)
	b.node("MatMul", "q", []string{"tokens", "wq"})
	b.node("Transpose", "k", []string{"tokens"}, onnx.IntsAttr("perm", 0, 2, 1))
	b.node("MatMul", "agreement", []string{"q", "k"})
	b.node("Softmax", "attention", []string{"agreement"}, onnx.IntAttr("axis", -1))
	b.node("MatMul", "v", []string{"tokens", "wv"})
	b.node("MatMul", "mixed", []string{"attention", "v"})
	b.node("Add", "block", []string{"mixed", "tokens"})
	b.node("Slice", "read", []string{"block", "zero", "two", "one"})
	b.node("ReduceMean", "mean", []string{"read"}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0))
}

// end makes scores of "mean".
func (b *builder) end() {
	b.weights("fc", func(i int) float32 {
		if i%classes == 0 {
			return 1
		}
		return 0
	}, 5, classes)
	bias := []float32{0.5, -0.25, 1, 0.125}
	switch b.variant {
	case constant:
		b.Initializers[len(b.Initializers)-1] = onnx.FloatTensor("fc", make([]float32, 5*classes), 5, classes)
	case saturated:
		bias = saturation
	case notNumber:
		bias[1] = float32(math.NaN())
	case infinite:
		bias[0] = float32(math.Inf(-1))
	}
	b.add(onnx.FloatTensor("bias", bias, classes))
	scores := "y"
	if b.variant == saturated {
		scores = "uncut"
	}
	b.node("Gemm", scores, []string{"mean", "fc", "bias"})
	if b.variant == saturated {
		b.add(onnx.FloatTensor("low", []float32{-5}), onnx.FloatTensor("high", []float32{5}))
		b.node("Clip", "y", []string{scores, "low", "high"})
	}
}
