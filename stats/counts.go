package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// BinomialTail is the probability of at least k successes in n tries with probability p each:
// the p-value of k where p is claimed. 1 for k ≤ 0.
func BinomialTail(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p)
}

// Stratum is a group of images of which some are in a part, and some are wrong.
type Stratum struct{ N, Part, Wrong int }

// exactVariance is the variance below which StrataTail counts instead of using the normal
// distribution.
const exactVariance = 25

// StrataTail is the probability that at least so many of the wrong ones of all strata are in
// the part if, within each stratum, membership of the part has nothing to do with being wrong;
// and how many are expected. With one stratum it is Fisher's exact test, one-sided; with several
// the exact form of Cochran's and Mantel & Haenszel's test (1959), by adding up hypergeometric
// distributions. Where the count varies much, the normal distribution with a correction for
// continuity takes their place.
func StrataTail(found int, strata []Stratum) (p, expected float64) {
	variance := 0.0
	for _, s := range strata {
		n, part, wrong := float64(s.N), float64(s.Part), float64(s.Wrong)
		if s.N > 0 {
			expected += part * wrong / n
		}
		if s.N > 1 {
			variance += part * (n - part) * wrong * (n - wrong) / (n * n * (n - 1))
		}
	}
	if variance >= exactVariance {
		return math.Erfc((float64(found)-expected-0.5)/math.Sqrt(2*variance)) / 2, expected
	}
	total := []float64{1} // probability of each count so far
	for _, s := range strata {
		if s.N > 0 && s.Part > 0 && s.Wrong > 0 {
			total = convolved(total, hypergeometric(s))
		}
	}
	for k, v := range total {
		if k >= found {
			p += v
		}
	}
	return math.Min(1, p), expected
}

// hypergeometric is the probability of each count of wrong ones in the part, from 0.
func hypergeometric(s Stratum) []float64 {
	most := min(s.Part, s.Wrong)
	list := make([]float64, most+1)
	for k := max(0, s.Part+s.Wrong-s.N); k <= most; k++ {
		list[k] = math.Exp(choose(s.Wrong, k) + choose(s.N-s.Wrong, s.Part-k) - choose(s.N, s.Part))
	}
	return list
}

// choose is the logarithm of n over k.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

func convolved(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, v := range a {
		for j, w := range b {
			out[i+j] += v * w
		}
	}
	return out
}

// WilsonDifference is the interval of the difference of two shares, a of n less b of m, from
// their Wilson intervals (Newcombe 1998, method 10).
func WilsonDifference(a, n, b, m int, level float64) (low, high float64) {
	p, q := float64(a)/float64(max(1, n)), float64(b)/float64(max(1, m))
	pl, ph := Wilson(a, n, level)
	ql, qh := Wilson(b, m, level)
	return p - q - math.Hypot(p-pl, qh-q), p - q + math.Hypot(ph-p, q-ql)
}

// ChiSquare is the p-value of a table of counts, by group, of two samples that may come from
// one distribution (Pearson 1900). Groups without any count are left out; 1 with fewer than two.
func ChiSquare(a, b []int) float64 {
	n, m := 0.0, 0.0
	for i := range a {
		n, m = n+float64(a[i]), m+float64(b[i])
	}
	statistic, freedom := 0.0, -1
	for i := range a {
		both := float64(a[i] + b[i])
		if both == 0 {
			continue
		}
		freedom++
		x, y := both*n/(n+m), both*m/(n+m)
		if x > 0 && y > 0 {
			statistic += (float64(a[i])-x)*(float64(a[i])-x)/x + (float64(b[i])-y)*(float64(b[i])-y)/y
		}
	}
	if freedom < 1 {
		return 1
	}
	return mathext.GammaIncRegComp(float64(freedom)/2, statistic/2)
}
