package stats

import (
	"math"
	"slices"
	"testing"
)

func mean(values []float64) float64 { return sum(values) / float64(len(values)) }

// r = scipy.stats.bootstrap((x,), numpy.mean, n_resamples=60, method='BCa', confidence_level=0.9, random_state=3):
// of the same resamples, r.bootstrap_distribution, ours is r.confidence_interval.
func TestBCaIsSciPysOfTheSameResamples(t *testing.T) {
	draws := []float64{0.2025, 0.34, 0.16583333333333336, 0.2283333333333333, 0.16583333333333333, 0.225, 0.11750000000000001, 0.10583333333333335,
		0.19666666666666666, 0.15333333333333335, 0.20833333333333334, 0.13749999999999998, 0.19499999999999998, 0.2325, 0.255, 0.17500000000000002,
		0.3491666666666667, 0.14833333333333332, 0.3, 0.2966666666666667, 0.2941666666666667, 0.3408333333333333, 0.3541666666666667, 0.23750000000000002,
		0.20666666666666667, 0.29583333333333334, 0.13333333333333333, 0.36166666666666664, 0.17416666666666666, 0.22999999999999998, 0.27499999999999997,
		0.18166666666666667, 0.11, 0.23166666666666666, 0.105, 0.10083333333333333, 0.3, 0.1908333333333333, 0.18833333333333335, 0.08166666666666668,
		0.13, 0.14583333333333334, 0.22833333333333336, 0.11166666666666669, 0.1366666666666667, 0.14666666666666664, 0.05416666666666666,
		0.14500000000000002, 0.1366666666666667, 0.06166666666666667, 0.10166666666666667, 0.285, 0.24166666666666667, 0.16333333333333336,
		0.05916666666666667, 0.13833333333333334, 0.1375, 0.3266666666666666, 0.25166666666666665, 0.10916666666666668}
	b := NewBootstrap(sparse, mean, 1, 0)
	slices.Sort(draws)
	b.draws = draws
	if low, high := b.BCa(0.9); math.Abs(low-0.10908806382449171) > 1e-12 || math.Abs(high-0.35715194368723074) > 1e-12 {
		t.Errorf("%.15f to %.15f", low, high)
	}
}

// scipy.stats.bootstrap((x,), f, n_resamples=400000): our own resamples come to the same.
func TestBootstrapAgreesWithSciPy(t *testing.T) {
	median := func(values []float64) float64 { return quantileOf(slices.Sorted(slices.Values(values)), 0.5) }
	for _, c := range []struct {
		name           string
		figure         func([]float64) float64
		low, high      float64
		bcaLow, bcaEnd float64
	}{{"mean", mean, 0.0625, 0.375, 0.0825, 0.4175}, {"median", median, 0, 0.375, 0, 0.375}} {
		b := NewBootstrap(sparse, c.figure, 50_000, 1)
		if low, high := b.Percentile(0.95); math.Abs(low-c.low) > 0.004 || math.Abs(high-c.high) > 0.006 {
			t.Errorf("%s: percentiles %.4f to %.4f, want %.4f to %.4f", c.name, low, high, c.low, c.high)
		}
		if low, high := b.BCa(0.95); math.Abs(low-c.bcaLow) > 0.004 || math.Abs(high-c.bcaEnd) > 0.006 {
			t.Errorf("%s: BCa %.4f to %.4f, want %.4f to %.4f", c.name, low, high, c.bcaLow, c.bcaEnd)
		}
	}
}

func TestBootstrapIsTheSameForTheSameSeed(t *testing.T) {
	a, b, c := NewBootstrap(sparse, mean, 500, 7), NewBootstrap(sparse, mean, 500, 7), NewBootstrap(sparse, mean, 500, 8)
	if !slices.Equal(a.draws, b.draws) || slices.Equal(a.draws, c.draws) {
		t.Error("the seed does not decide the resamples")
	}
	same := NewBootstrap([]float64{0.25, 0.25, 0.25}, mean, 100, 1)
	if low, high := same.BCa(0.95); low != 0.25 || high != 0.25 {
		t.Errorf("of equal values: %v to %v", low, high)
	}
}
