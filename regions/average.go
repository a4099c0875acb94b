package regions

import "math"

// Averaged is what the rasters of many maps have in common, cell by cell.
type Averaged struct {
	N      int
	Mean   []float64
	Median []float64 // of an even number the mean of the two in the middle
	Spread []float64 // standard deviation, with n − 1; zeros for one map
}

// MeanOf is the mean of rasters of one grid, cell by cell; nil of none.
func MeanOf(rasters [][]float32) []float64 {
	if len(rasters) == 0 {
		return nil
	}
	mean := make([]float64, len(rasters[0]))
	for _, r := range rasters {
		for i, v := range r {
			mean[i] += float64(v)
		}
	}
	for i := range mean {
		mean[i] /= float64(len(rasters))
	}
	return mean
}

// Average puts rasters of one grid together. Every map weighs the same, however large its values.
func Average(rasters [][]float32) Averaged {
	a := Averaged{N: len(rasters), Mean: MeanOf(rasters)}
	if a.N == 0 {
		return a
	}
	a.Median, a.Spread = make([]float64, len(a.Mean)), make([]float64, len(a.Mean))
	values := make([]float32, a.N)
	for i, mean := range a.Mean {
		square := 0.0
		for k, r := range rasters {
			values[k] = r[i]
			square += (float64(r[i]) - mean) * (float64(r[i]) - mean)
		}
		a.Spread[i] = math.Sqrt(square / float64(max(1, a.N-1)))
		a.Median[i] = median(values)
	}
	return a
}

// median reorders the values.
func median(values []float32) float64 {
	n := len(values)
	upper := nth(values, n/2)
	if n%2 == 1 {
		return float64(upper)
	}
	lower := values[0] // the largest of those before the middle
	for _, v := range values[:n/2] {
		lower = max(lower, v)
	}
	return (float64(lower) + float64(upper)) / 2
}

// nth puts the value that would be at k, were they sorted, there, and what is not larger before
// it (Hoare, "Algorithm 65: find", 1961).
func nth(values []float32, k int) float32 {
	low, high := 0, len(values)-1
	for low < high {
		pivot, i, j := values[k], low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		if j < k {
			low = i
		}
		if i > k {
			high = j
		}
	}
	return values[k]
}

// Apart is how much of one distribution over cells would have to move to make it another, in
// [0, 1]: half of the sum of the differences (the total variation distance).
func Apart(raster []float32, mean []float64) float64 {
	sum := 0.0
	for i, v := range raster {
		sum += math.Abs(float64(v) - mean[i])
	}
	return sum / 2
}
