package autodiff_test

import (
	"math"
	"testing"

	"github.com/sightline/sightline/autodiff"
)

// backwardGuided hands a gradient down as guided backpropagation or deconvnet do.
func (n *neuron) backwardGuided(deconvnet bool) {
	for i, f := range n.from {
		switch {
		case n.choose:
			if f.value == n.value {
				f.r += n.r
				return
			}
		case n.rectify:
			if n.value > 0 || deconvnet {
				f.r += math.Max(n.r, 0)
			}
		case n.weights != nil:
			f.r += n.weights[i] * n.r
		default:
			f.r += n.r
		}
	}
}

// TestGuidedEqualsNeurons compares both rule sets with gradients handed from
// neuron to neuron.
func TestGuidedEqualsNeurons(t *testing.T) {
	for name, rules := range map[string]autodiff.Rules{"guided": autodiff.Guided(), "deconvnet": autodiff.Deconvnet()} {
		for trial := range 8 {
			b, in, out := network(newDice(trial), oracleRules{}, false)
			x, class, _ := b.forward(in, out)
			for _, n := range append(b.order, in.at...) {
				n.r = 0
			}
			out.at[class].r = 1
			for i := len(b.order) - 1; i >= 0; i-- {
				b.order[i].backwardGuided(name == "deconvnet")
			}
			got := runRules(t, b.model(in, out), x, []int64{1, int64(in.c), int64(in.h), int64(in.w)}, len(out.at), class, rules)
			if d := distance(got, values(in)); !(d < 1e-5) {
				t.Errorf("%s, trial %d: off by %.2g", name, trial, d)
			}
		}
	}
}
