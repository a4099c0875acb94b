package metrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Figures of confidence follow their formulas, written out slowly: samples of equal confidence
// count as the mean over all their orders, here of many shuffles.
func TestConfidenceFigures(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for _, n := range []int{1, 7, 40} {
		confidence, correct := make([]float32, n), make([]bool, n)
		for i := range confidence {
			confidence[i], correct[i] = float32(1+r.IntN(8))/8, r.IntN(3) > 0
		}
		const shuffles = 20_000
		risk := 0.0
		for range shuffles {
			order := r.Perm(n)
			// An insertion sort, which leaves equal ones as the shuffle has them.
			for i := 1; i < n; i++ {
				for j := i; j > 0 && confidence[order[j]] > confidence[order[j-1]]; j-- {
					order[j], order[j-1] = order[j-1], order[j]
				}
			}
			wrong := 0
			for k, i := range order {
				if !correct[i] {
					wrong++
				}
				risk += float64(wrong) / float64(k+1) / float64(n) / shuffles
			}
		}
		if got := RiskArea(confidence, correct); math.Abs(got-risk) > 0.005 {
			t.Errorf("risk area of %d: %v, want %v", n, got, risk)
		}
	}
	// By hand: the two least confident are right once in 0.4; the others always in 0.9.
	confidence, correct := []float32{0.75, 0.25, 0.75, 0.5}, []bool{true, true, true, false}
	near(t, "adaptive ECE of two bins", AdaptiveECE(confidence, correct, 2), (math.Abs(1-0.75)+math.Abs(2-1.5))/4)
	near(t, "risk area", RiskArea(confidence, correct), (0+0+1.0/3+1.0/4)/4)
	near(t, "MCE", MCE(Calibration(confidence, correct, 4)), 0.75)
	if AdaptiveECE(nil, nil, 15) != 0 || RiskArea(nil, nil) != 0 || MCE(nil) != 0 {
		t.Error("of nothing there is something")
	}
}

// The bootstrap of a share agrees with its binomial standard error, keeps the number of
// samples, and is the same for the same seed.
func TestConfusionInterval(t *testing.T) {
	c := NewConfusion(3)
	copy(c.Counts, []uint32{40, 5, 0, 5, 10, 80, 3, 7, 0, 0, 50, 0})
	accuracy := []func(*Confusion) float64{(*Confusion).Accuracy}
	got := c.Intervals(accuracy, 0.95, 2000, 1)[0]
	p, n := c.Accuracy(), float64(c.Total())
	half := 1.96 * math.Sqrt(p*(1-p)/n)
	if !got.Known || math.Abs(got.Low-(p-half)) > 0.01 || math.Abs(got.High-(p+half)) > 0.01 {
		t.Errorf("%+v, want %v to %v", got, p-half, p+half)
	}
	if again := c.Intervals(accuracy, 0.95, 2000, 1)[0]; again != got {
		t.Error("another interval of the same seed")
	}
	again := NewConfusion(3)
	c.resample(again, rand.NewPCG(9, 9))
	if again.Total() != c.Total() {
		t.Errorf("%d samples became %d", c.Total(), again.Total())
	}
	if r := NewConfusion(3).Intervals(accuracy, 0.95, 100, 1)[0]; r.Known {
		t.Error("nothing has an interval")
	}
}
