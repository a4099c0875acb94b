package attention

import (
	"context"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/setting"
	"github.com/sightline/sightline/autodiff"
)

// attended is a map made of a transformer's attention: one number per token, of
// which those of the image are shown on their grid.
type attended struct {
	name     string
	gradient bool // weigh attention by the score's gradient; else plain rollout
}

// explain makes the maps of several samples, one run per target.
func (m attended) explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target) ([][]*attribution.Map, []error) {
	started := time.Now()
	maps := make([][]*attribution.Map, len(rs))
	d, err := attribution.Inside(s)
	if err != nil {
		return maps, backward.Fail(len(rs), m.name, err)
	}
	found, program, err := m.open(d)
	if err != nil {
		return maps, backward.Fail(len(rs), m.name, err)
	}
	b, tokens, errs, err := backward.Gradients(ctx, d, program, rs, targets)
	if err != nil {
		return maps, backward.Fail(len(rs), m.name, err)
	}
	for k, j := range b.Jobs {
		v := found.view
		result := rs[j.Sample].NewMap(m.name, j.Target, j.Score, v.Width, v.Height, tokens[k][v.Skip:])
		result.ClassAgnostic = !m.gradient
		result.Evaluations, result.Seconds = b.Runs, time.Since(started).Seconds()/float64(len(b.Jobs))
		maps[j.Sample] = append(maps[j.Sample], result)
	}
	return maps, errs
}

// open finds the model's attention and makes the program from inputs and seeds
// to scores and one number per token.
func (m attended) open(d attribution.Differentiable) (*selfAttention, autodiff.Program, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, nil, err
	}
	_, _, _, layout := d.Shape()
	found, err := findAttention(g, layout)
	if err != nil {
		return nil, nil, err
	}
	program, err := d.Program(m.name, func(g *autodiff.Graph) (*autodiff.Recipe, error) { return m.recipe(g, found) })
	return found, program, err
}

// recipe is the model with the backward pass to its attention probabilities (for
// rollout only to the tokens the head reads) and the sum over all paths emitted
// behind it.
func (m attended) recipe(g *autodiff.Graph, found *selfAttention) (*autodiff.Recipe, error) {
	with := []string{found.last}
	if m.gradient {
		for _, l := range found.layers {
			with = append(with, l.probabilities)
		}
	}
	r, err := autodiff.Gradient(g.Model, autodiff.Options{Of: g.Scores, With: with})
	if err != nil {
		return nil, err
	}
	e := &emitter{r.Model.Graph.Edit()}
	read := e.readRows(r.Gradients[0])
	row := read
	for i := len(found.layers) - 1; i >= 0; i-- {
		l := found.layers[i]
		a := e.reshape(l.probabilities, -1, l.heads, found.tokens, found.tokens)
		if m.gradient {
			slope := e.reshape(r.Gradients[i+1], -1, l.heads, found.tokens, found.tokens)
			a = e.do("Relu", e.do("Mul", slope, a))
		}
		step := e.do("MatMul", row, e.over("ReduceMean", a, 1, 0))
		row = e.do("Add", row, step)
		if !m.gradient {
			row = e.do("Mul", row, e.number(0.5))
		}
	}
	if m.gradient { // what a token is to itself without attention speaks for nothing
		row = e.do("Sub", row, read)
	}
	out := e.reshape(row, -1, found.tokens)
	e.output(out)
	e.Graph.KeepOutputs(r.Of, out)
	return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: []string{r.Of, out}}, nil
}

// readRows emits the weights [N, 1, T] with which the head reads the tokens: equal
// ones for those with a gradient, which are the class token, or class and
// distillation tokens, or those a mean is taken of.
func (e *emitter) readRows(gradient string) string {
	size := e.over("ReduceMax", e.do("Abs", gradient), 2, 0)
	read := e.cast(e.do("Greater", size, e.number(0)))
	count := e.do("Max", e.over("ReduceSum", read, 1, 1), e.number(1))
	return e.unsqueeze(e.do("Div", read, count), 1)
}

// Attention follows what the class takes from every patch through all attention
// of a vision transformer (Chefer, Gur & Wolf 2021, "Generic attention-model
// explainability for interpreting bi-modal and encoder-decoder transformers",
// equations 5 and 6): R ← R + mean over heads of max(0, ∇A ⊙ A) · R, from R = I.
// The map is the row of the class token; where the head reads several tokens, or
// the mean of all, the mean of their rows, without the identity R starts from.
// Values are not negative and have no unit of the score.
type Attention struct{}

// Name is "attention".
func (Attention) Name() string { return "attention" }

// Card describes the method.
func (Attention) Card() attribution.Card {
	return attribution.Card{
		Name: "attention", Title: "Attention × gradient", Family: "attention",
		Description: "For vision transformers. Adds up over all layers from which patches the class was read. Counts only attention that raises the " +
			"score.",
		Cost: "1 run of the model forward and back to its first attention, about 2.5 forward runs",
		Failures: "Only for transformers in which every patch attends to every other (ViT, DeiT), not for windows (Swin). Says what speaks for the " +
			"class, never what speaks against it: no value is negative. Layers mix patches: late attention to a patch may be about its " +
			"neighbours.",
		Paper:       "Chefer, Gur & Wolf, Generic attention-model explainability, ICCV 2021",
		Interactive: true, NeedsGradient: true, Batched: true,
	}
}

// With refuses all options: there are none.
func (m Attention) With(string, string) (attribution.Method, error) {
	return m, setting.Unknown(m.Card())
}

// ExplainBatch makes the maps of several samples at once.
func (m Attention) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return attended{m.Name(), true}.explain(ctx, s, rs, targets)
}

// Rollout multiplies the attention of all layers, each mixed half and half with
// the identity for the residual connection (Abnar & Zuidema 2020, "Quantifying
// attention flow in transformers", heads averaged). It does not depend on the
// target.
type Rollout struct{}

// Name is "rollout".
func (Rollout) Name() string { return "rollout" }

// Card describes the method.
func (Rollout) Card() attribution.Card {
	return attribution.Card{
		Name: "rollout", Title: "Attention rollout", Family: "attention",
		Description: "For vision transformers. Shows how much of every patch reaches the class token through the attention of all layers, whatever the " +
			"class.",
		Cost: "1 run of the model",
		Failures: "The same map for every class: it shows where the model looks, not what for. Values and their signs are ignored: attention to " +
			"nothing in particular counts as much.",
		Paper:       "Abnar & Zuidema, Quantifying attention flow in transformers, ACL 2020",
		Interactive: true, NeedsGradient: true, Batched: true, ClassAgnostic: true,
	}
}

// With refuses all options: there are none.
func (m Rollout) With(string, string) (attribution.Method, error) {
	return m, setting.Unknown(m.Card())
}

// ExplainBatch makes the maps of several samples at once.
func (m Rollout) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return attended{m.Name(), false}.explain(ctx, s, rs, targets)
}

// NoAttentionError says why a model has no attention that could be followed.
type NoAttentionError struct{ Reason string }

// Unwrap says that another method may fit the model.
func (e *NoAttentionError) Unwrap() error { return attribution.ErrUnfit }

func (e *NoAttentionError) Error() string {
	return fmt.Sprintf("%s, so attention cannot be followed from the class to the patches: choose gradcam, gradient, occlusion or rise", e.Reason)
}
