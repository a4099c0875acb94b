package testkit

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
)

// Model opens a model of the test material.
func Model(t testing.TB, name string) *classifier.Classifier {
	t.Helper()
	return Open(t, filepath.Join(testdata.Dir(t), "models", name, "model.onnx"))
}

// Wavy is a request for the map of an input made of a sine.
func Wavy(s attribution.Scorer, phase float64) attribution.Request {
	_, h, w, _ := s.Shape()
	input := make([]float32, s.InputLen())
	for i := range input {
		input[i] = float32(math.Sin(float64(i)*0.37 + phase))
	}
	return attribution.Request{Input: input, Truth: attribution.NoTruth,
		Geometry: imaging.Geometry{InputWidth: w, InputHeight: h, DisplayWidth: w, DisplayHeight: h, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}}
}

// Apart is the norm of the difference relative to that of want.
func Apart(got []float32, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var diff, norm float64
	for i := range want {
		d := float64(got[i]) - want[i]
		diff, norm = diff+d*d, norm+want[i]*want[i]
	}
	return math.Sqrt(diff / max(norm, 1e-60))
}

// Random draws that many values.
func Random(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return out
}
