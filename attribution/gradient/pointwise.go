package gradient

import (
	"context"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/setting"
	"github.com/sightline/sightline/autodiff"
)

// A pointKind tells one method of a single plain gradient from another.
type pointKind interface {
	card() attribution.Card
	values(r attribution.Request, gradient []float32) []float32
	change(r attribution.Request) float64
}

// Pointwise is a method of one gradient at the sample; see Gradient.
type Pointwise[K pointKind] struct{ attribution.Pixels }

func (Pointwise[K]) kind() K { var k K; return k }

// Name is the name on the kind's card.
func (m Pointwise[K]) Name() string { return m.kind().card().Name }

// Card describes the method.
func (m Pointwise[K]) Card() attribution.Card { return gradientCard(m.kind().card()) }

// gradientCard completes the card of a method of the gradient family.
func gradientCard(c attribution.Card) attribution.Card {
	c.Family, c.Interactive, c.NeedsGradient, c.Batched = "gradient", true, true, true
	c.Options = append(c.Options, attribution.PixelOptions()...)
	return c
}

// With sets reduce or channels.
func (m Pointwise[K]) With(option, value string) (attribution.Method, error) {
	ok, err := m.Set(option, value)
	if !ok {
		return m, setting.Unknown(m.Card())
	}
	return m, err
}

// ExplainBatch makes the maps of several samples at once.
func (m Pointwise[K]) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	k := m.kind()
	return backward.Pointwise{Name: m.Name(), Rules: "plain", Make: autodiff.Plain, Values: k.values, Change: k.change, Pixels: m.Pixels}.Explain(ctx, s, rs, targets)
}

// Gradient is the slope of the explained score at every pixel, summed over
// channels with its sign (Simonyan, Vedaldi & Zisserman 2013, "Deep inside
// convolutional networks", who take the largest absolute value of a channel: the
// option reduce). Units: score per unit of the model's input.
type Gradient = Pointwise[plainGradient]

type plainGradient struct{}

func (plainGradient) card() attribution.Card {
	return attribution.Card{
		Name: "gradient", Title: "Gradient",
		Description: "How much the score would change if a pixel changed a little. Exact about the model at this image, and the building block of finer " +
			"methods.",
		Cost: "1 run of the model forward and backward, about 2.3 forward runs",
		Failures: "Noisy: deep networks are rough, and neighbouring pixels have slopes of opposite sign. Says what would change the score, not what " +
			"made it. Zero where the score saturates.",
		Paper: "Simonyan, Vedaldi & Zisserman, Deep inside convolutional networks, 2013",
	}
}

func (plainGradient) values(_ attribution.Request, gradient []float32) []float32 { return gradient }
func (plainGradient) change(r attribution.Request) float64                       { return backward.InputRange(r.Input) }

// InputXGradient is the gradient times the input, value by value (Shrikumar et al.
// 2016, "Not just a black box"): the exact contribution in a linear model, with
// zero input as what it is compared with. Units: score.
type InputXGradient = Pointwise[inputXGradient]

type inputXGradient struct{}

func (inputXGradient) card() attribution.Card {
	return attribution.Card{
		Name: "inputxgradient", Title: "Input × gradient",
		Description: "The slope at every pixel times the pixel's value as the model sees it. That is what each pixel would add to the score if the " +
			"model were linear.",
		Cost: "1 run of the model forward and backward, about 2.3 forward runs",
		Failures: "As noisy as the gradient. A pixel that is zero to the model (the training mean) gets nothing, whatever it means. Where the score " +
			"saturates, slopes vanish although the object is there.",
		Paper: "Shrikumar et al., Not just a black box: learning important features through propagating activation differences, 2016",
	}
}

func (inputXGradient) values(r attribution.Request, gradient []float32) []float32 {
	for i, v := range r.Input {
		gradient[i] *= v
	}
	return gradient
}

func (inputXGradient) change(attribution.Request) float64 { return 1 }
