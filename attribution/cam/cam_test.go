package cam

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// capOne is the small network of Captum's tests (basic_models.py,
// BasicModel_ConvNet_One_Conv): a convolution of ones, ReLU, a linear layer of four
// equal rows, ReLU.
func capOne() *onnx.Model {
	ones := func(n int) []float32 { return slices.Repeat([]float32{1}, n) }
	row := []float32{1, 1, 1, 1, 1, -1, -1, -1}
	g := &onnx.Graph{
		Name:    "one",
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 1, 4, 4)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1, 4)},
		Initializers: []*onnx.Tensor{
			onnx.FloatTensor("w", ones(18), 2, 1, 3, 3), onnx.FloatTensor("b", []float32{-50, -75}, 2),
			onnx.IntTensor("flat", []int64{1, 8}, 2), onnx.FloatTensor("fc", slices.Repeat(row, 4), 4, 8),
		},
		Nodes: []*onnx.Node{
			onnx.NewNode("Conv", []string{"x", "w", "b"}, []string{"conv1"}),
			onnx.NewNode("Relu", []string{"conv1"}, []string{"relu1"}),
			onnx.NewNode("Reshape", []string{"relu1", "flat"}, []string{"v"}),
			onnx.NewNode("Gemm", []string{"v", "fc"}, []string{"l"}, onnx.IntAttr("transB", 1)),
			onnx.NewNode("Relu", []string{"l"}, []string{"y"}),
		},
	}
	return &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}
}

// TestGradCAMEqualsCaptumsHandValues: its test_grad_cam.py, input 0 to 15, class 0.
func TestGradCAMEqualsCaptumsHandValues(t *testing.T) {
	model := testkit.Open(t, testmodel.Save(t, capOne()))
	x := make([]float32, 16)
	for i := range x {
		x[i] = float32(i)
	}
	r := testkit.PlainRequest(model, x)
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 0}
	for layer, want := range map[string][]float32{
		"conv1": {11.25, 13.5, 20.25, 22.5},
		"relu1": {0, 4, 28, 32.5},
		"":      {0, 4, 28, 32.5},
	} {
		if m := testkit.Explain(t, GradCAM{layer}, model, r); testkit.Distance(m.Values, want) > 1e-6 {
			t.Errorf("layer %q: %v, want %v", layer, m.Values, want)
		}
	}
	// HiResCAM by hand: slopes 1 of the first channel's places, but 1, -1, -1, -1
	// of the second's.
	if m := testkit.Explain(t, HiResCAM{}, model, r); testkit.Distance(m.Values, []float32{0, 4, 31 - 6, 40 - 15}) > 1e-6 {
		t.Errorf("HiResCAM %v", m.Values)
	}
	if _, err := attribution.Explain(t.Context(), GradCAM{Layer: "fc"}, model, r, nil); !errors.As(err, new(*NoLayerError)) {
		t.Errorf("a weight as layer: error %v", err)
	}
}

// slowCAMs are the papers' formulas in float64 over A[c][i] and g[c][i].
var slowCAMs = map[string]func(a, g [][]float64, c, i int) float64{
	"gradcam": func(a, g [][]float64, c, i int) float64 {
		mean := 0.0
		for _, v := range g[c] {
			mean += v / float64(len(g[c]))
		}
		return mean * a[c][i]
	},
	"hirescam": func(a, g [][]float64, c, i int) float64 { return g[c][i] * a[c][i] },
	"layercam": func(a, g [][]float64, c, i int) float64 { return math.Max(g[c][i], 0) * a[c][i] },
	"gradcampp": func(a, g [][]float64, c, i int) float64 {
		weight, sum := 0.0, 0.0
		for _, v := range a[c] {
			sum += v
		}
		for _, v := range g[c] {
			if v > 0 {
				weight += math.Pow(v, 3) / (2*math.Pow(v, 2) + sum*math.Pow(v, 3))
			}
		}
		return weight * a[c][i]
	},
	"xgradcam": func(a, g [][]float64, c, i int) float64 {
		above, below := 0.0, 0.0
		for k, v := range a[c] {
			above += v * g[c][k]
			below += v
		}
		return above / below * a[c][i]
	},
}

// grids are the arrangements of a layer: channels first, channels last, tokens
// behind two special ones, planes behind one.
func grids(channels, height, width int) []Grid {
	places := height * width
	return []Grid{
		{Channels: channels, Height: height, Width: width, ChannelStride: places, RowStride: width, ColumnStride: 1, Length: channels * places},
		{Channels: channels, Height: height, Width: width, ChannelStride: 1, RowStride: width * channels, ColumnStride: channels, Length: channels * places},
		{Channels: channels, Height: height, Width: width, Offset: 2 * channels, ChannelStride: 1, RowStride: width * channels, ColumnStride: channels, Length: channels * (places + 2)},
		{Channels: channels, Height: height, Width: width, Offset: 1, ChannelStride: places + 1, RowStride: width, ColumnStride: 1, Length: channels * (places + 1)},
	}
}

