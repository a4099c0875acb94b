package trust

import (
	"fmt"
	"math"
)

// Level is the confidence of all intervals here.
const Level = 0.95

// Estimate is a mean over samples with its interval of confidence Level: Student's
// t, mean ± t·s/√n.
type Estimate struct {
	Mean  float64 `json:"mean"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Known bool    `json:"known"` // whether there is an interval: not of fewer than two values
	N     int     `json:"n"`     // values it is made of
	Red   int     `json:"red"`   // left out because a map was red
	Empty int     `json:"empty"` // left out because there was no value (NaN), such as a region the sample does not have
}

// Sample is one sample's figure, e.g. the share of its map on a region, and the
// verdict on the map it comes from. A NaN Value is none.
type Sample struct {
	Value   float64
	Verdict Verdict // empty if it was not judged
}

// Average aggregates a figure over samples, leaving red maps out and counting
// them.
func Average(samples []Sample) Estimate {
	var e Estimate
	var values []float64
	for _, s := range samples {
		switch {
		case s.Verdict == Red:
			e.Red++
		case math.IsNaN(s.Value):
			e.Empty++
		default:
			values = append(values, s.Value)
		}
	}
	return e.of(values)
}

// PairedDifference is the mean of a − b over samples that both measured, such as
// the shares of two models' maps on the same region of the same pictures. Pairs
// in which either map is red are left out and counted. The difference is
// established where the interval excludes 0. It is an error if the slices are of
// different lengths.
func PairedDifference(a, b []Sample) (Estimate, error) {
	if len(a) != len(b) {
		return Estimate{}, fmt.Errorf("paired difference of %d and %d samples", len(a), len(b))
	}
	pairs := make([]Sample, len(a))
	for i := range a {
		pairs[i].Value = a[i].Value - b[i].Value
		if a[i].Verdict == Red || b[i].Verdict == Red {
			pairs[i].Verdict = Red
		}
	}
	return Average(pairs), nil
}

// of fills in mean and interval.
func (e Estimate) of(values []float64) Estimate {
	e.N = len(values)
	n := float64(e.N)
	for _, v := range values {
		e.Mean += v / n
	}
	half := 0.0
	if e.Known = e.N > 1; e.Known {
		square := 0.0
		for _, v := range values {
			square += (v - e.Mean) * (v - e.Mean)
		}
		half = studentQuantile((1+Level)/2, n-1) * math.Sqrt(square/(n-1)/n)
	}
	e.Low, e.High = e.Mean-half, e.Mean+half
	return e
}

// Excludes0 says whether the interval lies wholly on one side of zero.
func (e Estimate) Excludes0() bool { return e.Known && (e.Low > 0 || e.High < 0) }
