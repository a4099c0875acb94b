package backward

import (
	"context"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/autodiff"
)

// Whole is the program from inputs and seeds to scores and the gradient
// of the seeds' weighted sum of scores with respect to the inputs. rules names the
// rule set; make gives it.
func Whole(d attribution.Differentiable, rules string, make func() autodiff.Rules) (autodiff.Program, error) {
	return d.Program("gradient "+rules, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		r, err := autodiff.Gradient(g.Model, autodiff.Options{Of: g.Scores, With: []string{g.Input}, Rules: make()})
		if err != nil {
			return nil, err
		}
		return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: []string{r.Of, r.Gradients[0]}}, nil
	})
}

// Gradients returns, for the targets of several samples, what each target means
// and its gradient at the sample. Targets that a sample's Ranking tells are run
// at once and checked by the scores that come with the gradient; for the others
// the scores are asked first. errs has a sample's reason to have none.
func Gradients(ctx context.Context, d attribution.Differentiable, p autodiff.Program, rs []attribution.Request, targets []attribution.Target) (b *Passes, gradients [][]float32, errs []error, err error) {
	inputs, err := Gather(d, rs)
	if err != nil {
		return nil, nil, nil, err
	}
	scores, runs, err := rankedScores(ctx, d, rs, inputs)
	if err != nil {
		return nil, nil, nil, err
	}
	for {
		b, errs = New(d.Classes(), targets), make([]error, len(rs))
		for i, r := range rs {
			errs[i] = b.Add(i, Rows(scores, i, len(rs)), r.Truth)
		}
		b.Runs = runs
		if len(b.Jobs) == 0 {
			return b, nil, errs, nil
		}
		out, err := p.Run(ctx, len(b.Jobs), b.Repeat(inputs, len(rs)), b.Seeds)
		if err != nil {
			return nil, nil, nil, err
		}
		runs++
		if b.confirm(out[0], scores, rs) {
			for k := range b.Jobs {
				gradients = append(gradients, Rows(out[1], k, len(b.Jobs)))
			}
			b.Runs = runs
			return b, gradients, errs, nil
		}
	}
}

// rankedScores returns scores that have the order of the samples' rankings, or
// the model's own where a sample has no ranking.
func rankedScores(ctx context.Context, d attribution.Differentiable, rs []attribution.Request, inputs []float32) (scores []float32, runs int, err error) {
	scores = make([]float32, len(rs)*d.Classes())
	for i, r := range rs {
		if len(r.Ranking) < min(2, d.Classes()) {
			scores, err := attribution.Scores(ctx, d, inputs, len(rs))
			return scores, 1, err
		}
		row := Rows(scores, i, len(rs))
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
func (b *Passes) confirm(got, scores []float32, rs []attribution.Request) bool {
	right := true
	for k := range b.Jobs {
		j := &b.Jobs[k]
		row := Rows(got, k, len(b.Jobs))
		copy(Rows(scores, j.Sample, len(rs)), row)
		asked := b.Targets[j.Asked]
		resolved, err := attribution.Resolve(asked, row, rs[j.Sample].Truth)
		right = right && err == nil && resolved.Class == j.Target.Class && resolved.Minus == j.Target.Minus
		j.Score = j.Target.Value(row)
	}
	return right
}
