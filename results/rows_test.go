package results

import (
	"math"
	"testing"

	"github.com/sightline/sightline/results/scoreblock"
)

// TestLossesOfSigmoids: log loss and Brier follow one convention: scores by themselves are not
// divided by their sum; the two scores of a single output add up to 1 and are a softmax's.
func TestLossesOfSigmoids(t *testing.T) {
	logit := func(p float64) float32 { return float32(math.Log(p / (1 - p))) }
	for name, c := range map[string]struct {
		kind           scoreblock.Kind
		row            []float32
		logLoss, brier float64
	}{
		"a sigmoid per class":   {scoreblock.SigmoidLogits, []float32{logit(0.2), logit(0.9), logit(0.9)}, -math.Log(0.2) - 2*math.Log(0.1), 0.64 + 2*0.81},
		"two classes by itself": {scoreblock.SigmoidLogits, []float32{logit(0.25), logit(0.5)}, -math.Log(0.25) - math.Log(0.5), 0.5625 + 0.25},
		"one output":            {scoreblock.SigmoidLogits, []float32{-logit(0.75), logit(0.75)}, -math.Log(0.25), 2 * 0.5625},
		"softmax":               {scoreblock.SoftmaxLogits, []float32{float32(math.Log(0.25)), float32(math.Log(0.75))}, -math.Log(0.25), 2 * 0.5625},
	} {
		scores := make([]float32, len(c.row))
		for i, v := range c.row {
			scores[i] = c.kind.Score(v, 0)
		}
		r := &predictionRows{all: []labelled{{sample: 1}}}
		r.add(0, c.kind, c.row, 0, scores)
		if math.Abs(r.logLoss[0]-c.logLoss) > 1e-5 || math.Abs(r.brier[0]-c.brier) > 1e-5 {
			t.Errorf("%s: log loss %v, Brier %v; want %v, %v", name, r.logLoss[0], r.brier[0], c.logLoss, c.brier)
		}
	}
}
