package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
)

// HonestError is the expected calibration error of answers, and what to compare it with.
type HonestError struct {
	ECE       float64
	Low, High float64 // interval of 95 %
	Honest    float64 // the 95th percentile of the errors of honest answers
	P         float64 // how often honest answers have an error at least as large
}

// honestDraws is how many draws are taken of so many answers: the errors of many scatter little.
func honestDraws(answers int) int { return min(1000, max(200, 50_000_000/max(1, answers))) }

// Honest computes the calibration error (see ECE) in so many bins, its interval from resamples of
// the answers, and that of honest answers: with the same confidences, each right as often as it
// claims. Of few answers these have an error, too. The interval is the pivotal one (Davison &
// Hinkley 1997): resamples err upwards as the answers themselves do. All is NaN without answers.
func Honest(confidence []float32, correct []bool, bins int, seed uint64) HonestError {
	n := len(confidence)
	if n == 0 {
		nan := math.NaN()
		return HonestError{nan, nan, nan, nan, nan}
	}
	c := newCalibrator(confidence, bins)
	random := rand.New(rand.NewPCG(seed, 5))
	found := c.error(func(i int) (int, bool) { return i, correct[i] })
	draws := honestDraws(n)
	resampled, honest := make([]float64, draws), make([]float64, draws)
	atLeast := 1
	for d := range draws {
		resampled[d] = c.error(func(int) (int, bool) { i := random.IntN(n); return i, correct[i] })
		honest[d] = c.error(func(i int) (int, bool) { return i, random.Float64() < float64(confidence[i]) })
		if honest[d] >= found {
			atLeast++
		}
	}
	slices.Sort(resampled)
	slices.Sort(honest)
	at := func(sorted []float64, p float64) float64 { return sorted[int(math.Round(p*float64(draws-1)))] }
	return HonestError{
		ECE: found, Low: math.Min(found, math.Max(0, 2*found-at(resampled, 0.975))), High: math.Max(found, math.Min(1, 2*found-at(resampled, 0.025))),
		Honest: at(honest, 0.95), P: float64(atLeast) / float64(draws+1),
	}
}

// calibrator computes errors of the same answers many times.
type calibrator struct {
	confidence []float32
	bin        []int
	sum        []float64
}

func newCalibrator(confidence []float32, bins int) *calibrator {
	c := &calibrator{confidence: confidence, bin: make([]int, len(confidence)), sum: make([]float64, bins)}
	inner := Edges(0, 1, bins)[1:bins]
	for i, v := range confidence {
		c.bin[i], _ = slices.BinarySearch(inner, float64(v))
	}
	return c
}

// error is that of as many answers as there are; draw says which the i-th is, and whether it is
// right.
func (c *calibrator) error(draw func(i int) (int, bool)) float64 {
	clear(c.sum)
	for i := range c.confidence {
		j, right := draw(i)
		c.sum[c.bin[j]] += float64(c.confidence[j])
		if right {
			c.sum[c.bin[j]]--
		}
	}
	total := 0.0
	for _, s := range c.sum {
		total += math.Abs(s)
	}
	return total / float64(len(c.confidence))
}
