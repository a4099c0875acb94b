package trust

import "math"

// studentQuantile is the value below which Student's t distribution with that
// many degrees of freedom lies with probability p in (0.5, 1).
func studentQuantile(p, freedom float64) float64 {
	low, high := 0.0, 1.0
	for student(high, freedom) < p {
		high *= 2
	}
	for range 100 {
		middle := (low + high) / 2
		if student(middle, freedom) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// student is the distribution function for t ≥ 0: 1 − I(ν/(ν+t²); ν/2, ½)/2.
func student(t, freedom float64) float64 {
	return 1 - incompleteBeta(freedom/(freedom+t*t), freedom/2, 0.5)/2
}

// incompleteBeta is the regularised incomplete beta function I(x; a, b), from
// the side on which its continued fraction converges fast.
func incompleteBeta(x, a, b float64) float64 {
	switch {
	case x <= 0 || x >= 1:
		return math.Max(0, math.Min(1, x))
	case x > (a+1)/(a+b+2):
		return 1 - betaFraction(1-x, b, a)
	}
	return betaFraction(x, a, b)
}

// betaFraction is I(x; a, b) by Abramowitz & Stegun 26.5.8: a factor over
// 1 + d₁/(1 + d₂/(1 + …)), evaluated from far enough inside.
func betaFraction(x, a, b float64) float64 {
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	fraction := 1.0
	for m := 200; m > 0; m-- {
		k := float64(m / 2)
		d := k * (b - k) * x / ((a + 2*k - 1) * (a + 2*k))
		if m%2 == 1 {
			d = -(a + k) * (a + b + k) * x / ((a + 2*k) * (a + 2*k + 1))
		}
		fraction = 1 + d/fraction
	}
	return front / fraction
}
