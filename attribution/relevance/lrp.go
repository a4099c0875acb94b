package relevance

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/setting"
	"github.com/sightline/sightline/autodiff"
)

// composites are the rule sets LRP offers: name, rules for given γ and ε.
var composites = []struct {
	name string
	make func(gamma, epsilon float64) autodiff.Composite
}{
	{"epsilon-gamma-flat", func(gamma, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.Gamma(gamma), First: autodiff.Flat()}
	}},
	{"epsilon-plus-flat", func(_, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.ZPlus(), First: autodiff.Flat()}
	}},
	{"epsilon-plus", func(_, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.ZPlus()}
	}},
	{"alpha2-beta1", func(_, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.AlphaBeta(2, 1)}
	}},
	{"alpha2-beta1-flat", func(_, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.AlphaBeta(2, 1), First: autodiff.Flat()}
	}},
	{"zplus", func(float64, float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.ZPlus(), Conv: autodiff.ZPlus()}
	}},
	{"epsilon", func(_, epsilon float64) autodiff.Composite {
		return autodiff.Composite{Dense: autodiff.Epsilon(epsilon), Conv: autodiff.Epsilon(epsilon)}
	}},
}

// LRP is layer-wise relevance propagation (Bach et al. 2015, "On pixel-wise
// explanations for non-linear classifier decisions by layer-wise relevance
// propagation"; composites: Montavon et al. 2019, Kohlbrenner et al. 2020): every layer hands the
// score it is given down to its inputs, in shares of what they contributed. Values
// are in units of the score, and sum to it less what biases keep: Map.Gap is that
// share. What rules do is told by autodiff.Relevance.
type LRP struct {
	Composite string   // "" is epsilon-gamma-flat
	Gamma     *float64 // of γ-rules; nil is 0.25
	Epsilon   *float64 // of ε-rules; nil is 1e-6
	attribution.Pixels
}

// Name is "lrp".
func (LRP) Name() string { return "lrp" }

// Card describes the method.
func (LRP) Card() attribution.Card {
	return attribution.Card{
		Name: "lrp", Title: "Relevance (LRP)", Family: "relevance",
		Description: "Passes the class's score back through the layers to the pixels. Each input of a layer gets the share that it contributed. Fine, " +
			"with little noise, in units of the score.",
		Cost: "as much as 5 forward runs on ResNet-18, 14 on MobileNetV2 (whose layers have values of either sign), 2 on a vision transformer",
		Failures: "The map depends on the rules as much as on the model. γ, z⁺ and αβ favour what speaks for the class; z⁺ hardly tells classes " +
			"apart (Sixt et al. 2020). Biases keep a part of the score (the gap), with batch normalisation nearly all of it: do not compare " +
			"sums between models. Gates, as in squeeze and excitation or attention, count as constants.",
		Paper:       "Bach et al., On pixel-wise explanations, PLOS ONE 2015; composites: Montavon et al., Layer-wise relevance propagation: an overview, 2019",
		Interactive: true, NeedsGradient: true, Batched: true,
		Options: append([]attribution.Option{
			{Name: "composite", Default: composites[0].name, Description: "the rules for dense layers, convolutions and the first layer: " + compositeNames()},
			{Name: "gamma", Default: "0.25", Description: "how much more the contributions of a result's own sign count, in epsilon-gamma-flat"},
			{Name: "epsilon", Default: "1e-06", Description: "what small results of dense layers are damped by, in units of the result"},
		}, attribution.PixelOptions()...),
	}
}

func compositeNames() string {
	var names []string
	for _, c := range composites {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// With sets composite, gamma or epsilon.
func (m LRP) With(option, value string) (attribution.Method, error) {
	switch option {
	case "composite":
		m.Composite = value
		_, _, err := m.rules()
		return m, err
	case "gamma", "epsilon":
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(v >= 0) || v > 1e6 {
			return m, fmt.Errorf("must be a number from 0 to 1000000")
		}
		if option == "gamma" {
			m.Gamma = &v
		} else {
			m.Epsilon = &v
		}
		return m, nil
	}
	ok, err := m.Set(option, value)
	if !ok {
		return m, setting.Unknown(m.Card())
	}
	return m, err
}

// rules returns the composite, and a name that tells all of it.
func (m LRP) rules() (autodiff.Composite, string, error) {
	gamma, epsilon, name := 0.25, 1e-6, composites[0].name
	if m.Gamma != nil {
		gamma = *m.Gamma
	}
	if m.Epsilon != nil {
		epsilon = *m.Epsilon
	}
	if m.Composite != "" {
		name = m.Composite
	}
	for _, c := range composites {
		if c.name == name {
			return c.make(gamma, epsilon), fmt.Sprintf("lrp %s γ=%g ε=%g", name, gamma, epsilon), nil
		}
	}
	return autodiff.Composite{}, "", fmt.Errorf("there is no composite %q: choose one of %s", name, compositeNames())
}

// ExplainBatch makes the maps of several samples at once.
func (m LRP) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	composite, name, err := m.rules()
	if err != nil {
		return make([][]*attribution.Map, len(rs)), backward.Fail(len(rs), m.Name(), err)
	}
	return backward.Pointwise{
		Name: m.Name(), Rules: name, Make: func() autodiff.Rules { return autodiff.Relevance(composite) },
		Values: func(_ attribution.Request, relevance []float32) []float32 { return relevance },
		Change: func(attribution.Request) float64 { return 1 },
		// The sum is that of the relevance, whatever is shown of it.
		Finish: func(made *attribution.Map, relevance []float32) {
			made.Gap = gap(made.Score, total(relevance))
			made.Converged = math.Abs(made.Gap) <= tolerated
		},
		Pixels: m.Pixels,
	}.Explain(ctx, s, rs, targets)
}

// tolerated is the share of the score that may be lost on the way for the values to count as its parts.
const tolerated = 0.05

// gap is what a sum lacks of the score, as a share of it: 0 where all of it was
// handed down.
func gap(score, sum float64) float64 {
	if score == 0 {
		return 0
	}
	return (score - sum) / score
}

func total(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v)
	}
	return sum
}
