package attribution

import (
	"context"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
)

// wholeGradient is the program from inputs and seeds to scores and the gradient
// of the seeds' weighted sum of scores with respect to the inputs. rules names the
// rule set; make gives it.
func wholeGradient(d Differentiable, rules string, make func() autodiff.Rules) (autodiff.Program, error) {
	return d.Program("gradient "+rules, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		r, err := autodiff.Gradient(g.Model, autodiff.Options{Of: g.Scores, With: []string{g.Input}, Rules: make()})
		if err != nil {
			return nil, err
		}
		return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: []string{r.Of, r.Gradients[0]}}, nil
	})
}

// gradientOf returns, for the targets of several samples, what each target means
// and its gradient at the sample. Targets that a sample's Ranking tells are run
// at once and checked by the scores that come with the gradient; for the others
// the scores are asked first. errs has a sample's reason to have none.
func gradientOf(ctx context.Context, d Differentiable, p autodiff.Program, rs []Request, targets []Target) (b *backwards, gradients [][]float32, errs []error, err error) {
	inputs, err := gather(d, rs)
	if err != nil {
		return nil, nil, nil, err
	}
	scores, runs, err := rankedScores(ctx, d, rs, inputs)
	if err != nil {
		return nil, nil, nil, err
	}
	for {
		b, errs = newBackwards(d.Classes(), targets), make([]error, len(rs))
		for i, r := range rs {
			errs[i] = b.add(i, rows(scores, i, len(rs)), r.Truth)
		}
		b.runs = runs
		if len(b.jobs) == 0 {
			return b, nil, errs, nil
		}
		out, err := p.Run(ctx, len(b.jobs), b.repeat(inputs, len(rs)), b.seeds)
		if err != nil {
			return nil, nil, nil, err
		}
		runs++
		if b.confirm(out[0], scores, rs) {
			for k := range b.jobs {
				gradients = append(gradients, rows(out[1], k, len(b.jobs)))
			}
			b.runs = runs
			return b, gradients, errs, nil
		}
	}
}

// rankedScores returns scores that have the order of the samples' rankings, or
// the model's own where a sample has no ranking.
func rankedScores(ctx context.Context, d Differentiable, rs []Request, inputs []float32) (scores []float32, runs int, err error) {
	scores = make([]float32, len(rs)*d.Classes())
	for i, r := range rs {
		if len(r.Ranking) < min(2, d.Classes()) {
			scores, err := score(ctx, d, inputs, len(rs))
			return scores, 1, err
		}
		row := rows(scores, i, len(rs))
		for place, class := range r.Ranking {
			if class >= 0 && class < len(row) {
				row[class] = float32(len(r.Ranking) - place)
			}
		}
	}
	return scores, 0, nil
}

// confirm takes the scores that the jobs' run gave. It reports whether the jobs
// meant the right classes; if not, scores are set to run them again.
func (b *backwards) confirm(got, scores []float32, rs []Request) bool {
	right := true
	for k := range b.jobs {
		j := &b.jobs[k]
		row := rows(got, k, len(b.jobs))
		copy(rows(scores, j.sample, len(rs)), row)
		asked := b.targets[j.asked]
		resolved, err := Resolve(asked, row, rs[j.sample].Truth)
		right = right && err == nil && resolved.Class == j.target.Class && resolved.Minus == j.target.Minus
		j.score = j.target.Value(row)
	}
	return right
}

// pixels sums a gradient-like array over channels: one signed value per pixel.
func pixels(s Scorer, values []float32) []float32 {
	channels, height, width, layout := s.Shape()
	out := make([]float32, height*width)
	for i := range out {
		sum := 0.0
		for c := range channels {
			at := c*height*width + i
			if layout == imaging.NHWC {
				at = i*channels + c
			}
			sum += float64(values[at])
		}
		out[i] = float32(sum)
	}
	return out
}

// Gradient is the slope of the explained score at every pixel, summed over
// channels with its sign (Simonyan, Vedaldi & Zisserman 2013, "Deep inside
// convolutional networks", who take the largest absolute value of a channel).
// Units: score per unit of the model's input.
type Gradient struct{}

// Name is "gradient".
func (Gradient) Name() string { return "gradient" }

// Card describes the method.
func (Gradient) Card() Card {
	return Card{
		Name: "gradient", Title: "Gradient", Family: "gradient",
		Description: "How much the score would change if a pixel changed a little. Exact about the model at this picture, and the building block of finer methods.",
		Cost:        "1 run of the model forward and backward, about 2.3 forward runs",
		Failures:    "Noisy: deep networks are rough, so that neighbouring pixels have slopes of opposite sign. Says what would change the score, not what made it.",
		Paper:       "Simonyan, Vedaldi & Zisserman, Deep inside convolutional networks, 2013",
		Interactive: true, NeedsGradient: true,
	}
}

// With refuses all options: there are none.
func (m Gradient) With(string, string) (Method, error) { return m, unknown(m.Card()) }

// Explain makes one map.
func (m Gradient) Explain(ctx context.Context, s Scorer, r Request, progress func(Snapshot)) (*Map, error) {
	return single(ctx, m, s, r, progress)
}

// ExplainAll makes a map per target.
func (m Gradient) ExplainAll(ctx context.Context, s Scorer, r Request, targets []Target, _ func(Snapshot)) ([]*Map, error) {
	return one(m.ExplainBatch(ctx, s, []Request{r}, targets))
}

// ExplainBatch makes the maps of several samples at once.
func (m Gradient) ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target) ([][]*Map, []error) {
	return pointwise(ctx, m.Name(), s, rs, targets, func(_ Request, gradient []float32) []float32 { return gradient })
}

// pointwise makes the maps of methods that turn one gradient at the sample into
// values of the input's shape.
func pointwise(ctx context.Context, name string, s Scorer, rs []Request, targets []Target, values func(Request, []float32) []float32) ([][]*Map, []error) {
	started := time.Now()
	maps := make([][]*Map, len(rs))
	b, gradients, errs, err := func() (*backwards, [][]float32, []error, error) {
		d, err := differentiable(s)
		if err != nil {
			return nil, nil, nil, err
		}
		p, err := wholeGradient(d, "plain", autodiff.Plain)
		if err != nil {
			return nil, nil, nil, err
		}
		return gradientOf(ctx, d, p, rs, targets)
	}()
	if err != nil {
		return maps, allFail(len(rs), name, err)
	}
	_, height, width, _ := s.Shape()
	for k, j := range b.jobs {
		r := rs[j.sample]
		m := r.newMap(name, j.target, j.score, width, height, pixels(s, values(r, gradients[k])))
		m.Evaluations, m.Seconds = b.runs, time.Since(started).Seconds()/float64(len(b.jobs))
		maps[j.sample] = append(maps[j.sample], m)
	}
	return maps, errs
}

var _ Batched = Gradient{}
