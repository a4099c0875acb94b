package metrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The error is ECE's own, whatever the confidences; edges included.
func TestHonestIsTheCalibrationError(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	confidence, right := []float32{0, 1, 0.2, 6. / 15, 0.4}, []bool{false, true, true, false, true}
	for range 500 {
		confidence, right = append(confidence, random.Float32()), append(right, random.Float32() < 0.6)
	}
	for _, bins := range []int{1, 10, 15} {
		got := Honest(confidence, right, bins, 1)
		if want := ECE(Calibration(confidence, right, bins)); math.Abs(got.ECE-want) > 1e-9 {
			t.Errorf("%d bins: %v, want %v", bins, got.ECE, want)
		}
		if got.Low > got.ECE || got.High < got.ECE {
			t.Errorf("%+v", got)
		}
	}
	if none := Honest(nil, nil, 15, 1); !math.IsNaN(none.ECE) || !math.IsNaN(none.P) {
		t.Errorf("%+v", none)
	}
}

// Honest answers have a small p as often as p says; dishonest ones always.
func TestHonestAnswersAreSeldomAccused(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	draw := func(less float64) (confidence []float32, right []bool) {
		for range 200 {
			c := 0.4 + 0.6*random.Float64()
			confidence, right = append(confidence, float32(c)), append(right, random.Float64() < c-less)
		}
		return confidence, right
	}
	const runs = 150
	accused := 0
	for range runs {
		confidence, right := draw(0)
		if Honest(confidence, right, 15, 1).P <= 0.05 {
			accused++
		}
	}
	t.Logf("%d of %d honest samples accused", accused, runs)
	if accused > 15 { // 0.05·150 and 2.8 standard deviations
		t.Errorf("%d of %d honest samples are accused", accused, runs)
	}
	if confidence, right := draw(0.3); Honest(confidence, right, 15, 1).P > 0.01 {
		t.Error("dishonest answers are not accused")
	}
}
