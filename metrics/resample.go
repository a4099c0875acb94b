package metrics

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Range is an interval of a figure; Known is false where there is none.
type Range struct {
	Low, High float64
	Known     bool
}

// Intervals are the percentile bootstrap intervals of figures of the matrix, from draws
// resamples of its samples with replacement: each is one multinomial draw of the cells. Draws
// in which a figure is not a number are left out of it. There is none below five samples, or
// where too few draws have the figure.
func (c *Confusion) Intervals(figures []func(*Confusion) float64, level float64, draws int, seed uint64) []Range {
	out := make([]Range, len(figures))
	if c.Total() < 5 {
		return out
	}
	source, again := rand.NewPCG(seed, 0), NewConfusion(c.Classes)
	values := make([][]float64, len(figures))
	for range draws {
		c.resample(again, source)
		for i, figure := range figures {
			if v := figure(again); !math.IsNaN(v) {
				values[i] = append(values[i], v)
			}
		}
	}
	for i, list := range values {
		out[i] = percentiles(list, level, draws)
	}
	return out
}

// percentiles is the interval of a figure's resampled values; none where too few draws have it.
func percentiles(list []float64, level float64, draws int) Range {
	if len(list) < draws*9/10 {
		return Range{}
	}
	slices.Sort(list)
	at := func(p float64) float64 { return list[min(len(list)-1, int(p*float64(len(list))))] }
	return Range{at((1 - level) / 2), at((1 + level) / 2), true}
}

// ResampleIntervals are the percentile bootstrap intervals of figures of n samples: figures gets
// the places of the samples drawn with replacement, n of them, valid during the call, and gives
// all figures, always as many. As with Confusion.Intervals, values that are not a number are left out, and there
// is none below five samples.
func ResampleIntervals(n, draws int, level float64, seed uint64, figures func(drawn []int) []float64) []Range {
	source := rand.New(rand.NewPCG(seed, 1))
	drawn := make([]int, n)
	var values [][]float64
	for range draws {
		for i := range drawn {
			drawn[i] = source.IntN(n)
		}
		found := figures(drawn)
		if values == nil {
			values = make([][]float64, len(found))
		}
		for i, v := range found {
			if !math.IsNaN(v) {
				values[i] = append(values[i], v)
			}
		}
	}
	out := make([]Range, len(values))
	for i, list := range values {
		if n >= 5 {
			out[i] = percentiles(list, level, draws)
		}
	}
	return out
}

// resample fills a matrix with as many samples as c has, drawn from its cells.
func (c *Confusion) resample(to *Confusion, source rand.Source) {
	left, share := c.Total(), c.Total()
	for i, n := range c.Counts {
		to.Counts[i] = 0
		if n == 0 || left == 0 {
			continue
		}
		drawn := left
		if int(n) < share {
			drawn = int(distuv.Binomial{N: float64(left), P: float64(n) / float64(share), Src: source}.Rand())
		}
		to.Counts[i] = uint32(drawn)
		left, share = left-drawn, share-int(n)
	}
}
