package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// McNemar is the two-sided p-value of the exact test whether two models err equally
// often on the same samples (McNemar 1947): fixed are those that only the second has
// right, broken those that only the first has. Under the null hypothesis each of them is
// either with probability ½. 1 if there are none.
func McNemar(fixed, broken int) float64 {
	n := fixed + broken
	if n == 0 {
		return 1
	}
	fewer := distuv.Binomial{N: float64(n), P: 0.5}
	return math.Min(1, 2*fewer.CDF(float64(min(fixed, broken))))
}
