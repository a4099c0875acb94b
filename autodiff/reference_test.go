package autodiff_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// realModels are compared with gradients that PyTorch's autograd computed on the
// same weights and photos. pixel is the model's preprocessing of a value of
// channel c (red first).
var realModels = []struct {
	name, folder string
	pixel        func(c int, v float64) (channel int, value float64)
}{
	{"groceries-freiburg-mobilenetv2", "freiburg-groceries", imagenet},
	{"professions-idenprof-squeezenet", "idenprof", caffe},
}

func imagenet(c int, v float64) (int, float64) {
	return c, (v/255 - []float64{0.485, 0.456, 0.406}[c]) / []float64{0.229, 0.224, 0.225}[c]
}

func caffe(c int, v float64) (int, float64) {
	return 2 - c, v - []float64{123, 117, 104}[c]
}

// limit is the relative distance that networks with Relu may have: kinks flip
// between one float32 implementation and another.
const limit = 2e-2

func TestRealModelsAgainstPyTorch(t *testing.T) {
	dir := testdata.Dir(t)
	for _, c := range realModels {
		t.Run(c.name, func(t *testing.T) {
			m, err := onnx.ReadFile(filepath.Join(dir, "models", c.name, "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			ref := testdata.Archive{T: t, Path: filepath.Join(dir, "gradients", c.name+".npz")}
			feature := ref.Texts("feature", 1)[0]
			_, of := m.Graph.Index().Logit(m.Graph.Outputs[0].Name)
			run := differentiate(t, m, autodiff.Options{Of: of, With: []string{m.Graph.RequiredInputs()[0].Name, feature}})
			targets := ref.Ints("target")
			for i, file := range ref.Texts("files", len(targets)) {
				x := photo(t, filepath.Join(dir, "images", c.folder, file), c.pixel)
				check(t, run(x, int(targets[i])), i, ref, "logits", "grad_input", "grad_feature")
			}
		})
	}
}

// check compares outputs with sample i of the reference's arrays.
func check(t *testing.T, got []*ort.Tensor, i int, ref testdata.Archive, names ...string) {
	t.Helper()
	for k, name := range names {
		values, all := got[k].Floats(), ref.Floats(name)
		want := all[i*len(values) : (i+1)*len(values)]
		d := distance(values, want)
		t.Logf("photo %d, %s: relative error %.2g", i, name, d)
		if !(d <= limit) {
			t.Errorf("photo %d, %s: relative error %.3g, limit %g", i, name, d, limit)
		}
	}
}

// A runner runs one image and a class through a gradient model: its results are
// the differentiated tensor and the gradients.
type runner func(x []float32, class int) []*ort.Tensor

// differentiate opens the gradient model of m.
func differentiate(t testing.TB, m *onnx.Model, o autodiff.Options) runner {
	t.Helper()
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return open(t, c, o)
}

// open opens the gradient model of a canonical model.
func open(t testing.TB, c *canonical.Model, o autodiff.Options) runner {
	t.Helper()
	s, g := session(t, c, o)
	shape, out := concrete(c.Types[c.Graph.Inputs[0].Name].Shape), concrete(c.Types[g.Of].Shape)
	return func(x []float32, class int) []*ort.Tensor {
		t.Helper()
		seed := make([]float32, size(out))
		seed[class] = 1
		got, err := s.Run(context.Background(), &ort.Tensor{Shape: shape, Data: x}, &ort.Tensor{Shape: out, Data: seed})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

// session opens the gradient model of a canonical model: it reads the first input
// and the seed.
func session(t testing.TB, c *canonical.Model, o autodiff.Options) (*ort.Session, *autodiff.Result) {
	t.Helper()
	g, err := autodiff.Gradient(c, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ort.Open(g.Model.Marshal(), []string{c.Graph.Inputs[0].Name, g.Seed}, append([]string{g.Of}, g.Gradients...), ort.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, g
}

// runSeeded runs a gradient model once.
func runSeeded(t testing.TB, c *canonical.Model, o autodiff.Options, x, seed *ort.Tensor) []*ort.Tensor {
	t.Helper()
	s, _ := session(t, c, o)
	got, err := s.Run(context.Background(), x, seed)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// concrete is a shape with a batch of one.
func concrete(s canonical.Shape) []int64 {
	out := make([]int64, len(s))
	for i, d := range s {
		out[i] = max(d, -d)
	}
	return out
}

func size(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return n
}

// photo reads an image as float32 planes.
func photo(t testing.TB, path string, pixel func(int, float64) (int, float64)) []float32 {
	t.Helper()
	return photoOf(t, path, 0, pixel)
}

// photoOf is photo of an image stretched to a square, unless side is 0.
func photoOf(t testing.TB, path string, side int, pixel func(int, float64) (int, float64)) []float32 {
	t.Helper()
	im := phototest.Decode(t, path)
	if side > 0 {
		im = imaging.Resize(im, side, side, imaging.Bilinear, true)
	}
	plane := im.Width * im.Height
	x := make([]float32, 3*plane)
	for i, v := range im.Pix {
		c, value := pixel(i%3, float64(v))
		x[c*plane+i/3] = float32(value)
	}
	return x
}

// distance is the norm of the difference relative to that of want.
func distance(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var diff, norm float64
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		diff, norm = diff+d*d, norm+float64(want[i])*float64(want[i])
	}
	return math.Sqrt(diff / max(norm, 1e-30))
}
