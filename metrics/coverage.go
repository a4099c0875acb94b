package metrics

import (
	"cmp"
	"math"
	"slices"
)

// MCE is the maximum calibration error: the largest distance of accuracy from confidence over
// the bins that are not empty (Naeini, Cooper and Hauskrecht 2015).
func MCE(bins []Bin) float64 {
	most := 0.0
	for _, b := range bins {
		if b.Count > 0 {
			most = math.Max(most, math.Abs(b.Accuracy-b.Confidence))
		}
	}
	return most
}

// AdaptiveECE is the calibration error over bins of equally many samples in the order of their
// confidence (Nguyen and O'Connor 2015): bin i has those from ⌊i·n/bins⌋ to ⌊(i+1)·n/bins⌋.
// Samples of equal confidence count as the mean of all of them, so that their order is
// nothing. 0 without samples.
func AdaptiveECE(confidence []float32, correct []bool, bins int) float64 {
	list := byConfidence(confidence, correct)
	n, sum := len(list), 0.0
	for i := range bins {
		gap := 0.0
		for _, x := range list[i*n/bins : (i+1)*n/bins] {
			gap += x.right - x.confidence
		}
		sum += math.Abs(gap)
	}
	return meanOf(sum, n)
}

// RiskArea is the area under the risk–coverage curve (El-Yaniv and Wiener 2010; Geifman and
// El-Yaniv 2017): the mean, over k from 1 to n, of the share of wrong ones among the k samples
// of most confidence; equal ones count as the mean of them. 0 is best. 0 without samples.
func RiskArea(confidence []float32, correct []bool) float64 {
	list := byConfidence(confidence, correct)
	slices.Reverse(list)
	wrong, sum := 0.0, 0.0
	for i, x := range list {
		wrong += 1 - x.right
		sum += wrong / float64(i+1)
	}
	return meanOf(sum, len(list))
}

// answer is a sample's confidence, and the share of right ones among those of the same.
type answer struct{ confidence, right float64 }

// byConfidence sorts samples, the least confident first.
func byConfidence(confidence []float32, correct []bool) []answer {
	list := make([]answer, len(confidence))
	for i, c := range confidence {
		list[i].confidence = float64(c)
		if correct[i] {
			list[i].right = 1
		}
	}
	slices.SortFunc(list, func(a, b answer) int { return cmp.Compare(a.confidence, b.confidence) })
	for from := 0; from < len(list); {
		to, right := from, 0.0
		for ; to < len(list) && list[to].confidence == list[from].confidence; to++ {
			right += list[to].right
		}
		for i := from; i < to; i++ {
			list[i].right = right / float64(to-from)
		}
		from = to
	}
	return list
}
