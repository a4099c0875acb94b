package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The expected values of this package's tests that say SciPy are those of version
// 1.10, by the commands beside them.

// scipy.stats.t.ppf(0.975, n) is right to about 1e-10; the quantiles of one, two and four
// degrees of freedom have formulas.
func TestStudentQuantile(t *testing.T) {
	for freedom, want := range map[float64]float64{
		1: 12.706204736432095, 2: 4.302652729911275, 4: 2.7764451051977987, 9: 2.2621571627409915, 29: 2.045229642132703, 99: 1.9842169515086827, 9999: 1.9602012636213575,
	} {
		if got := StudentQuantile(0.975, freedom); math.Abs(got-want) > 2e-10*want {
			t.Errorf("%v degrees of freedom: %.15f, want %.15f", freedom, got, want)
		}
	}
	for _, p := range []float64{0.51, 0.7, 0.95, 0.975, 0.999} {
		side := 2 * math.Sqrt(p*(1-p))
		four := 2 * math.Sqrt(math.Cos(math.Acos(side)/3)/side-1)
		for freedom, want := range map[float64]float64{1: math.Tan(math.Pi * (p - 0.5)), 2: (2*p - 1) * math.Sqrt(2) / side, 4: four} {
			if got := StudentQuantile(p, freedom); math.Abs(got-want) > 1e-12*want {
				t.Errorf("%v degrees of freedom, %v: %.15f, want %.15f", freedom, p, got, want)
			}
		}
	}
}

// sparse are shares of twelve samples, many of them zero.
var sparse = []float64{0, 0, 0.02, 0.31, 0, 0.44, 0.07, 0.9, 0, 0.12, 0.55, 0.03}

func samplesOf(values []float64) []Sample {
	list := make([]Sample, len(values))
	for i, v := range values {
		list[i].Value = v
	}
	return list
}

// scipy.stats.t.interval(0.95, 11, mean(x), scipy.stats.sem(x))
func TestMeanIsSciPys(t *testing.T) {
	e := Mean(samplesOf(sparse))
	if math.Abs(e.Mean-0.20333333333333334) > 1e-12 || math.Abs(e.Low-0.018920169238393125) > 1e-12 || math.Abs(e.High-0.38774649742827355) > 1e-12 {
		t.Errorf("%+v", e)
	}
}

func TestMeanByHand(t *testing.T) {
	nan := math.NaN()
	e := Mean([]Sample{{0.2, false}, {0.4, false}, {99, true}, {nan, false}, {0.6, false}, {nan, true}})
	half := 4.302653 * 0.2 / math.Sqrt(3) // s = 0.2, n = 3
	if e.N != 3 || e.LeftOut != 2 || e.Empty != 1 || !e.Known || math.Abs(e.Mean-0.4) > 1e-12 || math.Abs(e.Low-(0.4-half)) > 1e-6 || math.Abs(e.High-(0.4+half)) > 1e-6 {
		t.Errorf("%+v", e)
	}
	for _, few := range [][]Sample{nil, {{3, false}}} {
		if e := Mean(few); e.Known || e.Excludes0() || e.Low != e.Mean || e.High != e.Mean {
			t.Errorf("%d values: %+v", len(few), e)
		}
	}
}

func TestPairedDifferenceByHand(t *testing.T) {
	a := []Sample{{0.9, false}, {0.8, false}, {0.7, false}, {0.9, true}, {0.1, false}}
	b := []Sample{{0.5, false}, {0.5, false}, {0.2, false}, {0.1, false}, {0.9, true}}
	e, err := PairedDifference(a, b) // 0.4, 0.3, 0.5
	if err != nil || e.N != 3 || e.LeftOut != 2 || math.Abs(e.Mean-0.4) > 1e-12 || !e.Excludes0() {
		t.Errorf("%+v, %v", e, err)
	}
	back, _ := PairedDifference(b, a)
	if math.Abs(back.Mean+e.Mean) > 1e-12 || math.Abs(back.Low+e.High) > 1e-12 || !back.Excludes0() {
		t.Errorf("turned round: %+v", back)
	}
	if same, _ := PairedDifference(a[:3], samplesOf([]float64{1, 0.7, 0.7})); same.Excludes0() {
		t.Errorf("no difference: %+v", same)
	}
	if _, err := PairedDifference(a, b[1:]); err == nil {
		t.Error("different lengths: no error")
	}
}

// Of many of Student's intervals, 95 % hold the true mean.
func TestIntervalsCoverTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const trials = 4000
	hits := 0
	for range trials {
		samples := make([]Sample, 20)
		for i := range samples {
			samples[i].Value = (r.Float64() + r.Float64() + r.Float64()) / 3
		}
		if e := Mean(samples); e.Low <= 0.5 && 0.5 <= e.High {
			hits++
		}
	}
	if share := float64(hits) / trials; math.Abs(share-Level) > 4*math.Sqrt(Level*(1-Level)/trials) {
		t.Errorf("%.3f of the intervals hold the mean, want %v", share, Level)
	}
}
