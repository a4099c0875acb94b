package stats

import (
	"math"
	"testing"
)

// The published example: Newcombe 1998, Statistics in Medicine 17, 2635–2650, table II, method 10.
func TestPairedProportionsPublished(t *testing.T) {
	low, high := PairedProportions(36, 12, 2, 50, 0.95)
	if math.Abs(low-0.0569) > 6e-5 || math.Abs(high-0.3404) > 6e-5 {
		t.Errorf("%.4f to %.4f, want 0.0569 to 0.3404", low, high)
	}
}

// Whatever is counted, the interval lies in [-1, 1], holds the difference, and turns with its sides.
func TestPairedProportionsProperties(t *testing.T) {
	for n := 1; n <= 14; n++ {
		each(n, func(both, a, b int) {
			low, high := PairedProportions(both, a, b, n, 0.95)
			d := float64(a-b) / float64(n)
			if low < -1-1e-12 || high > 1+1e-12 || low > d || high < d || high-low < 1e-6 {
				t.Fatalf("%d, %d, %d of %d: %v to %v", both, a, b, n, low, high)
			}
			back, forth := PairedProportions(both, b, a, n, 0.95)
			if math.Abs(back+high) > 1e-12 || math.Abs(forth+low) > 1e-12 {
				t.Fatalf("%d, %d, %d of %d: %v to %v, the other way %v to %v", both, a, b, n, low, high, back, forth)
			}
		})
	}
	if low, high := PairedProportions(0, 0, 0, 0, 0.95); low != -1 || high != 1 {
		t.Errorf("of nothing: %v to %v", low, high)
	}
}

// The chance that the interval has the true difference, summed over all that can be drawn, is 95 % on
// the whole, and nowhere far below.
func TestPairedProportionsCoverage(t *testing.T) {
	const n = 15
	mean, k := 0.0, 0.0
	for _, p := range [][3]float64{{0.8, 0.1, 0.05}, {0.5, 0.4, 0.05}, {0.3, 0.2, 0.2}, {0.9, 0.05, 0.01}, {0.1, 0.8, 0.05}, {0.6, 0.02, 0.3}} {
		covered := 0.0
		each(n, func(both, a, b int) {
			low, high := PairedProportions(both, a, b, n, 0.95)
			if d := p[1] - p[2]; low <= d && d <= high {
				covered += math.Exp(multinomial([]int{both, a, b, n - both - a - b}, []float64{p[0], p[1], p[2], 1 - p[0] - p[1] - p[2]}))
			}
		})
		if covered < 0.9 {
			t.Errorf("%v: the interval has the true difference in %.3f", p, covered)
		}
		mean, k = mean+covered, k+1
	}
	if mean/k < 0.94 {
		t.Errorf("on the mean in %.3f", mean/k)
	}
}

// each calls f with all counts of n samples.
func each(n int, f func(both, a, b int)) {
	for both := range n + 1 {
		for a := range n - both + 1 {
			for b := range n - both - a + 1 {
				f(both, a, b)
			}
		}
	}
}

// multinomial is the logarithm of the probability of counts.
func multinomial(counts []int, p []float64) float64 {
	n, sum := 0, 0.0
	for i, k := range counts {
		n += k
		l, _ := math.Lgamma(float64(k) + 1)
		sum += float64(k)*math.Log(p[i]) - l
	}
	l, _ := math.Lgamma(float64(n) + 1)
	return sum + l
}

// Differences of shares have intervals that lie in [-1, 1], and are Student's where many differ little.
func TestPairedShares(t *testing.T) {
	var a, b []Sample
	for i := range 6 {
		a, b = append(a, Sample{Value: 1 - 0.01*float64(i%2)}), append(b, Sample{})
	}
	a, b = append(a, Sample{Value: 0.5, LeftOut: true}), append(b, Sample{Value: 0.1})
	if e, err := PairedShares(a, b); err != nil || e.High > 1 || e.Low < -1 || e.Low > 0.9 || math.Abs(e.Mean-0.995) > 1e-12 || e.N != 6 || e.LeftOut != 1 || !e.Known {
		t.Errorf("%+v, %v", e, err)
	}
	a, b = nil, nil
	for i := range 400 {
		a, b = append(a, Sample{Value: 0.5 + 0.1*math.Sin(float64(i))}), append(b, Sample{Value: 0.4})
	}
	e, err := PairedShares(a, b)
	want, _ := PairedDifference(a, b)
	if err != nil || math.Abs(e.Mean-want.Mean) > 1e-9 || math.Abs((e.High-e.Low)/(want.High-want.Low)-1) > 0.25 {
		t.Errorf("%+v, Student's is %+v, %v", e, want, err)
	}
	if _, err := PairedShares(a, b[1:]); err == nil {
		t.Error("of different lengths it is no error")
	}
	if e, err := PairedShares(nil, nil); err != nil || e.Known || e.Mean != 0 {
		t.Errorf("of nothing: %+v, %v", e, err)
	}
}
