package metrics

import (
	"math"
	"slices"

	"github.com/sightline/sightline/internal/order"
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
	// A number's order and its place in one integer sort several times as fast as
	// places by a comparison of values.
	keys := make([]uint64, len(values))
	for i, v := range values {
		if v != v {
			return nil, false
		}
		keys[i] = uint64(order.Key(v))<<32 | uint64(uint32(i))
	}
	keys = sortKeys(keys)
	ranks = make([]float64, len(values))
	for first := 0; first < len(keys); {
		last := first
		for last+1 < len(keys) && keys[last+1]>>32 == keys[first]>>32 {
			last++
		}
		for _, k := range keys[first : last+1] {
			ranks[uint32(k)] = float64(first+last)/2 + 1
		}
		first = last + 1
	}
	return ranks, true
}

// few is how many keys are sorted as fast by comparing them.
const few = 1 << 11

// sortKeys sorts integers whose lower halves are places and ascend.
func sortKeys(keys []uint64) []uint64 {
	if len(keys) < few {
		slices.Sort(keys)
		return keys
	}
	return order.Radix(keys, 32)
}
