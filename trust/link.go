package trust

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/metrics"
)

// Link turns logits into the score of insertion and deletion curves, a
// probability.
type Link string

// The links.
const (
	Softmax Link = "softmax" // one class out of all: the softmax probability, as in RISE
	Sigmoid Link = "sigmoid" // classes that do not exclude each other: the class's own sigmoid
)

func (l Link) check() error {
	if l != "" && l != Softmax && l != Sigmoid {
		return fmt.Errorf("trust: link %q is none of softmax, sigmoid", l)
	}
	return nil
}

// score is the probability of a class; of a contrast, with minus ≥ 0, that of the
// class where only the two are possible: the sigmoid of the logits' difference.
// It lies in [0, 1] for every target, so that one rule of assessing fits all.
func (l Link) score(logits []float32, class, minus int) float64 {
	z := float64(logits[class])
	switch {
	case minus >= 0:
		return 1 / (1 + math.Exp(float64(logits[minus])-z))
	case l == Sigmoid:
		return 1 / (1 + math.Exp(-z))
	}
	return math.Exp(z - metrics.LogSumExp(logits))
}

// logOdds is the logit of the class's own score: the logarithm of its odds
// against everything else.
func (l Link) logOdds(logits []float32, class int) float64 {
	if l == Sigmoid {
		return float64(logits[class])
	}
	rest := make([]float32, 0, len(logits)-1)
	rest = append(append(rest, logits[:class]...), logits[class+1:]...)
	return float64(logits[class]) - metrics.LogSumExp(rest)
}
