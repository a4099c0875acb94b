package metrics

import (
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
	// A number's order and its place in one integer sort several times as fast as
	// places by a comparison of values.
	keys := make([]uint64, len(values))
	for i, v := range values {
		if v != v {
			return nil, false
		}
		keys[i] = uint64(ordered(v))<<32 | uint64(uint32(i))
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

// sortKeys sorts integers whose lower halves are places and ascend. Many are sorted
// digit by digit of their upper halves, ten times as fast as by comparing them.
func sortKeys(keys []uint64) []uint64 {
	const digit, few = 11, 1 << 11
	if len(keys) < few {
		slices.Sort(keys)
		return keys
	}
	to := make([]uint64, len(keys))
	for shift := 32; shift < 64; shift += digit {
		var next [1 << digit]int // where the next key with a digit goes
		for _, k := range keys {
			next[k>>shift&(1<<digit-1)]++
		}
		at := 0
		for d, count := range next {
			next[d], at = at, at+count
		}
		for _, k := range keys {
			d := k >> shift & (1<<digit - 1)
			to[next[d]] = k
			next[d]++
		}
		keys, to = to, keys
	}
	return keys
}

// ordered maps numbers to integers in the same order; zeros of both signs are equal.
func ordered(v float32) uint32 {
	bits := math.Float32bits(v + 0) // −0 + 0 is 0
	if bits>>31 == 1 {
		return ^bits
	}
	return bits | 1<<31
}
