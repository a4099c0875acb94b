package stats

import (
	"math"
)

// FewestShares is the number of shares below which [ShareMean] gives no interval.
const FewestShares = 5

// endWeight is the weight of the two additional values, one at each end of [0, 1], in
// the interval of a mean share: that of Kerman's neutral prior of a proportion.
const endWeight = 1. / 3

// ShareMean is the mean of shares, numbers in [0, 1], with an interval that lies in
// [0, 1] by its construction and holds the true mean also where most shares are zero,
// for which Student's interval is far too narrow.
//
// It is the Bayesian bootstrap (Rubin 1981): the mean with random weights, of a
// Dirichlet distribution in which every share has weight 1, and, as no sample has
// seen all, the ends 0 and 1 have weight ⅓ each. The interval is from the 2.5th to
// the 97.5th percentile of that mean; where it lacks the mean of the shares itself, it
// is widened to it. Of shares that are all 0 or 1 it is the Bayesian interval of a
// proportion with the neutral prior Beta(⅓, ⅓) (Kerman 2011). No numbers are drawn:
// the percentiles come from a saddlepoint approximation. Fewer
// than [FewestShares] shares have no interval. docs/trust.md has its coverage.
func ShareMean(samples []Sample) Estimate {
	e, values := counted(samples)
	e.Low, e.High = e.Mean, e.Mean
	if e.Known = e.N >= FewestShares; !e.Known {
		return e
	}
	d := newDirichletMean(values, endWeight)
	e.Low = math.Min(e.Mean, d.quantile((1-Level)/2))
	e.High = math.Max(e.Mean, d.quantile((1+Level)/2))
	return e
}
