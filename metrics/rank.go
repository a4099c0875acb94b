package metrics

import (
	"cmp"
	"math"
	"slices"
)

// Spearman is the rank correlation of two equally long slices: the Pearson
// correlation of their ranks, equal values sharing the mean of their ranks
// (scipy.stats.spearmanr). In [−1, 1]; 0 where one of them is constant, empty,
// or has a NaN, since nothing can then be said.
func Spearman(a, b []float32) float64 {
	ra, okA := ranks(a)
	rb, okB := ranks(b)
	if len(a) != len(b) || !okA || !okB {
		return 0
	}
	mean := float64(len(a)+1) / 2
	var ab, aa, bb float64
	for i := range ra {
		x, y := ra[i]-mean, rb[i]-mean
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// ranks are 1 for the smallest value; ok is false if there is a NaN.
func ranks(values []float32) (ranks []float64, ok bool) {
	order := make([]int, len(values))
	for i, v := range values {
		if v != v {
			return nil, false
		}
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	ranks = make([]float64, len(values))
	for first := 0; first < len(order); {
		last := first
		for last+1 < len(order) && values[order[last+1]] == values[order[first]] {
			last++
		}
		for _, i := range order[first : last+1] {
			ranks[i] = float64(first+last)/2 + 1
		}
		first = last + 1
	}
	return ranks, true
}
