package gradient

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// polynomial is a model of 3×2×4 inputs and two classes, Σ w·x^power + bias, and its
// weights.
func polynomial(t *testing.T, power int) (s attribution.Scorer, weights [2][]float32) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, uint64(power)))
	flat := make([]float32, 48)
	for i := range flat {
		flat[i] = float32(r.NormFloat64())
	}
	g := &onnx.Graph{
		Name:    "polynomial",
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 2, 4)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)},
		Initializers: []*onnx.Tensor{
			onnx.FloatTensor("w", flat, 2, 24), onnx.FloatTensor("b", []float32{3, -2}, 2),
		},
	}
	at := "x"
	for i := 1; i < power; i++ {
		g.Nodes = append(g.Nodes, onnx.NewNode("Mul", []string{at, "x"}, []string{at + "x"}))
		at += "x"
	}
	g.Nodes = append(g.Nodes, onnx.NewNode("Flatten", []string{at}, []string{"flat"}),
		onnx.NewNode("Gemm", []string{"flat", "w", "b"}, []string{"y"}, onnx.IntAttr("transB", 1)))
	model := testkit.Open(t, testmodel.Save(t, &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}))
	return model, [2][]float32{flat[:24], flat[24:]}
}

func polynomialRequest(s attribution.Scorer) attribution.Request {
	r := testkit.PlainRequest(s, testkit.Random(rand.New(rand.NewPCG(6, 6)), s.InputLen()))
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 1}
	return r
}

// nearBy compares values one by one.
func nearBy(t *testing.T, what string, got []float32, want func(i int) float64, limit float64) {
	t.Helper()
	for i, v := range got {
		if !(math.Abs(float64(v)-want(i)) <= limit) {
			t.Fatalf("%s, value %d: %v, want %v", what, i, v, want(i))
		}
	}
}

// TestGradientFamilyOnALinearModel: the gradient is the weight; everything that is
// measured from a baseline is weight × way, with one step as with many.
func TestGradientFamilyOnALinearModel(t *testing.T) {
	s, weights := polynomial(t, 1)
	r := polynomialRequest(s)
	w, keep := weights[1], attribution.Pixels{Channels: true}
	slope := func(i int) float64 { return float64(w[i]) }
	nearBy(t, "gradient", testkit.Explain(t, Gradient{keep}, s, r).Values, slope, 1e-6)
	nearBy(t, "smoothgrad", testkit.Explain(t, SmoothGrad{Samples: 3, Pixels: keep}, s, r).Values, slope, 1e-6)
	nearBy(t, "vargrad", testkit.Explain(t, VarGrad{Samples: 3, Pixels: keep}, s, r).Values, func(int) float64 { return 0 }, 1e-9)
	nearBy(t, "input × gradient", testkit.Explain(t, InputXGradient{keep}, s, r).Values, func(i int) float64 { return float64(w[i]) * float64(r.Input[i]) }, 1e-6)
	for _, fill := range []attribution.Fill{{}, {Kind: attribution.FillValue, Values: []float32{0.5, -1, 2}}, {Kind: attribution.FillBlur}} {
		r.Fill = fill
		from, err := fill.Plane(s, r.Input)
		if err != nil {
			t.Fatal(err)
		}
		if from == nil {
			from = make([]float32, 24)
		}
		m := testkit.Explain(t, IntegratedGradients{Steps: 1, Pixels: keep}, s, r)
		nearBy(t, "ig", m.Values, func(i int) float64 { return float64(w[i]) * (float64(r.Input[i]) - float64(from[i])) }, 1e-6)
		if m.Gap > 1e-3 || m.Steps != 1 || m.Evaluations != 3 || !m.Converged || math.Abs(m.BaselineScore-linearScore(w, -2, from)) > 1e-5 {
			t.Errorf("fill %v: gap %g, %d steps, %d evaluations, converged %v, baseline %g", fill.Kind, m.Gap, m.Steps, m.Evaluations, m.Converged, m.BaselineScore)
		}
	}
}

