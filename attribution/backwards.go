package attribution

import (
	"fmt"
	"slices"
	"time"
)

// newMap is a finished map of a method that does not sample.
func (r Request) newMap(method string, t Target, score float64, width, height int, values []float32) *Map {
	m := r.undiagnosed(method, t, score, width, height, values)
	m.Degenerate = Diagnose(values, score)
	return m
}

// undiagnosed is such a map of which it is not yet known whether it may be read.
func (r Request) undiagnosed(method string, t Target, score float64, width, height int, values []float32) *Map {
	return &Map{
		Width: width, Height: height, Values: values, Method: method,
		Target: t.String(), TargetIndex: t.Class, MinusIndex: t.Minus, Score: score,
		Geometry: r.Geometry.Scaled(width, height), Converged: true, Seed: r.Seed,
	}
}

// gather checks requests and puts their inputs one after another.
func gather(s Scorer, rs []Request) ([]float32, error) {
	if len(rs) == 1 {
		return rs[0].Input, rs[0].check(s)
	}
	inputs, errs := make([]float32, len(rs)*s.InputLen()), make([]error, len(rs))
	onAllCores(len(rs), func(i int) {
		errs[i] = rs[i].check(s)
		copy(rows(inputs, i, len(rs)), rs[i].Input)
	})
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, errs[i]
	}
	return inputs, nil
}

// rows is the part of sample i of n.
func rows(values []float32, i, n int) []float32 {
	per := len(values) / n
	return values[i*per : (i+1)*per]
}

// backwards are the backward passes that samples and targets ask for.
type backwards struct {
	classes int
	runs    int // of the model so far
	targets []Target
	jobs    []backwardJob
	seeds   []float32 // a row of classes per job
}

type backwardJob struct {
	sample int
	asked  int    // which of the targets
	target Target // resolved
	score  float64
}

func newBackwards(classes int, targets []Target) *backwards {
	return &backwards{classes: classes, targets: targets}
}

// add resolves the targets on a sample's scores.
func (b *backwards) add(sample int, scores []float32, truth int) error {
	var jobs []backwardJob
	for i, t := range b.targets {
		resolved, err := Resolve(t, scores, truth)
		if err != nil {
			return err
		}
		jobs = append(jobs, backwardJob{sample, i, resolved, resolved.Value(scores)})
	}
	for _, j := range jobs {
		b.jobs, b.seeds = append(b.jobs, j), append(b.seeds, j.target.seed(b.classes)...)
	}
	return nil
}

// repeat lays out the rows of samples' values in the order of the jobs.
func (b *backwards) repeat(values []float32, samples int) []float32 {
	if len(b.targets) == 1 && len(b.jobs) == samples {
		return values
	}
	var out []float32
	for _, j := range b.jobs {
		out = append(out, rows(values, j.sample, samples)...)
	}
	return out
}

// seed is the row of weights that makes a target's explained number of scores.
func (t Target) seed(classes int) []float32 {
	row := make([]float32, classes)
	row[t.Class] = 1
	if t.Minus >= 0 {
		row[t.Minus] -= 1
	}
	return row
}

// allOf returns what a method made of n samples at once; an error of it is that of
// every sample.
func allOf(n int, method string) func(maps [][]*Map, errs []error, err error) ([][]*Map, []error) {
	return func(maps [][]*Map, errs []error, err error) ([][]*Map, []error) {
		if err != nil {
			return make([][]*Map, n), allFail(n, method, err)
		}
		return maps, errs
	}
}

// allFail is one reason for every sample.
func allFail(n int, method string, err error) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = fmt.Errorf("%s: %w", method, err)
	}
	return errs
}

// share divides the time since the start among maps made together.
func share(maps [][]*Map, started time.Time, n int) {
	for _, list := range maps {
		for _, m := range list {
			m.Seconds = time.Since(started).Seconds() / float64(n)
		}
	}
}
