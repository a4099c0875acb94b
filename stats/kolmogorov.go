package stats

import (
	"math"
	"slices"
)

// KolmogorovSmirnov compares two samples by the largest distance of their cumulative shares, in
// [0, 1], and gives its two-sided p-value by Kolmogorov's limit distribution with Stephens'
// correction for the size (1970), which errs to the safe side where values are tied. It sorts
// both. Without values in one of them the distance is 0, and p 1.
func KolmogorovSmirnov(a, b []float64) (distance, p float64) {
	if len(a) == 0 || len(b) == 0 {
		return 0, 1
	}
	slices.Sort(a)
	slices.Sort(b)
	n, m := float64(len(a)), float64(len(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		value := math.Min(a[i], b[j])
		for i < len(a) && a[i] <= value {
			i++
		}
		for j < len(b) && b[j] <= value {
			j++
		}
		distance = math.Max(distance, math.Abs(float64(i)/n-float64(j)/m))
	}
	root := math.Sqrt(n * m / (n + m))
	return distance, kolmogorov((root + 0.12 + 0.11/root) * distance)
}

// kolmogorov is the upper tail of Kolmogorov's distribution.
func kolmogorov(x float64) float64 {
	if x < 0.2 {
		return 1
	}
	sum, sign := 0.0, 1.0
	for k := 1.0; k <= 100; k++ {
		term := math.Exp(-2 * k * k * x * x)
		sum += sign * term
		sign = -sign
		if term < 1e-16 {
			break
		}
	}
	return math.Min(1, math.Max(0, 2*sum))
}
