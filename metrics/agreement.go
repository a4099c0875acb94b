package metrics

import "math"

// Kappa is Cohen's kappa, (observed − expected) ÷ (1 − expected) agreement of labels and
// predictions, as scikit-learn's cohen_kappa_score: no decision is a prediction of its own,
// which no label is. NaN where chance alone agrees always: one class, or no samples.
func (c *Confusion) Kappa() float64 {
	n, chance := float64(c.Total()), 0.0
	for _, k := range c.PerClass() {
		chance += float64(k.Support) * float64(k.Predicted)
	}
	chance /= n * n
	if n == 0 || chance == 1 {
		return math.NaN()
	}
	return (float64(c.Correct())/n - chance) / (1 - chance)
}

// MCC is the correlation of labels and predictions over all classes (Gorodkin 2004, R_K), for
// two classes Matthews' coefficient, as scikit-learn's matthews_corrcoef: 0 where all labels,
// or all predictions, are one class. No decision is a prediction of its own.
func (c *Confusion) MCC() float64 {
	n := float64(c.Total())
	both, labels, predictions := float64(c.Correct())*n, n*n, n*n
	for _, k := range c.PerClass() {
		s, p := float64(k.Support), float64(k.Predicted)
		both -= s * p
		labels -= s * s
		predictions -= p * p
	}
	undecided := float64(c.Undecided())
	predictions -= undecided * undecided
	if labels*predictions == 0 {
		return 0
	}
	return both / math.Sqrt(labels*predictions)
}

// MacroFBeta and WeightedFBeta are the means of FBeta over the classes that occur, and by
// support, as scikit-learn's fbeta_score.
func (c *Confusion) MacroFBeta(beta float64) float64 {
	return c.meanOf(beta, func(k Class) float64 {
		if k.Present() {
			return 1
		}
		return 0
	})
}

// WeightedFBeta is the mean of FBeta weighted by support.
func (c *Confusion) WeightedFBeta(beta float64) float64 {
	return c.meanOf(beta, func(k Class) float64 { return float64(k.Support) })
}

func (c *Confusion) meanOf(beta float64, weight func(Class) float64) float64 {
	sum, weights := 0.0, 0.0
	for _, k := range c.PerClass() {
		sum += weight(k) * k.FBeta(beta)
		weights += weight(k)
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}
