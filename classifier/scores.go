package classifier

import "math"

// Score turns the logits of one sample into scores, in place of scores:
//
//   - logits, softmax: the softmax, which sums to 1 (of log-probabilities it
//     gives the probabilities back);
//   - sigmoid, sigmoid1: the sigmoid of each. A sigmoid1 model's two logits are −z
//     and z, so their scores are 1−p and p.
//
// The computation is in float64.
func Score(a Activation, logits, scores []float32) {
	if a == Sigmoid || a == Sigmoid1 {
		for i, v := range logits {
			scores[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
		return
	}
	top := math.Inf(-1)
	for _, v := range logits {
		top = math.Max(top, float64(v))
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	for i, v := range logits {
		scores[i] = float32(math.Exp(float64(v)-top) / sum)
	}
}

// smallest keeps the logarithm of a probability of 0 finite: it is the smallest
// normal float32.
const smallest = 0x1p-126

// logProbability turns a probability the model gave into a logit: log p, or the
// log-odds where the scores are sigmoids.
func logProbability(a Activation, p float32) float32 {
	v := math.Max(float64(p), smallest)
	if math.IsNaN(float64(p)) {
		return p
	}
	if a == Sigmoid || a == Sigmoid1 {
		return float32(math.Log(v) - math.Log(math.Max(1-float64(p), smallest)))
	}
	return float32(math.Log(v))
}

// finite reports whether no value is NaN or infinite.
func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
