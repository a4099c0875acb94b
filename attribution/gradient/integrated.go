package gradient

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// IntegratedGradients adds up the gradient along the straight line from a baseline
// to the sample and multiplies by the way gone: value by value,
// (x − x′)·∫ ∂f/∂x(x′ + a(x − x′)) da over a from 0 to 1 (Sundararajan, Taly & Yan
// 2017, "Axiomatic attribution for deep networks", equation 1). The values add up
// to f(x) − f(x′); how far they miss it, as a share of it, is the map's Gap.
//
// The integral is taken by Gauss–Legendre quadrature. The number of nodes doubles
// from 8 until the gap is at most Tolerance. Nodes of one number are not nodes of
// its double, so none is used again: in all that costs less than twice the last
// round. The baseline is the Request's Fill: zero input unless told otherwise.
type IntegratedGradients struct {
	Steps     int     // gradients per map; 0 doubles them until Tolerance is met
	Tolerance float64 // of the gap; 0 means 0.05
	Limit     int     // steps at most where they double; 0 means 256
	attribution.Pixels
}

// Name is "ig".
func (IntegratedGradients) Name() string { return "ig" }

// Card describes the method.
func (IntegratedGradients) Card() attribution.Card {
	c := gradientCard(attribution.Card{
		Name: "ig", Title: "Integrated Gradients",
		Description: "Moves from an empty image to this one in small steps. Adds up what every pixel's change did to the score. The values add up to " +
			"the difference of the two scores; the remaining gap is reported.",
		Cost: "8 runs forward and backward, doubled until the values add up to within 5 %: 8 to 504, about 2.3 forward runs each",
		Failures: "Depends on the empty image: what looks like it gets nothing (with black, black objects). Speckled, since it follows single " +
			"pixels. Networks with sharp kinks need very many steps: see the gap.",
		Paper: "Sundararajan, Taly & Yan, Axiomatic attribution for deep networks, ICML 2017",
	})
	c.Options = append([]attribution.Option{
		{Name: "steps", Default: "0", Description: "gradients along the line; 0 doubles them from 8 until the tolerance is met"},
		{Name: "tolerance", Default: "0.05", Description: "completeness gap that ends the doubling, as a share of the score's difference"},
		{Name: "limit", Default: "256", Description: "steps at most while they double"},
		{Name: "fill", Default: "mean", Description: "what the image is compared with: mean (zero to the model), blur (of itself), black, or a colour R,G,B"},
	}, c.Options...)
	c.Streams = true
	return c
}

// With sets steps, tolerance, limit, reduce or channels.
func (m IntegratedGradients) With(option, value string) (_ attribution.Method, err error) {
	switch option {
	case "steps":
		if m.Steps = 0; value != "0" {
			m.Steps, err = setting.Count(value)
		}
	case "tolerance":
		m.Tolerance, err = setting.Positive(value)
	case "limit":
		m.Limit, err = setting.Count(value)
	default:
		var ok bool
		if ok, err = m.Set(option, value); !ok {
			err = setting.Unknown(m.Card())
		}
	}
	return m, err
}

// ExplainBatch makes the maps of several samples at once.
func (m IntegratedGradients) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return backward.AllOf(len(rs), m.Name())(m.explain(ctx, s, rs, targets, progress))
}

func (m IntegratedGradients) explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([][]*attribution.Map, []error, error) {
	started := time.Now()
	p, errs, err := openProbes(ctx, s, rs, targets, m.mostSteps(), progress)
	if err != nil {
		return nil, nil, err
	}
	lines, err := drawLines(ctx, s, rs, p.Jobs)
	if err != nil {
		return nil, nil, err
	}
	mapOf := func(k int) *attribution.Map {
		l, j := lines[k], p.Jobs[k]
		made := rs[j.Sample].NewPixelMap(m.Name(), j.Target, j.Score, s, m.Pixels, l.values, 1)
		made.Steps, made.Gap, made.BaselineScore, made.Converged = l.steps, l.gap, l.before, l.gap <= m.tolerance()
		made.Evaluations, made.Seconds = l.runs, time.Since(started).Seconds()
		return made
	}
	err = m.follow(ctx, p, lines, func(k int) {
		if p.progress != nil && len(lines) == 1 {
			p.progress(attribution.Snapshot{Map: mapOf(k), Done: p.done, Total: p.total})
		}
	})
	if err != nil {
		return nil, nil, err
	}
	maps := make([][]*attribution.Map, len(rs))
	for k := range lines {
		i := p.Jobs[k].Sample
		maps[i] = append(maps[i], mapOf(k))
	}
	backward.Share(maps, started, len(lines))
	return maps, errs, nil
}

func (m IntegratedGradients) tolerance() float64 {
	if m.Tolerance <= 0 {
		return 0.05
	}
	return m.Tolerance
}

