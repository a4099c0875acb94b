package stats

import (
	"fmt"
	"math"
)

// PairedProportions is the interval of the difference of two shares of the same n samples, (a only
// − b only) ÷ n, where `both` samples have both. It is made of the Wilson intervals of both shares and
// of how they go together, so it lies in [-1, 1] by its construction and has a width also where
// all differ alike (Newcombe 1998, Statistics in Medicine 17, 2635–2650, method 10). Of no
// samples it is [-1, 1].
func PairedProportions(both, onlyA, onlyB, n int, level float64) (low, high float64) {
	if n <= 0 {
		return -1, 1
	}
	m := float64(n)
	p, q := float64(both+onlyA)/m, float64(both+onlyB)/m
	pl, ph := Wilson(both+onlyA, n, level)
	ql, qh := Wilson(both+onlyB, n, level)
	phi := association(float64(both), float64(onlyA), float64(onlyB), float64(n-both-onlyA-onlyB))
	below, above := p-pl, qh-q
	down := math.Sqrt(max(0, below*below-2*phi*below*above+above*above))
	below, above = q-ql, ph-p
	up := math.Sqrt(max(0, above*above-2*phi*above*below+below*below))
	return p - q - down, p - q + up
}

// association is the correlation of two answers, corrected for continuity as method 10 has it;
// 0 where one of them is always the same.
func association(a, b, c, d float64) float64 {
	product := a*d - b*c
	if product > 0 {
		product = max(0, product-(a+b+c+d)/2)
	}
	spread := math.Sqrt((a + b) * (c + d) * (a + c) * (b + d))
	if spread == 0 {
		return 0
	}
	return product / spread
}

// PairedShares is [PairedDifference] of shares, numbers in [0, 1]: its interval lies in [-1, 1] by its
// construction, for it is that of [ShareMean] over (a − b + 1) ÷ 2. Fewer than [FewestShares] pairs have none.
func PairedShares(a, b []Sample) (Estimate, error) {
	if len(a) != len(b) {
		return Estimate{}, fmt.Errorf("paired difference of %d and %d shares", len(a), len(b))
	}
	pairs := make([]Sample, len(a))
	for i := range a {
		pairs[i] = Sample{(a[i].Value - b[i].Value + 1) / 2, a[i].LeftOut || b[i].LeftOut}
	}
	e := ShareMean(pairs)
	if e.N == 0 {
		return e, nil
	}
	e.Mean, e.Low, e.High = 2*e.Mean-1, 2*e.Low-1, 2*e.High-1
	return e, nil
}
