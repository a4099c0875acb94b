package canonical_test

import (
	"math"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// What is told of a finished graph is what was known while it was made.
func TestTypesOfAFinishedGraph(t *testing.T) {
	for _, name := range []string{"resnet18", "mobilenet_v2"} {
		m, err := onnx.ReadFile(testdata.Architecture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := canonical.Rewrite(m, canonical.Options{})
		if err != nil {
			t.Fatal(err)
		}
		types := canonical.Types(c.Model)
		sum := int64(0)
		for _, n := range c.Graph.Nodes {
			for _, out := range n.Outputs {
				want := c.Types[out]
				if got := types[out]; got.Elem != want.Elem || !got.Shape.Equal(want.Shape) {
					t.Fatalf("%s: %s is %v, was %v", name, out, got, want)
				}
				bytes := int64(want.Elem.Size())
				for _, d := range want.Shape {
					bytes *= max(d, -d)
				}
				sum += bytes
			}
		}
		if got, _ := canonical.Bytes(c.Model); got != sum+4*3*224*224 {
			t.Errorf("%s: %d bytes a sample, its tensors have %d", name, got, sum)
		}
	}
}

// Tensors and weights are added up; what is unknown counts as what it is made of.
func TestBytes(t *testing.T) {
	m := &onnx.Model{Graph: &onnx.Graph{
		Inputs:       []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 4, 4)},
		Outputs:      []*onnx.Value{onnx.NewValue("y", onnx.Float32)},
		Initializers: []*onnx.Tensor{onnx.FloatTensor("w", make([]float32, 2*3*3*3), 2, 3, 3, 3)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Conv", []string{"x", "w"}, []string{"c"}, onnx.IntsAttr("kernel_shape", 3, 3), onnx.IntsAttr("strides", 1, 1), onnx.IntsAttr("pads", 0, 0, 0, 0), onnx.IntsAttr("dilations", 1, 1)), // 2×2×2
			onnx.NewNode("Mystery", []string{"c"}, []string{"d"}),    // as much
			onnx.NewNode("Relu", []string{"d"}, []string{"y"}),       // as much
			onnx.NewNode("Conv", []string{"x"}, []string{"mangled"}), // as much as x
		},
	}}
	sample, weights := canonical.Bytes(m)
	if want := int64(4 * (48 + 3*8 + 48)); sample != want || weights != 4*54 {
		t.Errorf("%d bytes a sample and %d of weights, want %d and %d", sample, weights, want, 4*54)
	}
}

// The figures are those of torchvision's table of weights, in thousand millions.
func TestMultiplyAdds(t *testing.T) {
	for name, want := range map[string]float64{"resnet18": 1.81, "resnet50": 4.09, "mobilenet_v2": 0.30, "vgg16": 15.47, "squeezenet1_1": 0.35} {
		t.Run(name, func(t *testing.T) {
			m, err := onnx.ReadFile(testdata.Architecture(t, name))
			if err != nil {
				t.Fatal(err)
			}
			c, err := canonical.Rewrite(m, canonical.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := float64(c.MultiplyAdds()) / 1e9; math.Abs(got-want) > 0.01 {
				t.Errorf("%.3f thousand million, torchvision says %.2f", got, want)
			}
		})
	}
}

// Each value of a result takes as many products as its formula adds up.
func TestMultiplyAddsOfOneOperator(t *testing.T) {
	float := func(shape ...int64) *onnx.Tensor {
		n := int64(1)
		for _, d := range shape {
			n *= d
		}
		return onnx.FloatTensor("w", make([]float32, n), shape...)
	}
	for name, c := range map[string]struct {
		node *onnx.Node
		w    *onnx.Tensor
		want int64
	}{
		"grouped convolution": {onnx.NewNode("Conv", []string{"x", "w"}, []string{"y"}, onnx.IntAttr("group", 2), onnx.IntsAttr("kernel_shape", 3, 3)), float(6, 2, 3, 3), 6 * 2 * 2 * 2 * 9},
		"spread convolution":  {onnx.NewNode("ConvTranspose", []string{"x", "w"}, []string{"y"}, onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("strides", 2, 2)), float(4, 5, 2, 2), 4 * 4 * 4 * 5 * 2 * 2},
		"matrix product":      {onnx.NewNode("MatMul", []string{"x", "w"}, []string{"y"}), float(4, 7), 4 * 4 * 4 * 7},
		"nothing to multiply": {onnx.NewNode("Relu", []string{"x"}, []string{"y"}), float(1), 0},
	} {
		m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "one", Initializers: []*onnx.Tensor{c.w}, Nodes: []*onnx.Node{c.node},
			Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 4, 4, 4)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}}}}
		r, err := canonical.Rewrite(m, canonical.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.MultiplyAdds(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