// rounds are the steps of the first round, and those of a round at most.
func (m IntegratedGradients) rounds() (first, limit int) {
	limit = m.Limit
	if limit <= 0 {
		limit = 256
	}
	if m.Steps > 0 {
		return m.Steps, m.Steps
	}
	return min(8, limit), limit
}

// mostSteps is how many gradients a map takes if every round is needed.
func (m IntegratedGradients) mostSteps() int {
	steps, limit := m.rounds()
	total := steps
	for steps < limit {
		steps = min(2*steps, limit)
		total += steps
	}
	return total
}

// follow takes rounds of gradients along the lines until each is done; between tells
// of those that another round follows for.
func (m IntegratedGradients) follow(ctx context.Context, p *probes, lines []*line, between func(k int)) error {
	steps, limit := m.rounds()
	for open := p.all(); len(open) > 0; steps = min(2*steps, limit) {
		nodes, weights := legendre(steps)
		var sum []float64 // of one line after another
		err := p.run(ctx, open, steps, func(k, i int, x []float32) { lines[k].at(nodes[i], x) }, func(k, i int, gradient []float32) {
			if i == 0 {
				sum = make([]float64, p.length)
			}
			if add(sum, weights[i], gradient); i == steps-1 {
				lines[k].finish(steps, sum)
			}
		})
		if err != nil {
			return err
		}
		var next []int
		for _, k := range open {
			if lines[k].gap > m.tolerance() && steps < limit {
				next = append(next, k)
				between(k)
			}
		}
		open = next
	}
	return nil
}

// line is the way from a baseline to a sample, for one target.
type line struct {
	from, to      []float32
	before, after float64 // the explained number at both ends
	steps, runs   int
	values        []float32
	gap           float64
}

// drawLines finds every job's baseline and what the model says of it.
func drawLines(ctx context.Context, s attribution.Scorer, rs []attribution.Request, jobs []backward.Job) ([]*line, error) {
	planes, which := [][]float32{make([]float32, s.InputLen())}, make([]int, len(rs)) // zeros serve all who want them
	for i, r := range rs {
		plane, err := r.Fill.Plane(s, r.Input)
		if err != nil {
			return nil, err
		}
		if plane != nil {
			which[i], planes = len(planes), append(planes, plane)
		}
	}
	scores, err := attribution.Scores(ctx, s, slices.Concat(planes...), len(planes))
	if err != nil {
		return nil, err
	}
	lines := make([]*line, len(jobs))
	for k, j := range jobs {
		i := which[j.Sample]
		before := j.Target.Value(backward.Rows(scores, i, len(planes)))
		lines[k] = &line{from: planes[i], to: rs[j.Sample].Input, before: before, after: j.Score, runs: 2}
	}
	return lines, nil
}

// at writes the point a share a of the way along.
func (l *line) at(a float64, x []float32) {
	for i, v := range l.to {
		from := float64(l.from[i])
		x[i] = float32(from + a*(float64(v)-from))
	}
}

// finish turns the sum of gradients into the map's values and its gap.
func (l *line) finish(steps int, sum []float64) {
	l.steps, l.runs, l.values = steps, l.runs+steps, make([]float32, len(l.to))
	total := 0.0
	for i, v := range l.to {
		way := float64(v) - float64(l.from[i])
		total += way * sum[i]
		l.values[i] = float32(way * sum[i])
	}
	l.gap = completenessGap(total, l.after, l.before)
}

// completenessGap is how far a sum misses after − before, as a share of it; a
// difference within rounding counts as that.
func completenessGap(total, after, before float64) float64 {
	least := attribution.Rounding * math.Max(1, math.Max(math.Abs(after), math.Abs(before)))
	return math.Abs(total-(after-before)) / math.Max(math.Abs(after-before), least)
}

// add adds a weighted gradient to a sum.
func add(sum []float64, weight float64, gradient []float32) {
	cores.Pieces(len(sum), func(from, to int) {
		part := sum[from:to]
		for i, v := range gradient[from:to] {
			part[i] += weight * float64(v)
		}
	})
}

// legendre returns the nodes and weights of Gauss–Legendre quadrature on 0 to 1,
// exact for polynomials up to degree 2n − 1. Nodes are roots of the Legendre
// polynomial, found by Newton's method from their asymptotic places.
func legendre(n int) (nodes, weights []float64) {
	nodes, weights = make([]float64, n), make([]float64, n)
	for i := range n {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 0.0
		for range 100 {
			p, before := 1.0, 0.0
			for k := range n {
				p, before = (float64(2*k+1)*x*p-float64(k)*before)/float64(k+1), p
			}
			slope = float64(n) * (x*p - before) / (x*x - 1)
			step := p / slope
			x -= step
			if math.Abs(step) < 1e-15 {
				break
			}
		}
		nodes[n-1-i], weights[n-1-i] = (1+x)/2, 1/((1-x*x)*slope*slope)
	}
	return nodes, weights
}
