package stats

import "math"

// Wilson returns the Wilson score interval of a proportion (Wilson 1927): the
// range of true shares that agree with `successes` out of `n` at the given
// confidence level, such as 0.95. It stays inside [0, 1] and is honest for small
// n, where p ± 1.96·√(p(1−p)/n) is not. For n = 0 it is [0, 1].
func Wilson(successes, n int, level float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	z := math.Sqrt2 * math.Erfinv(level)
	p, m := float64(successes)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	below := 1 + z*z/m
	low, high = (centre-half)/below, (centre+half)/below
	if successes == 0 {
		low = 0 // exactly, not up to rounding
	}
	if successes == n {
		high = 1
	}
	return low, high
}
