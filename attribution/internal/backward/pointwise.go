package backward

import (
	"context"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/autodiff"
)

// Pointwise is a method that turns one gradient at the sample into values of the
// input's shape. Its functions are called from several goroutines.
type Pointwise struct {
	Name  string
	Rules string                // names the rule set
	Make  func() autodiff.Rules // gives it
	// Values may use up the gradient.
	Values func(r attribution.Request, gradient []float32) []float32
	// Change is how far a value of the input can move, if values are slopes; 1 if
	// they are units of the score.
	Change func(r attribution.Request) float64
	// Finish, if set, adds to a map what its values tell.
	Finish func(m *attribution.Map, values []float32)
	attribution.Pixels
}

// Explain makes the maps of several samples at once.
func (p Pointwise) Explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target) ([][]*attribution.Map, []error) {
	started := time.Now()
	maps := make([][]*attribution.Map, len(rs))
	b, gradients, errs, err := p.gradients(ctx, s, rs, targets)
	if err != nil {
		return maps, Fail(len(rs), p.Name, err)
	}
	made := make([]*attribution.Map, len(b.Jobs))
	cores.Each(len(b.Jobs), func(k int) {
		j := b.Jobs[k]
		r := rs[j.Sample]
		values := p.Values(r, gradients[k])
		made[k] = r.NewPixelMap(p.Name, j.Target, j.Score, s, p.Pixels, values, p.Change(r))
		made[k].Evaluations = b.Runs
		if p.Finish != nil {
			p.Finish(made[k], values)
		}
	})
	for k, j := range b.Jobs {
		maps[j.Sample] = append(maps[j.Sample], made[k])
	}
	Share(maps, started, len(b.Jobs))
	return maps, errs
}

func (p Pointwise) gradients(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target) (*Passes, [][]float32, []error, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return nil, nil, nil, err
	}
	program, err := Whole(d, p.Rules, p.Make)
	if err != nil {
		return nil, nil, nil, err
	}
	return Gradients(ctx, d, program, rs, targets)
}

// InputRange is the largest less the smallest value of a checked input.
func InputRange(values []float32) float64 {
	low, high := values[0], values[0]
	for _, v := range values {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return float64(high) - float64(low)
}
