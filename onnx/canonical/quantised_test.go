package canonical_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// TestQuantisedAgreement classifies photos with quantised models and with their
// canonical forms, as each runs in practice (fused, with integer kernels): the
// class is the same for at least 99 of 100.
func TestQuantisedAgreement(t *testing.T) {
	dir := testdata.Dir(t)
	for _, c := range []struct {
		name, photos string
		value        func(channel int, v float64) float64
	}{
		{"cifar10-tinymobilenet-int8-qoperator", "cifar10/test/*/*.jpg", standard([]float64{0.4914, 0.4822, 0.4465}, []float64{0.2023, 0.1994, 0.2010})},
		{"steel-v1-int8-qdq", "steel-neu-det/NEU-DET/*/*.bmp", unit},
		{"steel-v4-int8-qoperator", "steel-neu-det/NEU-DET/*/*.bmp", unit},
		{"imagenet-mobilenetv2-int8-qdq", "imagenet-samples/*.[jJ]*", standard([]float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225})},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := onnx.ReadFile(filepath.Join(dir, "models", c.name, "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := canonical.Rewrite(m, canonical.Options{})
			if err != nil {
				t.Fatal(err)
			}
			shape := r.Types[r.Graph.Inputs[0].Name].Shape
			original, rewritten := session(t, m), session(t, r.Model)
			files, err := filepath.Glob(filepath.Join(dir, "images", c.photos))
			if err != nil || len(files) < 90 {
				t.Fatalf("%d photos: %v", len(files), err)
			}
			if testing.Short() {
				files = files[:20]
			}
			same, largest := 0, 0.0
			for _, file := range files {
				x := &ort.Tensor{Shape: shape, Data: planes(t, file, shape, c.value)}
				a, b := logits(t, original, x), logits(t, rewritten, x)
				if top(a) == top(b) {
					same++
				}
				for i := range a {
					largest = max(largest, math.Abs(float64(a[i]-b[i])))
				}
			}
			t.Logf("the same class for %d of %d; largest difference of a logit %.3g", same, len(files), largest)
			if same*100 < len(files)*99 {
				t.Errorf("the same class for %d of %d only", same, len(files))
			}
		})
	}
}

func unit(_ int, v float64) float64 { return v / 255 }

func standard(mean, deviation []float64) func(int, float64) float64 {
	return func(c int, v float64) float64 { return (v/255 - mean[c]) / deviation[c] }
}

func session(t *testing.T, m *onnx.Model) *ort.Session {
	t.Helper()
	s, err := ort.Open(m.Marshal(), []string{m.Graph.RequiredInputs()[0].Name}, []string{m.Graph.Outputs[0].Name}, ort.Options{ExternalDir: m.Dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func logits(t *testing.T, s *ort.Session, x *ort.Tensor) []float32 {
	t.Helper()
	out, err := s.Run(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Floats()
}

func top(v []float32) int {
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}

// planes reads an image, stretched to the shape's height and width, as channel
// planes.
func planes(t *testing.T, file string, shape []int64, value func(int, float64) float64) []float32 {
	t.Helper()
	im := phototest.Decode(t, file)
	im = imaging.Resize(im, int(shape[3]), int(shape[2]), imaging.Bilinear, true)
	plane := im.Width * im.Height
	x := make([]float32, int(shape[1])*plane)
	for i := range x {
		c := i / plane
		x[i] = float32(value(c, float64(im.Pix[3*(i%plane)+c])))
	}
	return x
}
