package trust

import "slices"

// AUC is the areas under the two curves of one map.
type AUC struct {
	Insertion  float64 `json:"insertion"`  // in [0, 1]; the higher the better
	Deletion   float64 `json:"deletion"`   // in [0, 1]; the lower the better
	Difference float64 `json:"difference"` // Insertion − Deletion, in [−1, 1]: what maps are compared by
}

// Curves is the score after each step, for a map's two curves.
type Curves struct {
	AUC       `json:"auc"`
	Inserting []float64 `json:"inserting,omitempty"` // from the blurred image to the untouched one
	Deleting  []float64 `json:"deleting,omitempty"`  // from the untouched image to the hidden one
}

// Bands is the spread of several curves, point by point.
type Bands struct {
	Inserting Band `json:"inserting"`
	Deleting  Band `json:"deleting"`
}

// Band is, for each point, percentiles of curves: the 5th, 50th and 95th.
type Band struct {
	Low    []float64 `json:"low,omitempty"`
	Median []float64 `json:"median,omitempty"`
	High   []float64 `json:"high,omitempty"`
}

func (c *Curves) integrate(shares []float64) {
	c.Insertion = trapezoid(shares, c.Inserting)
	c.Deletion = trapezoid(shares, c.Deleting)
	c.Difference = c.Insertion - c.Deletion
}

// trapezoid is the area under y over x by straight lines between the points, the
// definition of the RISE authors' notebook where the points are equally spaced.
func trapezoid(x, y []float64) float64 {
	area := 0.0
	for i := 1; i < len(x); i++ {
		area += (x[i] - x[i-1]) * (y[i] + y[i-1]) / 2
	}
	return area
}

func bands(curves []Curves) Bands {
	inserting, deleting := make([][]float64, len(curves)), make([][]float64, len(curves))
	for i, c := range curves {
		inserting[i], deleting[i] = c.Inserting, c.Deleting
	}
	return Bands{band(inserting), band(deleting)}
}

func band(curves [][]float64) Band {
	var b Band
	column := make([]float64, len(curves))
	for point := range curves[0] {
		for i, c := range curves {
			column[i] = c[point]
		}
		low, high := tails(column)
		b.Low, b.High = append(b.Low, low), append(b.High, high)
		b.Median = append(b.Median, median(column))
	}
	return b
}

// tails are the 5th and the 95th percentile of a sample, the latter such that one
// more value of the same origin lies above it with a chance of at most 5 %,
// exactly: the k-th smallest of n with k = ⌈0.95·(n+1)⌉, for n = 20 the largest.
// The 5th percentile mirrors it. At least 19 values.
func tails(values []float64) (low, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	above := (n + 1) / 20 // values allowed above the percentile, plus one
	return sorted[above-1], sorted[n-above]
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
