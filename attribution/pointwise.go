package attribution

import (
	"context"
	"time"

	"github.com/sightline/sightline/autodiff"
)

// pointwise is a method that turns one gradient at the sample into values of the
// input's shape. Its functions are called from several goroutines.
type pointwise struct {
	name  string
	rules string                // names the rule set
	make  func() autodiff.Rules // gives it
	// values may use up the gradient.
	values func(r Request, gradient []float32) []float32
	// change is how far a value of the input can move, if values are slopes; 1 if
	// they are units of the score.
	change func(r Request) float64
	// finish, if set, adds to a map what its values tell.
	finish func(m *Map, values []float32)
	Pixels
}

// explain makes the maps of several samples at once.
func (p pointwise) explain(ctx context.Context, s Scorer, rs []Request, targets []Target) ([][]*Map, []error) {
	started := time.Now()
	maps := make([][]*Map, len(rs))
	b, gradients, errs, err := p.gradients(ctx, s, rs, targets)
	if err != nil {
		return maps, allFail(len(rs), p.name, err)
	}
	made := make([]*Map, len(b.jobs))
	onAllCores(len(b.jobs), func(k int) {
		j := b.jobs[k]
		r := rs[j.sample]
		values := p.values(r, gradients[k])
		made[k] = r.newPixelMap(p.name, j, s, p.Pixels, values, p.change(r))
		made[k].Evaluations = b.runs
		if p.finish != nil {
			p.finish(made[k], values)
		}
	})
	for k, j := range b.jobs {
		maps[j.sample] = append(maps[j.sample], made[k])
	}
	share(maps, started, len(b.jobs))
	return maps, errs
}

func (p pointwise) gradients(ctx context.Context, s Scorer, rs []Request, targets []Target) (*backwards, [][]float32, []error, error) {
	d, err := differentiable(s)
	if err != nil {
		return nil, nil, nil, err
	}
	program, err := wholeGradient(d, p.rules, p.make)
	if err != nil {
		return nil, nil, nil, err
	}
	return gradientOf(ctx, d, program, rs, targets)
}

// A pointKind tells one method of a single plain gradient from another.
type pointKind interface {
	card() Card
	values(r Request, gradient []float32) []float32
	change(r Request) float64
}

// Pointwise is a method of one gradient at the sample; see Gradient.
type Pointwise[K pointKind] struct{ Pixels }

func (Pointwise[K]) kind() K { var k K; return k }

// Name is the name on the kind's card.
func (m Pointwise[K]) Name() string { return m.kind().card().Name }

// Card describes the method.
func (m Pointwise[K]) Card() Card { return gradientCard(m.kind().card()) }

// gradientCard completes the card of a method of the gradient family.
func gradientCard(c Card) Card {
	c.Family, c.Interactive, c.NeedsGradient, c.Batched = "gradient", true, true, true
	c.Options = append(c.Options, pixelOptions...)
	return c
}

// With sets reduce or channels.
func (m Pointwise[K]) With(option, value string) (Method, error) {
	ok, err := m.set(option, value)
	if !ok {
		return m, unknown(m.Card())
	}
	return m, err
}

// ExplainBatch makes the maps of several samples at once.
func (m Pointwise[K]) ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target, _ func(Snapshot)) ([][]*Map, []error) {
	k := m.kind()
	return pointwise{name: m.Name(), rules: "plain", make: autodiff.Plain, values: k.values, change: k.change, Pixels: m.Pixels}.explain(ctx, s, rs, targets)
}

// Gradient is the slope of the explained score at every pixel, summed over
// channels with its sign (Simonyan, Vedaldi & Zisserman 2013, "Deep inside
// convolutional networks", who take the largest absolute value of a channel: the
// option reduce). Units: score per unit of the model's input.
type Gradient = Pointwise[plainGradient]

type plainGradient struct{}

func (plainGradient) card() Card {
	return Card{
		Name: "gradient", Title: "Gradient",
		Description: "How much the score would change if a pixel changed a little. Exact about the model at this picture, and the building block of finer methods.",
		Cost:        "1 run of the model forward and backward, about 2.3 forward runs",
		Failures:    "Noisy: deep networks are rough, so that neighbouring pixels have slopes of opposite sign. Says what would change the score, not what made it; zero where the score saturates.",
		Paper:       "Simonyan, Vedaldi & Zisserman, Deep inside convolutional networks, 2013",
	}
}

func (plainGradient) values(_ Request, gradient []float32) []float32 { return gradient }
func (plainGradient) change(r Request) float64                       { return inputRange(r.Input) }

// InputXGradient is the gradient times the input, value by value (Shrikumar et al.
// 2016, "Not just a black box"): the exact contribution in a linear model, with
// zero input as what it is compared with. Units: score.
type InputXGradient = Pointwise[inputXGradient]

type inputXGradient struct{}

func (inputXGradient) card() Card {
	return Card{
		Name: "inputxgradient", Title: "Input × gradient",
		Description: "The slope at every pixel times the pixel's value as the model sees it: what each pixel adds to the score if the model were linear.",
		Cost:        "1 run of the model forward and backward, about 2.3 forward runs",
		Failures:    "As noisy as the gradient. A pixel that is zero to the model (the training mean) gets nothing, whatever it means. Where the score saturates, slopes vanish though the evidence is there.",
		Paper:       "Shrikumar et al., Not just a black box: learning important features through propagating activation differences, 2016",
	}
}

func (inputXGradient) values(r Request, gradient []float32) []float32 {
	for i, v := range r.Input {
		gradient[i] *= v
	}
	return gradient
}

func (inputXGradient) change(Request) float64 { return 1 }

// inputRange is the largest less the smallest value of a checked input.
func inputRange(values []float32) float64 {
	low, high, _ := extent(values)
	return high - low
}
