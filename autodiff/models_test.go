package autodiff_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// TestEveryRealModel differentiates every real model and compares the slope along
// the gradient, by central differences, with its norm. Quantised models are steps: there the
// gradient need only be finite (see TestQuantisedTwins).
func TestEveryRealModel(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "models")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			run, inputs := openLogits(t, filepath.Join(dir, e.Name(), "model.onnx"))
			x := make([]float32, inputs)
			r := rand.New(rand.NewPCG(1, 1))
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			g := run(x, 0)[1].Floats()
			norm := math.Sqrt(dot(g, g))
			if strings.Contains(e.Name(), "int8") { // noise may saturate all of a small one
				if math.IsNaN(norm) || math.IsInf(norm, 0) {
					t.Errorf("the gradient's norm is %g", norm)
				}
				return
			}
			compareSlope(t, x, g, func(x []float32) float32 { return run(x, 0)[0].Floats()[0] })
		})
	}
}

// slopeAlong returns the derivative of f at x in the direction of g, by a central
// difference whose step is a share of x's own length.
func slopeAlong(x, g []float32, share float64, f func([]float32) float32) float64 {
	norm := math.Sqrt(dot(g, g))
	step := share * math.Sqrt(dot(x, x))
	moved := func(by float64) []float32 {
		out := make([]float32, len(x))
		for i := range x {
			out[i] = x[i] + float32(by*float64(g[i])/norm)
		}
		return out
	}
	return float64(f(moved(step))-f(moved(-step))) / (2 * step)
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// openLogits differentiates a model's logits with respect to its input, whose
// number of values is returned.
func openLogits(t *testing.T, path string) (runner, int64) {
	t.Helper()
	m, err := onnx.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, of := m.Graph.Index().Logit(m.Graph.Outputs[0].Name)
	var o canonical.Options
	if strings.Contains(path, "textdirection") {
		o.Shape = []int64{-1, 3, 48, 192}
	}
	c, err := canonical.Rewrite(m, o)
	if err != nil {
		t.Fatal(err)
	}
	in := c.Graph.Inputs[0].Name
	return open(t, c, autodiff.Options{Of: of, With: []string{in}}), size(concrete(c.Types[in].Shape))
}

// TestQuantisedTwins compares the gradients of quantised models with those of the
// float models they were made of, on photos: they correlate, and two photos have
// different ones.
func TestQuantisedTwins(t *testing.T) {
	dir := testdata.Dir(t)
	for _, c := range []struct{ quantised, float, photos string }{
		{"cifar10-tinymobilenet-int8-qoperator", "cifar10-tinymobilenet-external-data", "cifar10/test/*/*.jpg"},
		{"steel-v1-int8-qdq", "steel-v1-fp32", "steel-neu-det/NEU-DET/*/*.bmp"},
		{"steel-v4-int8-qoperator", "steel-v4-fp32", "steel-neu-det/NEU-DET/*/*.bmp"},
	} {
		t.Run(c.quantised, func(t *testing.T) {
			q, n := openLogits(t, filepath.Join(dir, "models", c.quantised, "model.onnx"))
			f, _ := openLogits(t, filepath.Join(dir, "models", c.float, "model.onnx"))
			var previous []float32
			for i, x := range images(t, dir, c.photos, n) {
				a, b := q(x, 1)[1].Floats(), f(x, 1)[1].Floats()
				cosine := dot(a, b) / math.Sqrt(dot(a, a)*dot(b, b))
				t.Logf("image %d: cosine with the float model's gradient %.3f", i, cosine)
				if !(cosine > 0.5) {
					t.Errorf("image %d: cosine with the float model's gradient %.3f", i, cosine)
				}
				if previous != nil && distance(a, previous) < 0.1 {
					t.Errorf("images %d and %d have the same gradient", i-1, i)
				}
				previous = a
			}
		})
	}
}

// images returns three photos as n values: colour ones of 32×32, or grey ones
// stretched to 96×96.
func images(t *testing.T, dir, pattern string, n int64) [][]float32 {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "images", pattern))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d photos match %s: %v", len(files), pattern, err)
	}
	var list [][]float32
	for _, i := range []int{0, len(files) / 2, len(files) - 1} {
		if n == 96*96 {
			list = append(list, grey(t, files[i], 96))
			continue
		}
		list = append(list, photo(t, files[i], cifar))
	}
	return list
}

// grey reads a grey image stretched to a square, scaled to 0…1.
func grey(t *testing.T, path string, side int) []float32 {
	t.Helper()
	im := phototest.Decode(t, path)
	im = imaging.Resize(im, side, side, imaging.Bicubic, true)
	x := make([]float32, side*side)
	for i := range x {
		x[i] = float32(im.Pix[3*i]) / 255
	}
	return x
}

func cifar(c int, v float64) (int, float64) {
	return c, (v/255 - []float64{0.4914, 0.4822, 0.4465}[c]) / []float64{0.2023, 0.1994, 0.2010}[c]
}