func linearScore(w []float32, bias float64, x []float32) float64 {
	for i, v := range x {
		bias += float64(w[i]) * float64(v)
	}
	return bias
}

// TestIntegratedGradientsOfAPolynomial: from zero the values are w·x^power, as
// Gauss–Legendre quadrature is exact there; the first round suffices.
func TestIntegratedGradientsOfAPolynomial(t *testing.T) {
	for power := 2; power <= 4; power++ {
		s, weights := polynomial(t, power)
		r := polynomialRequest(s)
		m := testkit.Explain(t, IntegratedGradients{Pixels: attribution.Pixels{Channels: true}}, s, r)
		nearBy(t, "ig", m.Values, func(i int) float64 { return float64(weights[1][i]) * math.Pow(float64(r.Input[i]), float64(power)) }, 1e-4)
		if m.Steps != 8 || m.Gap > 1e-5 || !m.Converged {
			t.Errorf("power %d: %d steps, gap %g, converged %v", power, m.Steps, m.Gap, m.Converged)
		}
	}
}

// TestIntegratedGradientsDoubleUntilComplete: a network with kinks needs more
// steps for a smaller gap, stops at the limit, and says which it was.
func TestIntegratedGradientsDoubleUntilComplete(t *testing.T) {
	s := testkit.Open(t, testmodel.Write(t, testmodel.Options{}))
	r := testkit.PlainRequest(s, testkit.Random(rand.New(rand.NewPCG(8, 8)), s.InputLen()))
	loose := testkit.Explain(t, IntegratedGradients{Tolerance: 0.5}, s, r)
	tight := testkit.Explain(t, IntegratedGradients{Tolerance: 1e-4, Limit: 2048}, s, r)
	if !(loose.Steps < tight.Steps) || tight.Gap > 1e-4 || !tight.Converged || loose.Gap > 0.5 {
		t.Errorf("loose: %d steps, gap %g; tight: %d steps, gap %g", loose.Steps, loose.Gap, tight.Steps, tight.Gap)
	}
	total := 0.0
	for _, v := range tight.Values {
		total += float64(v)
	}
	if d := tight.Score - tight.BaselineScore; math.Abs(total-d) > 2e-4*math.Abs(d) {
		t.Errorf("values add up to %g, the scores differ by %g", total, d)
	}
	short := testkit.Explain(t, IntegratedGradients{Tolerance: 1e-9, Limit: 20}, s, r)
	if short.Steps != 20 || short.Converged || short.Evaluations != 2+8+16+20 {
		t.Errorf("limit 20: %d steps, converged %v, %d evaluations", short.Steps, short.Converged, short.Evaluations)
	}
}

// TestGradientMethodsTellHowFarTheyAre: gradients done never fall, and end at those
// at most where no round can be spared; Integrated Gradients show the map of each
// round that another follows.
func TestGradientMethodsTellHowFarTheyAre(t *testing.T) {
	s := testkit.Open(t, testmodel.Write(t, testmodel.Options{}))
	r := testkit.PlainRequest(s, testkit.Random(rand.New(rand.NewPCG(8, 8)), s.InputLen()))
	r.Batch, r.Baselines = 5, [][]float32{make([]float32, s.InputLen())}
	for _, c := range []struct {
		method attribution.Method
		total  int
		rounds []int // steps of the maps that are shown
	}{
		{IntegratedGradients{Tolerance: 1e-9, Limit: 20}, 8 + 16 + 20, []int{8, 16}},
		{IntegratedGradients{Steps: 12}, 12, nil}, {SmoothGrad{Samples: 11}, 11, nil}, {VarGrad{}, 25, nil}, {ExpectedGradients{Samples: 7}, 7, nil},
	} {
		done, rounds := 0, []int(nil)
		_, err := attribution.Explain(t.Context(), c.method, s, r, func(s attribution.Snapshot) {
			if s.Total != c.total || s.Done < done {
				t.Errorf("%s: %d of %d after %d", c.method.Name(), s.Done, s.Total, done)
			}
			if done = s.Done; s.Map != nil {
				rounds = append(rounds, s.Map.Steps)
			}
		})
		if err != nil || done != c.total || !slices.Equal(rounds, c.rounds) {
			t.Errorf("%s: %d of %d, maps of %v steps, want %v; %v", c.method.Name(), done, c.total, rounds, c.rounds, err)
		}
		if !c.method.Card().Streams {
			t.Errorf("%s tells its progress, and its card does not say so", c.method.Name())
		}
	}
}

