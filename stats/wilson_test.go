package stats

import (
	"math"
	"testing"
)

// Published examples: Newcombe 1998, Statistics in Medicine 17, table I, method
// 3 (score without continuity correction), 95 %.
func TestWilsonPublished(t *testing.T) {
	for _, c := range []struct {
		r, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := Wilson(c.r, c.n, 0.95)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d/%d: %.4f to %.4f, want %.4f to %.4f", c.r, c.n, low, high, c.low, c.high)
		}
	}
	if low, high := Wilson(0, 0, 0.95); low != 0 || high != 1 {
		t.Errorf("of nothing: %v to %v, want 0 to 1", low, high)
	}
}

// Wilson's ends are the shares whose normal test just reaches the level.
func TestWilsonProperties(t *testing.T) {
	z := 1.959963984540054 // of 95 %
	for n := 1; n < 60; n++ {
		for r := range n + 1 {
			low, high := Wilson(r, n, 0.95)
			p := float64(r) / float64(n)
			if low < 0 || high > 1 || low > p || high < p {
				t.Fatalf("%d/%d: %v to %v", r, n, low, high)
			}
			for _, end := range []float64{low, high} {
				if end == 0 || end == 1 {
					continue
				}
				if test := math.Abs(p-end) / math.Sqrt(end*(1-end)/float64(n)); math.Abs(test-z) > 1e-6 {
					t.Fatalf("%d/%d: end %v tests at %v", r, n, end, test)
				}
			}
			flippedLow, flippedHigh := Wilson(n-r, n, 0.95)
			if math.Abs(flippedLow-(1-high)) > 1e-12 || math.Abs(flippedHigh-(1-low)) > 1e-12 {
				t.Fatalf("%d/%d is not the mirror of %d/%d", r, n, n-r, n)
			}
		}
	}
}
