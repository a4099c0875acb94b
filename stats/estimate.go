package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Level is the confidence of all intervals of an [Estimate].
const Level = 0.95

// Estimate is a mean over samples with its interval of confidence [Level].
type Estimate struct {
	Mean    float64 `json:"mean"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Known   bool    `json:"known"` // whether there is an interval: not of too few values
	N       int     `json:"n"`     // values it is made of
	LeftOut int     `json:"red"`   // left out by whoever asked, such as those of red maps
	Empty   int     `json:"empty"` // left out because there was no value (NaN), such as a region the sample does not have
}

// Sample is one sample's figure, e.g. the share of its map on a region. A NaN Value
// is none; LeftOut says that it must not count, e.g. because the map it comes from
// is red.
type Sample struct {
	Value   float64
	LeftOut bool
}

// Mean aggregates a figure over samples, leaving out and counting those that must
// not count. Its interval is Student's, mean ± t·s/√n, of two values or more.
func Mean(samples []Sample) Estimate {
	e, values := counted(samples)
	n := float64(e.N)
	half := 0.0
	if e.Known = e.N > 1; e.Known {
		square := 0.0
		for _, v := range values {
			square += (v - e.Mean) * (v - e.Mean)
		}
		half = StudentQuantile((1+Level)/2, n-1) * math.Sqrt(square/(n-1)/n)
	}
	e.Low, e.High = e.Mean-half, e.Mean+half
	return e
}

// counted returns the values that count, and an estimate with their mean and the
// numbers of values and of those that do not count.
func counted(samples []Sample) (e Estimate, values []float64) {
	for _, s := range samples {
		switch {
		case s.LeftOut:
			e.LeftOut++
		case math.IsNaN(s.Value):
			e.Empty++
		default:
			values = append(values, s.Value)
		}
	}
	e.N = len(values)
	for _, v := range values {
		e.Mean += v / float64(e.N)
	}
	return e, values
}

// PairedDifference is the mean of a − b over samples that both measured, such as
// the shares of two models' maps on the same region of the same images, with
// Student's interval. Pairs of which either is left out are left out and counted.
// The difference is established where the interval excludes 0. It is an error if
// the slices are of different lengths.
func PairedDifference(a, b []Sample) (Estimate, error) {
	if len(a) != len(b) {
		return Estimate{}, fmt.Errorf("paired difference of %d and %d samples", len(a), len(b))
	}
	pairs := make([]Sample, len(a))
	for i := range a {
		pairs[i] = Sample{a[i].Value - b[i].Value, a[i].LeftOut || b[i].LeftOut}
	}
	return Mean(pairs), nil
}

// Excludes0 says whether the interval lies wholly on one side of zero.
func (e Estimate) Excludes0() bool { return e.Known && (e.Low > 0 || e.High < 0) }

// StudentQuantile is the value below which Student's t distribution with that many
// degrees of freedom, at least 1, lies with probability p in (0, 1).
func StudentQuantile(p, freedom float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(p)
}
