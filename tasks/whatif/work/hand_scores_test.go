package work

import (
	"math"
	"testing"

	"github.com/sightline/sightline/classifier"
)

// What is told of a changed image are the scores and logits that the evaluation tells of the image as it is:
// scoreblock.Kind, by its definition of each end of a graph.
func TestScoresOfEveryEnd(t *testing.T) {
	logit := func(p float64) float32 { return float32(math.Log(p / (1 - p))) }
	ln := func(p float64) float32 { return float32(math.Log(p)) }
	for name, c := range map[string]struct {
		spec         classifier.Spec
		logits       []float32
		scores, told []float32
	}{
		"softmax":               {classifier.Spec{Activation: classifier.Softmax, LogitTensor: "z"}, []float32{ln(0.2) + 3, ln(0.8) + 3}, []float32{0.2, 0.8}, []float32{ln(0.2) + 3, ln(0.8) + 3}},
		"hidden softmax":        {classifier.Spec{Activation: classifier.Softmax}, []float32{ln(0.2), ln(0.8)}, []float32{0.2, 0.8}, []float32{ln(0.2), ln(0.8)}},
		"sigmoid":               {classifier.Spec{Activation: classifier.Sigmoid, LogitTensor: "z"}, []float32{logit(0.3), logit(0.9)}, []float32{0.3, 0.9}, []float32{logit(0.3), logit(0.9)}},
		"hidden sigmoid":        {classifier.Spec{Activation: classifier.Sigmoid}, []float32{logit(0.3), logit(0.9)}, []float32{0.3, 0.9}, []float32{ln(0.3), ln(0.9)}},
		"hidden single sigmoid": {classifier.Spec{Activation: classifier.Sigmoid1}, []float32{-logit(0.9), logit(0.9)}, []float32{0.1, 0.9}, []float32{ln(0.1), ln(0.9)}},
	} {
		scores := scoresOf(&c.spec, c.logits)
		told := told(&c.spec, c.logits, scores)
		for i := range scores {
			if math.Abs(float64(scores[i]-c.scores[i])) > 1e-6 || math.Abs(float64(told[i]-c.told[i])) > 1e-5 {
				t.Errorf("%s: %v, %v; want %v, %v", name, scores, told, c.scores, c.told)
			}
		}
	}
}
