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
func BenjaminiHochberg(p []float64) []float64 {
	var order []int
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	corrected := slices.Clone(p)
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, p[i]*float64(len(order))/float64(rank))
		corrected[i] = least
	}
	return corrected
}
