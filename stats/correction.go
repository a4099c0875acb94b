package stats

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg corrects the p-values of many tests (Benjamini & Hochberg 1995). Of
// the tests whose corrected value is at most q, the expected share of false ones is
// at most q, for tests that are independent or positively dependent. The order stays;
// NaN is no test, and stays.
func BenjaminiHochberg(p []float64) []float64 { return BenjaminiHochbergOf(p, 0) }

// BenjaminiHochbergOf corrects the p-values of those of so many tests that may matter: the
// others, which are not listed, have a p-value of 1.
func BenjaminiHochbergOf(p []float64, tests int) []float64 {
	var order []int
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	corrected := slices.Clone(p)
	least, tests := 1.0, max(tests, len(order))
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, p[i]*float64(tests)/float64(rank))
		corrected[i] = least
	}
	return corrected
}