// TestLegendreIsExactForPolynomials up to degree 2n−1.
func TestLegendreIsExactForPolynomials(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8, 32, 256} {
		nodes, weights := legendre(n)
		if !slices.IsSorted(nodes) {
			t.Errorf("%d nodes are not in order", n)
		}
		for _, degree := range []int{0, 1, n, 2*n - 1} {
			sum := 0.0
			for i, x := range nodes {
				sum += weights[i] * math.Pow(x, float64(degree))
			}
			if math.Abs(sum*float64(degree+1)-1) > 1e-12 {
				t.Errorf("%d nodes, degree %d: %v, want %v", n, degree, sum, 1/float64(degree+1))
			}
		}
	}
}

// TestExpectedGradientsOfALinearModel: weight × (x − mean baseline), exactly where
// every baseline is taken equally often.
func TestExpectedGradientsOfALinearModel(t *testing.T) {
	s, weights := polynomial(t, 1)
	r := polynomialRequest(s)
	source := rand.New(rand.NewPCG(7, 7))
	for range 4 {
		r.Baselines = append(r.Baselines, testkit.Random(source, 24))
	}
	m := testkit.Explain(t, ExpectedGradients{Samples: 12, Pixels: attribution.Pixels{Channels: true}}, s, r)
	mean, score := make([]float64, 24), 0.0
	for _, b := range r.Baselines {
		for i, v := range b {
			mean[i] += float64(v) / 4
		}
		score += linearScore(weights[1], -2, b) / 4
	}
	nearBy(t, "values", m.Values, func(i int) float64 { return float64(weights[1][i]) * (float64(r.Input[i]) - mean[i]) }, 1e-5)
	if m.Gap > 1e-5 || math.Abs(m.BaselineScore-score) > 1e-5 || m.Steps != 12 || m.Evaluations != 17 {
		t.Errorf("gap %g, baseline score %g (want %g), %d steps, %d evaluations", m.Gap, m.BaselineScore, score, m.Steps, m.Evaluations)
	}
}

// TestExpectedGradientsConverge to the mean of exact Integrated Gradients.
func TestExpectedGradientsConverge(t *testing.T) {
	s, weights := polynomial(t, 3)
	r := polynomialRequest(s)
	source := rand.New(rand.NewPCG(9, 7))
	want := make([]float64, 24)
	for range 3 {
		b := testkit.Random(source, 24)
		r.Baselines = append(r.Baselines, b)
		for i, v := range b {
			want[i] += float64(weights[1][i]) * (math.Pow(float64(r.Input[i]), 3) - math.Pow(float64(v), 3)) / 3
		}
	}
	m := testkit.Explain(t, ExpectedGradients{Samples: 30000, Pixels: attribution.Pixels{Channels: true}}, s, r)
	nearBy(t, "values", m.Values, func(i int) float64 { return want[i] }, 0.05)
}

func TestExpectedGradientsWantBaselines(t *testing.T) {
	s, _ := polynomial(t, 1)
	r := polynomialRequest(s)
	if _, err := attribution.Explain(t.Context(), ExpectedGradients{}, s, r, nil); !errors.Is(err, attribution.ErrNoBaselines) {
		t.Errorf("none: %v", err)
	}
	r.Baselines = [][]float32{make([]float32, 23)}
	if _, err := attribution.Explain(t.Context(), ExpectedGradients{}, s, r, nil); err == nil || !strings.Contains(err.Error(), "image 1") {
		t.Errorf("too short: %v", err)
	}
}
