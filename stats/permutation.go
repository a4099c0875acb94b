package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/combin"
)

// PairedPermutation is the two-sided p-value of the hypothesis that differences of pairs
// are as often positive as negative, by changing their signs (Fisher 1935): the share of
// all sign changes whose mean is at least as far from 0. If there are more than draws of
// them, that many are drawn, and the untouched one counts as one more of them, so that p
// is never 0 (Phipson & Smyth 2010). 1 for no differences.
func PairedPermutation(differences []float64, draws int, seed uint64) float64 {
	n := len(differences)
	sum := func(negative func(i int) bool) float64 {
		s := 0.0
		for i, d := range differences {
			if negative(i) {
				d = -d
			}
			s += d
		}
		return math.Abs(s)
	}
	least := sum(func(int) bool { return false }) - slack(differences)
	if n < 63 && 1<<n <= draws {
		hits := 0
		for signs := range uint64(1) << n {
			if sum(func(i int) bool { return signs>>i&1 == 1 }) >= least {
				hits++
			}
		}
		return float64(hits) / float64(uint64(1)<<n)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	hits := 1
	for range draws {
		if sum(func(int) bool { return r.Uint64()>>63 == 1 }) >= least {
			hits++
		}
	}
	return float64(hits) / float64(draws+1)
}

// Permutation is the two-sided p-value of the hypothesis that two groups of values
// come from one distribution, by dealing the values out to groups of the same sizes
// anew: twice the smaller of the shares of deals with a difference of means at least as
// high, and at most as high. If there are more deals than draws, that many are drawn, and
// the one that was found counts as one more of them. 1 if a group is empty.
func Permutation(a, b []float64, draws int, seed uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	all := append(append([]float64{}, a...), b...)
	// The difference of means grows with the sum of the first group.
	found, tolerance := sum(a), slack(all)
	above, below, deals := 0, 0, 0
	count := func(s float64) {
		deals++
		if s >= found-tolerance {
			above++
		}
		if s <= found+tolerance {
			below++
		}
	}
	if few(len(all), len(a), draws) {
		dealt := make([]int, len(a))
		for g := combin.NewCombinationGenerator(len(all), len(a)); g.Next(); {
			s := 0.0
			for _, i := range g.Combination(dealt) {
				s += all[i]
			}
			count(s)
		}
	} else {
		r := rand.New(rand.NewPCG(seed, 3))
		count(found)
		for range draws {
			for i := range a { // a partial Fisher–Yates shuffle
				j := i + r.IntN(len(all)-i)
				all[i], all[j] = all[j], all[i]
			}
			count(sum(all[:len(a)]))
		}
	}
	return math.Min(1, 2*float64(min(above, below))/float64(deals))
}

// few says whether there are at most limit ways to choose k of n.
func few(n, k, limit int) bool {
	ways := uint64(1)
	k = min(k, n-k)
	for i := 1; i <= k; i++ {
		high, low := bits.Mul64(ways, uint64(n-k+i))
		if high != 0 {
			return false
		}
		if ways = low / uint64(i); ways > uint64(limit) {
			return false
		}
	}
	return true
}

func sum(values []float64) float64 {
	s := 0.0
	for _, v := range values {
		s += v
	}
	return s
}

// slack is how far sums of the same values in another order may lie apart.
func slack(values []float64) float64 {
	size := 0.0
	for _, v := range values {
		size += math.Abs(v)
	}
	return 1e-12 * size
}
