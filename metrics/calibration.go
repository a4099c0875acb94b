package metrics

import (
	"math"
	"sort"
)

// Bin is one interval of confidence of a reliability diagram.
type Bin struct {
	Low, High  float64 // confidence in (Low, High]; 0 belongs to the first bin
	Count      int
	Correct    int
	Confidence float64 // mean confidence of its samples; 0 if it has none
	Accuracy   float64 // share of them that are right; 0 if it has none
}

// Calibration sorts samples by the confidence of their prediction into bins of
// equal width over [0, 1]. A confidence on an edge belongs to the lower bin, as
// in scikit-learn's calibration_curve(strategy="uniform") and in Guo et al. 2017.
func Calibration(confidence []float32, correct []bool, bins int) []Bin {
	edges := Edges(0, 1, bins)
	result := make([]Bin, bins)
	for i := range result {
		result[i].Low, result[i].High = edges[i], edges[i+1]
	}
	inner := edges[1:bins]
	for i, c := range confidence {
		b := &result[sort.SearchFloat64s(inner, float64(c))]
		b.Count++
		b.Confidence += float64(c)
		if correct[i] {
			b.Correct++
		}
	}
	for i := range result {
		b := &result[i]
		b.Confidence = meanOf(b.Confidence, b.Count)
		b.Accuracy = ratio(b.Correct, b.Count)
	}
	return result
}

// ECE is the expected calibration error of the bins: the mean over samples of
// |accuracy − confidence| of their bin (Naeini et al. 2015; Guo et al. 2017), in
// [0, 1]. 0 without samples.
func ECE(bins []Bin) float64 {
	sum, n := 0.0, 0
	for _, b := range bins {
		sum += float64(b.Count) * math.Abs(b.Accuracy-b.Confidence)
		n += b.Count
	}
	return meanOf(sum, n)
}

// Edges are bins+1 evenly spaced numbers from low to high, computed as NumPy's
// linspace does, so that a value on an edge falls to the same side.
func Edges(low, high float64, bins int) []float64 {
	step := (high - low) / float64(bins)
	edges := make([]float64, bins+1)
	for i := range edges {
		edges[i] = low + float64(i)*step
	}
	edges[bins] = high
	return edges
}

// Histogram counts the values in bins of equal width over [low, high]. A bin
// holds its lower edge and not its upper one, the last bin holds both, as
// numpy.histogram; values outside and NaN are not counted.
func Histogram(values []float32, low, high float64, bins int) []int {
	edges := Edges(low, high, bins)
	counts := make([]int, bins)
	for _, v := range values {
		x := float64(v)
		if !(x >= low && x <= high) {
			continue
		}
		i := sort.Search(bins-1, func(i int) bool { return edges[i+1] > x })
		counts[i]++
	}
	return counts
}
