package trust

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The usual table of Student's t, two-sided 95 %.
func TestStudentQuantileIsTheTables(t *testing.T) {
	for freedom, want := range map[float64]float64{1: 12.7062, 2: 4.3027, 3: 3.1824, 5: 2.5706, 10: 2.2281, 29: 2.0452, 30: 2.0423, 100: 1.9840, 1000: 1.9623, 1e6: 1.9600} {
		if got := studentQuantile(0.975, freedom); math.Abs(got-want) > 1e-4 {
			t.Errorf("%v degrees of freedom: %.5f, want %.4f", freedom, got, want)
		}
	}
}

// The distribution function agrees with the density added up.
func TestStudentAgreesWithItsDensity(t *testing.T) {
	for _, freedom := range []float64{1, 2, 7, 40} {
		a, _ := math.Lgamma((freedom + 1) / 2)
		b, _ := math.Lgamma(freedom / 2)
		scale := math.Exp(a-b) / math.Sqrt(freedom*math.Pi)
		sum, step := 0.5, 1e-4
		for x := step / 2; x < 6; x += step {
			sum += step * scale * math.Pow(1+x*x/freedom, -(freedom+1)/2)
			if end := x + step/2; math.Abs(end-math.Round(end)) < step/4 {
				if got := student(end, freedom); math.Abs(got-sum) > 1e-6 {
					t.Errorf("%v degrees of freedom, %v: %v, added up %v", freedom, end, got, sum)
				}
			}
		}
	}
}

func TestAverageByHand(t *testing.T) {
	nan := math.NaN()
	e := Average([]Sample{{0.2, Green}, {0.4, Amber}, {99, Red}, {nan, Green}, {0.6, ""}, {nan, Red}})
	half := 4.302653 * 0.2 / math.Sqrt(3) // s = 0.2, n = 3
	if e.N != 3 || e.Red != 2 || e.Empty != 1 || !e.Known || math.Abs(e.Mean-0.4) > 1e-12 || math.Abs(e.Low-(0.4-half)) > 1e-6 || math.Abs(e.High-(0.4+half)) > 1e-6 {
		t.Errorf("%+v", e)
	}
	for _, few := range [][]Sample{nil, {{3, Green}}} {
		if e := Average(few); e.Known || e.Excludes0() || e.Low != e.Mean || e.High != e.Mean {
			t.Errorf("%d values: %+v", len(few), e)
		}
	}
}

func TestPairedDifferenceByHand(t *testing.T) {
	a := []Sample{{0.9, Green}, {0.8, Green}, {0.7, Amber}, {0.9, Red}, {0.1, Green}}
	b := []Sample{{0.5, Green}, {0.5, Green}, {0.2, Green}, {0.1, Green}, {0.9, Red}}
	e, err := PairedDifference(a, b) // 0.4, 0.3, 0.5
	if err != nil || e.N != 3 || e.Red != 2 || math.Abs(e.Mean-0.4) > 1e-12 || !e.Excludes0() {
		t.Errorf("%+v, %v", e, err)
	}
	back, _ := PairedDifference(b, a)
	if math.Abs(back.Mean+e.Mean) > 1e-12 || math.Abs(back.Low+e.High) > 1e-12 || !back.Excludes0() {
		t.Errorf("turned round: %+v", back)
	}
	if same, _ := PairedDifference(a[:3], []Sample{{1, ""}, {0.7, ""}, {0.7, ""}}); same.Excludes0() {
		t.Errorf("no difference: %+v", same)
	}
	if _, err := PairedDifference(a, b[1:]); err == nil {
		t.Error("different lengths: no error")
	}
}

// Of many intervals of shares, 95 % hold the true mean.
func TestIntervalsCoverTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const trials = 4000
	hits := 0
	for range trials {
		samples := make([]Sample, 20)
		for i := range samples {
			samples[i].Value = (r.Float64() + r.Float64() + r.Float64()) / 3
		}
		if e := Average(samples); e.Low <= 0.5 && 0.5 <= e.High {
			hits++
		}
	}
	if share := float64(hits) / trials; math.Abs(share-Level) > 4*math.Sqrt(Level*(1-Level)/trials) {
		t.Errorf("%.3f of the intervals hold the mean, want %v", share, Level)
	}
}
