package perturb

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/metrics"
)

// perturbation is a method made of a design and an estimator. All classes'
// scores are kept (CachedScores), so one run serves any number of targets.
type perturbation struct {
	name      string
	options   string // the method's own, as part of the cached scores' mark
	design    design
	estimator func(cells int, base float64) estimator
	explained func(t attribution.Target, scores []float32) float64
	stop      stopping
}

// stopping says when a sampled map is good enough. Perturbations are split into
// two halves by turns (even and odd numbers, or stretches of several), each half
// gives a map, and the Spearman rank correlation of these two maps is compared
// with the wanted one. It is the plain correlation of two maps of half the
// perturbations each, not corrected upwards for the whole run's length
// (Spearman–Brown would make 0.974 of 0.95).
type stopping struct {
	every       int     // perturbations between looks; 0: never look, do all
	correlation float64 // that ends the run; 0: do all, and only tell the correlation
	stretch     int     // perturbations in a row that go to the same half; 0 means 1
}

// half is the half, 0 or 1, that perturbation i belongs to.
func (s stopping) half(i int) int { return i / max(1, s.stretch) % 2 }

// firstLook is the number of perturbations before which a run never stops.
const firstLook = 256

// snapshotPause is the least time between two snapshots.
const snapshotPause = 100 * time.Millisecond

// course is one run in progress.
type course struct {
	perturbation
	scorer   attribution.Scorer
	request  attribution.Request
	cached   *attribution.CachedScores
	ahead    *ahead
	cells    painter // of the masks' cells, for the estimators
	targets  []*estimate
	keep     []float32
	done     int
	started  time.Time
	shown    time.Time
	progress func(attribution.Snapshot)
}

// estimate is what is known of one target's map.
type estimate struct {
	target      attribution.Target
	score       float64
	whole       estimator
	halves      [2]estimator
	correlation float64
}

// explainEach makes the maps of one sample after another, each from the run that
// plan gives for it. progress is told of only one sample.
func explainEach(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot), plan func(attribution.Scorer, attribution.Request) perturbation) ([][]*attribution.Map, []error) {
	if len(rs) > 1 {
		progress = nil
	}
	maps, errs := make([][]*attribution.Map, len(rs)), make([]error, len(rs))
	for i, r := range rs {
		maps[i], errs[i] = plan(s, r).explainAll(ctx, s, r, targets, progress)
	}
	return maps, errs
}

