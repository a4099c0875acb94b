package cam

import (
	"math"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// strided is a network of three convolutions of ones that go on by two, on images of 48×40.
func strided(t *testing.T, kernel int64, pads ...int64) attribution.Differentiable {
	t.Helper()
	ones := func(name string, dims ...int64) *onnx.Tensor {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		return onnx.FloatTensor(name, slices.Repeat([]float32{0.1}, int(n)), dims...)
	}
	window := []*onnx.Attribute{onnx.IntsAttr("strides", 2, 2), onnx.IntsAttr("pads", pads...)}
	g := &onnx.Graph{
		Name: "strided", Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 40, 48)}, Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)},
		Initializers: []*onnx.Tensor{ones("w", 2, 3, kernel, kernel), ones("v", 2, 2, kernel, kernel), testkit.Weight("fc", 2, 2)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Conv", []string{"x", "w"}, []string{"a"}, window...), onnx.NewNode("Conv", []string{"a", "v"}, []string{"b"}, window...),
			onnx.NewNode("Conv", []string{"b", "v"}, []string{"c"}, window...), onnx.NewNode("GlobalAveragePool", []string{"c"}, []string{"p"}),
			onnx.NewNode("Flatten", []string{"p"}, []string{"f"}), onnx.NewNode("Gemm", []string{"f", "fc"}, []string{"y"}),
		},
	}
	return testkit.Open(t, testmodel.Save(t, &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}))
}

// dotted is where a bright dot must be for a layer's position to see it: the middle of the dots that
// it answers to, each weighing as the square of the answer.
func dotted(t *testing.T, d attribution.Differentiable, l Layer, column, row int) (x, y float64) {
	t.Helper()
	_, height, width, _ := d.Shape()
	sum, values := 0.0, make([]float32, l.Grid.Channels*l.Grid.Height*l.Grid.Width)
	for i := range height * width {
		input := make([]float32, d.InputLen())
		input[i] = 1
		f, err := See(t.Context(), d, l.Tensor, input, 1)
		if err != nil {
			t.Fatal(err)
		}
		f.Values(0, values)
		v := float64(values[(row*l.Grid.Width+column)*l.Grid.Channels])
		sum, x, y = sum+v*v, x+v*v*(float64(i%width)+0.5), y+v*v*(float64(i/width)+0.5)
	}
	return x / sum, y / sum
}

// TestPositionsLieWhereADotIsSeen: maps lie where the positions of their layer look, whether the layers
// before pad at both ends, at one, or not at all.
func TestPositionsLieWhereADotIsSeen(t *testing.T) {
	whole := imaging.Geometry{InputWidth: 48, InputHeight: 40, DisplayWidth: 48, DisplayHeight: 40, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}
	for name, c := range map[string]struct {
		kernel int64
		pads   []int64
		moved  float64 // pixels from even cells, by the arithmetic of windows
	}{
		"both ends, as PyTorch": {3, []int64{1, 1, 1, 1}, -3.5}, "the end alone, as TensorFlow": {3, []int64{0, 0, 1, 1}, 3.5}, "windows side by side": {2, []int64{0, 0, 0, 0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := strided(t, c.kernel, c.pads...)
			l, err := Ready(t.Context(), d, "c")
			if err != nil {
				t.Fatal(err)
			}
			column, row := l.Grid.Width/2, l.Grid.Height/2
			gotX, gotY := l.Laid(whole).Apply(float64(column)+0.5, float64(row)+0.5)
			wantX, wantY := dotted(t, d, l, column, row)
			if math.Abs(gotX-wantX) > 0.3 || math.Abs(gotY-wantY) > 0.3 || math.Abs(gotX-8*(float64(column)+0.5)-c.moved) > 0.3 {
				t.Errorf("position %d, %d at %.2f, %.2f; a dot is seen around %.2f, %.2f", column, row, gotX, gotY, wantX, wantY)
			}
			m, errs := GradCAM{Layer: "c"}.ExplainBatch(t.Context(), d, []attribution.Request{testkit.PlainRequest(d, make([]float32, d.InputLen()))}, []attribution.Target{{}}, nil)
			if errs[0] != nil || m[0][0].Geometry != l.Laid(whole) {
				t.Errorf("a map lies as %+v, %v", m[0][0].Geometry, errs[0])
			}
		})
	}
}
