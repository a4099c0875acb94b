// Package testkit holds what the tests of all methods share: models with known
// answers, models of the test material, requests, and distances of maps.
package testkit

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
)

// Open opens a model with a preprocessing that does not matter: tests give it
// tensors.
func Open(t testing.TB, path string) *classifier.Classifier {
	t.Helper()
	spec, err := classifier.Inspect(t.Context(), path, classifier.Options{Preprocessing: "imagenet"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := classifier.Open(spec, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var _ attribution.Differentiable = (*classifier.Classifier)(nil)

// PlainRequest explains an input as it is.
func PlainRequest(s attribution.Scorer, input []float32) attribution.Request {
	_, h, w, _ := s.Shape()
	return attribution.Request{Input: input, Truth: attribution.NoTruth, Geometry: imaging.Geometry{InputWidth: w, InputHeight: h, DisplayWidth: w, DisplayHeight: h, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}}
}

// TorchInputs are the eight images of the reference networks, normalised as
// their first one is stored.
func TorchInputs(t *testing.T) [][]float32 {
	t.Helper()
	raw := testdata.Archive{T: t, Path: filepath.Join(testdata.Dir(t), "torchvision", "inputs.npz")}.Raw("images_u8")
	mean, std := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	const places = 224 * 224
	inputs := make([][]float32, len(raw)/places/3)
	for k := range inputs {
		inputs[k] = make([]float32, 3*places)
		for i := range 3 * places {
			c := i % 3
			inputs[k][c*places+i/3] = (float32(raw[k*3*places+i])/255 - mean[c]) / std[c]
		}
	}
	return inputs
}

// CAMTensors are the layers at which the reference maps were made.
func CAMTensors(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata.Dir(t), "torchvision", "onnx_tensors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Tensor string `json:"cam_tensor"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for model, entry := range all {
		names[model] = entry.Tensor
	}
	return names
}

// Distance is ‖a − b‖ ÷ ‖b‖.
func Distance(a, b []float32) float64 {
	above, below := 0.0, 0.0
	for i, v := range b {
		d := float64(a[i]) - float64(v)
		above, below = above+d*d, below+float64(v)*float64(v)
	}
	return math.Sqrt(above / below)
}
