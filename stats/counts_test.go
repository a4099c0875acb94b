package stats

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-10 {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

// Tails are the sums of what is added up one by one.
func TestBinomialTailCounts(t *testing.T) {
	for n := range 13 {
		for _, p := range []float64{0, 0.1, 0.5, 0.9, 1} {
			tail := 0.0
			for k := n + 1; k >= 0; k-- {
				if k <= n {
					tail += math.Exp(choose(n, k)) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
				}
				near(t, "tail", BinomialTail(k, n, p), tail)
			}
		}
	}
}

// Fisher's tea: 3 of 4 cups, and all ways to deal two strata counted by hand; the normal form
// is near the exact one where it takes over.
func TestStrataTail(t *testing.T) {
	tea := Stratum{N: 8, Part: 4, Wrong: 4}
	p, expected := StrataTail(3, []Stratum{tea})
	near(t, "tea", p, 17./70)
	near(t, "expected", expected, 2)
	pairs := []Stratum{{2, 1, 1}, {2, 1, 1}} // each is in the part by one half
	for k, want := range []float64{1, 0.75, 0.25, 0} {
		p, _ := StrataTail(k, pairs)
		near(t, "pairs", p, want)
	}
	wide := []Stratum{{1000, 300, 125}, {1000, 300, 124}} // a variance of 45.8
	normal, e := StrataTail(90, wide)
	exact := 0.0
	for k, v := range convolved(hypergeometric(wide[0]), hypergeometric(wide[1])) {
		if k >= 90 {
			exact += v
		}
	}
	if e != 74.7 || math.Abs(normal-exact) > 0.1*exact {
		t.Errorf("expected %v, normal %v, exact %v", e, normal, exact)
	}
}

// Newcombe 1998, table II, line (a): 56 of 70 less 48 of 80 is 0.0524 to 0.3339.
func TestWilsonDifferenceIsNewcombes(t *testing.T) {
	low, high := WilsonDifference(56, 70, 48, 80, 0.95)
	if math.Abs(low-0.0524) > 5e-5 || math.Abs(high-0.3339) > 5e-5 {
		t.Errorf("%.4f to %.4f", low, high)
	}
}

// Of two groups Pearson's statistic is the square of a normal one; an empty group changes nothing.
func TestChiSquare(t *testing.T) {
	z := (0.5 - 0.3) / math.Sqrt(0.4*0.6*(1./100+1./100))
	near(t, "two groups", ChiSquare([]int{50, 0, 50}, []int{30, 0, 70}), math.Erfc(z/math.Sqrt2))
	near(t, "one group", ChiSquare([]int{5, 0}, []int{7, 0}), 1)
}

// The largest distance by a slow count; Kolmogorov's published quantile, 1.3581 for 5 %.
func TestKolmogorovSmirnov(t *testing.T) {
	a, b := []float64{3, 1, 2, 2, 9}, []float64{2, 4, 4, 8}
	share := func(list []float64, x float64) (s float64) {
		for _, v := range list {
			if v <= x {
				s += 1 / float64(len(list))
			}
		}
		return s
	}
	want := 0.0
	for _, x := range append(append([]float64{}, a...), b...) {
		want = math.Max(want, math.Abs(share(a, x)-share(b, x)))
	}
	got, _ := KolmogorovSmirnov(a, b)
	near(t, "distance", got, want)
	if p := kolmogorov(1.3581); math.Abs(p-0.05) > 1e-5 {
		t.Errorf("5 %%: %v", p)
	}
	if d, p := KolmogorovSmirnov(nil, b); d != 0 || p != 1 {
		t.Errorf("nothing: %v, %v", d, p)
	}
}
