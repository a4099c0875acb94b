package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Bootstrap is the distribution of a figure over resamples of its values (Efron 1979),
// from which intervals come for figures that have no formula, such as medians and
// ratios. For means of few or of skewed values prefer [Mean] and [ShareMean].
type Bootstrap struct {
	figure  float64   // of the values themselves
	draws   []float64 // of the resamples, ascending
	without []float64 // of the values without each in turn
}

// NewBootstrap computes a figure of the values, and of so many resamples, as many values
// drawn with replacement; 2,000 are enough for intervals of 95 %. The same seed gives
// the same resamples. figure must not keep or change what it is given.
func NewBootstrap(values []float64, figure func([]float64) float64, draws int, seed uint64) *Bootstrap {
	b := &Bootstrap{figure: figure(values), draws: make([]float64, draws), without: make([]float64, len(values))}
	r := rand.New(rand.NewPCG(seed, 0))
	resample := make([]float64, len(values))
	for d := range b.draws {
		for i := range resample {
			resample[i] = values[r.IntN(len(values))]
		}
		b.draws[d] = figure(resample)
	}
	slices.Sort(b.draws)
	for i := range values {
		b.without[i] = figure(append(append(resample[:0], values[:i]...), values[i+1:]...))
	}
	return b
}

// Percentile is the interval between percentiles of the resamples' figures.
func (b *Bootstrap) Percentile(level float64) (low, high float64) {
	return quantileOf(b.draws, (1-level)/2), quantileOf(b.draws, (1+level)/2)
}

// BCa is the bias-corrected and accelerated interval (Efron 1987): percentiles that are
// moved by how many resamples lie below the figure, and by how skewed its change is when
// single values are left out. Where all resamples give the figure itself, so does it.
func (b *Bootstrap) BCa(level float64) (low, high float64) {
	if len(b.draws) == 0 || b.draws[0] == b.draws[len(b.draws)-1] {
		return b.figure, b.figure
	}
	normal := distuv.UnitNormal
	bias, acceleration := normal.Quantile(b.below()), b.acceleration()
	moved := func(p float64) float64 {
		z := bias + normal.Quantile(p)
		return quantileOf(b.draws, normal.CDF(bias+z/(1-acceleration*z)))
	}
	return moved((1 - level) / 2), moved((1 + level) / 2)
}

// below is the share of the draws below the figure, those equal to it counting half.
func (b *Bootstrap) below() float64 {
	less, equal := 0, 0
	for _, d := range b.draws {
		switch {
		case d < b.figure:
			less++
		case d == b.figure:
			equal++
		}
	}
	return (float64(less) + float64(equal)/2) / float64(len(b.draws))
}

// acceleration is a sixth of the skewness of the jackknife's influences.
func (b *Bootstrap) acceleration() float64 {
	mean := 0.0
	for _, v := range b.without {
		mean += v / float64(len(b.without))
	}
	square, cube := 0.0, 0.0
	for _, v := range b.without {
		square += (mean - v) * (mean - v)
		cube += (mean - v) * (mean - v) * (mean - v)
	}
	if square == 0 {
		return 0
	}
	return cube / (6 * math.Pow(square, 1.5))
}

// quantileOf is the value at share p of ascending values, linear between neighbours
// (type 7 of Hyndman & Fan 1996, NumPy's default).
func quantileOf(sorted []float64, p float64) float64 {
	at := math.Min(1, math.Max(0, p)) * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
