package attribution

import (
	"context"

	"github.com/sightline/sightline/autodiff"
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