func (p perturbation) explainAll(ctx context.Context, s attribution.Scorer, r attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) ([]*attribution.Map, error) {
	c, err := p.start(ctx, s, r, targets, progress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	defer c.ahead.wait()
	for c.done < p.design.count() && !c.converged() {
		if err := c.step(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	maps := make([]*attribution.Map, len(c.targets))
	for i, e := range c.targets {
		maps[i] = c.result(e)
	}
	return maps, nil
}

// start readies a run and scores the untouched image.
func (p perturbation) start(ctx context.Context, s attribution.Scorer, r attribution.Request, targets []attribution.Target, progress func(attribution.Snapshot)) (*course, error) {
	if err := r.Check(s); err != nil {
		return nil, err
	}
	if r.Batch <= 0 {
		r.Batch = attribution.DefaultBatch
	}
	fill, err := r.Fill.Plane(s, r.Input)
	if err != nil {
		return nil, err
	}
	c := &course{perturbation: p, scorer: s, request: r, cached: r.Cached, progress: progress, started: time.Now()}
	if c.cached == nil {
		c.cached = &attribution.CachedScores{}
	}
	c.cached.Claim(r, p.options)
	c.ahead = newAhead(newMasker(s, r.Input, fill, p.design), min(r.Batch, p.design.count()))
	c.cells = p.design.painter()
	base, err := c.cached.Untouched(ctx, s, r.Input)
	if err != nil {
		return nil, err
	}
	return c, c.aim(targets, base)
}

// aim resolves the targets on the scores of the untouched image and readies an
// estimate of each.
func (c *course) aim(targets []attribution.Target, base []float32) error {
	width, height := c.design.size()
	c.keep = make([]float32, width*height)
	for _, t := range targets {
		resolved, err := attribution.Resolve(t, base, c.request.Truth)
		if err != nil {
			return err
		}
		e := &estimate{target: resolved, score: c.explained(resolved, base)}
		if math.IsNaN(e.score) || math.IsInf(e.score, 0) {
			return fmt.Errorf("the model's score for target %s is %v, so nothing can be explained: choose another target", t, e.score)
		}
		e.whole = c.estimator(len(c.keep), e.score)
		for i := range e.halves {
			e.halves[i] = c.estimator(len(c.keep), e.score)
		}
		c.targets = append(c.targets, e)
	}
	return nil
}

// length is the number of perturbations in the batch that begins with number
// first. Batches end where the stopping rule looks, so that the looks, hence the
// map, do not depend on the batch size.
func (c *course) length(first int) int {
	n := min(c.request.Batch, c.design.count()-first)
	if every := c.stop.every; every > 0 {
		n = min(n, every-first%every)
	}
	return n
}

// step runs one batch.
func (c *course) step(ctx context.Context) error {
	classes := c.scorer.Classes()
	scores, err := c.cached.Scores(c.done, c.length(c.done), classes, func(first, n int) ([]float32, error) {
		inputs := c.ahead.inputs(first, n)
		c.ahead.start(first+n, c.length(first+n))
		return attribution.Scores(ctx, c.scorer, inputs, n)
	})
	if err != nil {
		return err
	}
	n := len(scores) / classes
	for i := range n {
		c.cells.load(c.done + i)
		c.cells.cells(c.keep)
		c.take(scores[i*classes:(i+1)*classes], c.done+i)
	}
	c.done += n
	c.look()
	c.show()
	return nil
}

// take feeds perturbation i's scores to the estimators of every target.
func (c *course) take(scores []float32, i int) {
	for _, e := range c.targets {
		v := c.explained(e.target, scores)
		e.whole.add(i, c.keep, v)
		if c.stop.every > 0 {
			e.halves[c.stop.half(i)].add(i, c.keep, v)
		}
	}
}

// look renews the correlations where the stopping rule says so.
func (c *course) look() {
	if c.stop.every == 0 || (c.done%c.stop.every != 0 && c.done != c.design.count()) {
		return
	}
	for _, e := range c.targets {
		even, odd := c.values(e.halves[0]), c.values(e.halves[1])
		e.correlation = metrics.Spearman(even, odd)
	}
}

// converged says that every target's halves agree well enough.
func (c *course) converged() bool {
	if c.stop.every == 0 || c.stop.correlation == 0 || c.done < firstLook || c.done%c.stop.every != 0 {
		return false
	}
	for _, e := range c.targets {
		if !(e.correlation >= c.stop.correlation) {
			return false
		}
	}
	return true
}

func (c *course) values(e estimator) []float32 {
	out := make([]float32, len(c.keep))
	e.values(out)
	return out
}

// show sends a snapshot of the first target, if one is wanted and due.
func (c *course) show() {
	if c.progress == nil || len(c.targets) == 0 || time.Since(c.shown) < snapshotPause {
		return
	}
	c.shown = time.Now()
	c.progress(attribution.Snapshot{Map: c.result(c.targets[0]), Done: c.done + 1, Total: c.design.count() + 1})
}

// result is the map of one target as far as it is known.
func (c *course) result(e *estimate) *attribution.Map {
	width, height := c.design.size()
	m := &attribution.Map{
		Width: width, Height: height, Values: c.values(e.whole), Method: c.name,
		Target: e.target.String(), TargetIndex: e.target.Class, MinusIndex: e.target.Minus, Score: e.score,
		Geometry: c.request.Geometry.Scaled(width, height), Evaluations: c.done + 1, Seed: c.request.Seed,
		Seconds: time.Since(c.started).Seconds(), Converged: c.done == c.design.count(),
	}
	if sampled, ok := e.whole.(doubted); ok {
		m.CellError, m.SumError = sampled.errors()
	}
	if c.stop.every > 0 {
		m.Correlation = e.correlation
	}
	if c.stop.correlation > 0 {
		m.Converged = e.correlation >= c.stop.correlation
	}
	m.Degenerate = attribution.Diagnose(m.Values, e.score)
	return m
}

// logit is what is explained unless a method says otherwise.
func logit(t attribution.Target, scores []float32) float64 { return t.Value(scores) }

// probability is the softmax probability of the target (of logits, or of
// log-probabilities, which give the same), for the published form of RISE.
func probability(t attribution.Target, scores []float32) float64 {
	norm := metrics.LogSumExp(scores)
	p := math.Exp(float64(scores[t.Class]) - norm)
	if t.Minus >= 0 {
		p -= math.Exp(float64(scores[t.Minus]) - norm)
	}
	return p
}
