package gradient

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// ExpectedGradients is the mean of Integrated Gradients over baselines drawn from
// the data, each estimated at random points of its line:
// mean of (x − x′)·∂f/∂x(x′ + a(x − x′)) over x′ from Request.Baselines and a from 0
// to 1 (Erion et al. 2021, "Improving performance of deep learning models with
// axiomatic attribution priors and expected gradients", equation 2; Captum's
// GradientShap). Its values add up to f(x) less the baselines' mean score, but for
// the noise of sampling: see Gap. To lessen that, baselines are taken in turn, in
// random order, and a is drawn once from each of Samples equal parts.
type ExpectedGradients struct {
	Samples int // points; 0 means 64
	attribution.Pixels
}

// Name is "expectedgradients".
func (ExpectedGradients) Name() string { return "expectedgradients" }

// Card describes the method.
func (ExpectedGradients) Card() attribution.Card {
	c := gradientCard(attribution.Card{
		Name: "expectedgradients", Title: "Expected Gradients",
		Description: "Integrated Gradients, compared with other images of the dataset instead of an empty one. Shows what makes this score differ from " +
			"the usual one. No colour is overlooked, as black is with a black baseline.",
		Cost: "64 runs forward and backward, about 2.3 forward runs each, and a forward run per baseline",
		Failures: "Sampled: another seed gives a somewhat different map, and the values add up only on average. Depends on the images compared with: " +
			"those of one class ask another question than all of them. Traces of the baselines' own shapes remain.",
		Paper: "Erion et al., Improving performance of deep learning models with axiomatic attribution priors and expected gradients, Nature Machine Intelligence 2021",
	})
	c.Options = append([]attribution.Option{
		{Name: "samples", Default: "64", Description: "points at which the gradient is taken"},
		{Name: "seed", Default: "0", Description: "the same seed gives the same map"},
	}, c.Options...)
	c.Streams, c.NeedsBaselines = true, true
	return c
}

// With sets samples, reduce or channels.
func (m ExpectedGradients) With(option, value string) (_ attribution.Method, err error) {
	if option == "samples" {
		m.Samples, err = setting.Count(value)
		return m, err
	}
	ok, err := m.Set(option, value)
	if !ok {
		err = setting.Unknown(m.Card())
	}
	return m, err
}

// ExplainBatch makes the maps of several samples at once.
func (m ExpectedGradients) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return backward.AllOf(len(rs), m.Name())(m.explain(ctx, s, rs, targets, progress))
}

func (m ExpectedGradients) explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error, error) {
	started := time.Now()
	if m.Samples <= 0 {
		m.Samples = 64
	}
	if err := checkBaselines(s, rs); err != nil {
		return nil, nil, err
	}
	p, errs, err := openProbes(ctx, s, rs, targets, m.Samples, progress)
	if err != nil {
		return nil, nil, err
	}
	before, err := baselineScores(ctx, s, rs, p.batch)
	if err != nil {
		return nil, nil, err
	}
	maps := make([][]*attribution.Map, len(rs))
	err = m.sample(ctx, p, rs, func(k int, draw []chord, sum []float64) {
		j := p.Jobs[k]
		r := rs[j.Sample]
		values, total, mean := make([]float32, len(sum)), 0.0, 0.0
		for i, v := range sum {
			values[i], total = float32(v), total+v
		}
		for _, c := range draw {
			mean += j.Target.Value(backward.Rows(before[j.Sample], c.baseline, len(r.Baselines))) / float64(len(draw))
		}
		made := r.NewPixelMap(m.Name(), j.Target, j.Score, s, m.Pixels, values, 1)
		made.Steps, made.BaselineScore, made.Gap = m.Samples, mean, completenessGap(total, j.Score, mean)
		made.Converged = made.Gap <= tolerated
		made.Evaluations = m.Samples + 1 + len(r.Baselines)
		maps[j.Sample] = append(maps[j.Sample], made)
	})
	backward.Share(maps, started, len(p.Jobs))
	return maps, errs, err
}

// tolerated is the completeness gap up to which a mean of samples counts as settled.
const tolerated = 0.1

func checkBaselines(s attribution.Scorer, rs []attribution.Request) error {
	for _, r := range rs {
		if len(r.Baselines) == 0 {
			return fmt.Errorf("%w: choose ig, which compares with an empty one, or give some", attribution.ErrNoBaselines)
		}
		for i, b := range r.Baselines {
			if err := (attribution.Request{Input: b}).Check(s); err != nil {
				return fmt.Errorf("image %d to compare with: %w", i+1, err)
			}
		}
	}
	return nil
}

// baselineScores runs every sample's baselines, once where samples share them.
func baselineScores(ctx context.Context, s attribution.Scorer, rs []attribution.Request, batch int) ([][]float32, error) {
	scores := make([][]float32, len(rs))
	for i, r := range rs {
		if i > 0 && &r.Baselines[0] == &rs[i-1].Baselines[0] && len(r.Baselines) == len(rs[i-1].Baselines) {
			scores[i] = scores[i-1]
			continue
		}
		for first := 0; first < len(r.Baselines); first += batch {
			n := min(batch, len(r.Baselines)-first)
			inputs := make([]float32, 0, n*s.InputLen())
			for _, b := range r.Baselines[first : first+n] {
				inputs = append(inputs, b...)
			}
			got, err := attribution.Scores(ctx, s, inputs, n)
			if err != nil {
				return nil, err
			}
			scores[i] = append(scores[i], got...)
		}
	}
	return scores, nil
}

// chord is a point on the line from a baseline to the sample.
type chord struct {
	baseline int
	share    float64 // of the way
}

// chords draws the points of a sample, from the seed alone.
func (m ExpectedGradients) chords(r attribution.Request) []chord {
	source := rand.New(rand.NewPCG(r.Seed, 77))
	order, parts := source.Perm(len(r.Baselines)), source.Perm(m.Samples)
	list := make([]chord, m.Samples)
	for i := range list {
		list[i] = chord{order[i%len(order)], (float64(parts[i]) + source.Float64()) / float64(m.Samples)}
	}
	return list
}

// sample takes the gradients of one job after another; done gets the points and
// the mean of gradient times way.
func (m ExpectedGradients) sample(ctx context.Context, p *probes, rs []attribution.Request, done func(job int, draw []chord, sum []float64)) error {
	draws := make([][]chord, len(rs))
	for i, r := range rs {
		draws[i] = m.chords(r)
	}
	at := func(k, i int, x []float32) {
		r, c := rs[p.Jobs[k].Sample], draws[p.Jobs[k].Sample][i]
		for v, to := range r.Input {
			from := float64(r.Baselines[c.baseline][v])
			x[v] = float32(from + c.share*(float64(to)-from))
		}
	}
	var sum []float64
	return p.run(ctx, p.all(), m.Samples, at, func(k, i int, gradient []float32) {
		if i == 0 {
			sum = make([]float64, p.length)
		}
		r, draw := rs[p.Jobs[k].Sample], draws[p.Jobs[k].Sample]
		from := r.Baselines[draw[i].baseline]
		cores.Pieces(len(sum), func(first, end int) {
			for v := first; v < end; v++ {
				sum[v] += (float64(r.Input[v]) - float64(from[v])) * float64(gradient[v]) / float64(m.Samples)
			}
		})
		if i == m.Samples-1 {
			done(k, draw, sum)
		}
	})
}