// matrix is a layer as [channel][place], found by its strides one at a time.
func matrix(g Grid, values []float32) [][]float64 {
	out := make([][]float64, g.Channels)
	for c := range out {
		for y := range g.Height {
			for x := range g.Width {
				out[c] = append(out[c], float64(values[g.Offset+c*g.ChannelStride+y*g.RowStride+x*g.ColumnStride]))
			}
		}
	}
	return out
}

func TestCAMsEqualTheirFormulas(t *testing.T) {
	kinds := map[string]camKind{"gradcam": gradCAM{}, "hirescam": hiResCAM{}, "layercam": layerCAM{}, "gradcampp": gradCAMPlusPlus{}, "xgradcam": xGradCAM{}}
	r := rand.New(rand.NewPCG(1, 9))
	for _, grid := range grids(5, 3, 4) {
		values, gradient := testkit.Random(r, grid.Length), testkit.Random(r, grid.Length)
		for i, v := range values {
			values[i] = float32(math.Abs(float64(v)))
		}
		a, g := matrix(grid, values), matrix(grid, gradient)
		for name, kind := range kinds {
			if kind.card().Name != name || kind.blind() {
				t.Fatalf("%s: card of %s", name, kind.card().Name)
			}
			got := make([]float32, 12)
			kind.combine(grid, values, gradient, got)
			for i, v := range got {
				want := 0.0
				for c := range a {
					want += slowCAMs[name](a, g, c, i)
				}
				if math.Abs(float64(v)-want) > 1e-5 {
					t.Errorf("%s, %+v, place %d: %v, want %v", name, grid, i, v, want)
				}
			}
		}
	}
}

// TestChannelsThatSumToZeroAreLeftOut: weights whose denominator is zero are zero.
func TestChannelsThatSumToZeroAreLeftOut(t *testing.T) {
	g := grids(1, 1, 2)[0]
	out := make([]float32, 2)
	for _, kind := range []camKind{gradCAMPlusPlus{}, xGradCAM{}} {
		if kind.combine(g, []float32{1, -1}, []float32{0, 0}, out); out[0] != 0 || out[1] != 0 {
			t.Errorf("%s: %v", kind.card().Name, out)
		}
	}
	if (xGradCAM{}).combine(g, []float32{1, -1}, []float32{1, 0}, out); out[0] != 0 || out[1] != 0 {
		t.Errorf("xgradcam: %v", out)
	}
}

// TestEigenCAMIsTheFirstComponent compares with a slow power iteration on the
// channels' covariance, for layers with more channels than places and with fewer.
func TestEigenCAMIsTheFirstComponent(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	for _, size := range [][3]int{{5, 3, 4}, {30, 3, 3}, {1, 2, 2}, {9, 3, 3}} {
		for _, grid := range grids(size[0], size[1], size[2]) {
			values := testkit.Random(r, grid.Length)
			got := make([]float32, size[1]*size[2])
			eigenCAM{}.combine(grid, values, nil, got)
			want := slowComponent(matrix(grid, values))
			for i, v := range got {
				if math.Abs(float64(v)-want[i]) > 1e-5 {
					t.Errorf("%v, place %d: %v, want %v", size, i, v, want[i])
				}
			}
		}
	}
}

// slowComponent projects places on the covariance's first eigenvector, the sign as
// EigenCAM says.
func slowComponent(a [][]float64) []float64 {
	centred := make([][]float64, len(a))
	for c, row := range a {
		mean := 0.0
		for _, v := range row {
			mean += v / float64(len(row))
		}
		for _, v := range row {
			centred[c] = append(centred[c], v-mean)
		}
	}
	v := make([]float64, len(a))
	v[0] = 1
	project := func() []float64 {
		out := make([]float64, len(a[0]))
		for i := range out {
			for c := range centred {
				out[i] += centred[c][i] * v[c]
			}
		}
		return out
	}
	for range 200000 / len(a) {
		p, length := project(), 0.0
		for c := range v {
			v[c] = 0
			for i, x := range p {
				v[c] += centred[c][i] * x
			}
			length += v[c] * v[c]
		}
		for c := range v {
			v[c] /= math.Sqrt(length)
		}
	}
	p, agree := project(), 0.0
	for i, x := range p {
		for c := range a {
			agree += x * a[c][i] * a[c][i]
		}
	}
	if agree < 0 {
		for i := range p {
			p[i] = -p[i]
		}
	}
	return p
}

// TestEigenCAMOfAFlatLayer: no place differs, so there is no component.
func TestEigenCAMOfAFlatLayer(t *testing.T) {
	g, out := grids(2, 2, 2)[0], make([]float32, 4)
	eigenCAM{}.combine(g, slices.Repeat([]float32{3}, 8), nil, out)
	if d := attribution.Diagnose(out, 1); d == "" {
		t.Errorf("%v is not called degenerate", out)
	}
}
