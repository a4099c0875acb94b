// Package backward holds what methods with a backward pass share: which passes
// samples and targets ask for, and running them.
package backward

import (
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/cores"
)

// Gather checks requests and puts their inputs one after another.
func Gather(s attribution.Scorer, rs []attribution.Request) ([]float32, error) {
	if len(rs) == 1 {
		return rs[0].Input, rs[0].Check(s)
	}
	inputs, errs := make([]float32, len(rs)*s.InputLen()), make([]error, len(rs))
	cores.Each(len(rs), func(i int) {
		errs[i] = rs[i].Check(s)
		copy(Rows(inputs, i, len(rs)), rs[i].Input)
	})
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, errs[i]
	}
	return inputs, nil
}

// Rows is the part of sample i of n.
func Rows(values []float32, i, n int) []float32 {
	per := len(values) / n
	return values[i*per : (i+1)*per]
}

// Passes are the backward passes that samples and targets ask for.
type Passes struct {
	Classes int
	Runs    int // of the model so far
	Targets []attribution.Target
	Jobs    []Job
	Seeds   []float32 // a row of classes per job
}

// Job is one sample's backward pass for one target.
type Job struct {
	Sample int
	Asked  int                // which of the targets
	Target attribution.Target // resolved
	Score  float64
}

// New has no jobs yet.
func New(classes int, targets []attribution.Target) *Passes {
	return &Passes{Classes: classes, Targets: targets}
}

// Add resolves the targets on a sample's scores.
func (b *Passes) Add(sample int, scores []float32, truth int) error {
	var jobs []Job
	for i, t := range b.Targets {
		resolved, err := attribution.Resolve(t, scores, truth)
		if err != nil {
			return err
		}
		jobs = append(jobs, Job{sample, i, resolved, resolved.Value(scores)})
	}
	for _, j := range jobs {
		b.Jobs, b.Seeds = append(b.Jobs, j), append(b.Seeds, seed(j.Target, b.Classes)...)
	}
	return nil
}

// Repeat lays out the rows of samples' values in the order of the jobs.
func (b *Passes) Repeat(values []float32, samples int) []float32 {
	if len(b.Targets) == 1 && len(b.Jobs) == samples {
		return values
	}
	var out []float32
	for _, j := range b.Jobs {
		out = append(out, Rows(values, j.Sample, samples)...)
	}
	return out
}

// seed is the row of weights that makes a target's explained number of scores.
func seed(t attribution.Target, classes int) []float32 {
	row := make([]float32, classes)
	row[t.Class] = 1
	if t.Minus >= 0 {
		row[t.Minus] -= 1
	}
	return row
}

// AllOf returns what a method made of n samples at once; an error of it is that of
// every sample.
func AllOf(n int, method string) func(maps [][]*attribution.Map, errs []error, err error) ([][]*attribution.Map, []error) {
	return func(maps [][]*attribution.Map, errs []error, err error) ([][]*attribution.Map, []error) {
		if err != nil {
			return make([][]*attribution.Map, n), Fail(n, method, err)
		}
		return maps, errs
	}
}

// Fail is one reason for every sample.
func Fail(n int, method string, err error) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = fmt.Errorf("%s: %w", method, err)
	}
	return errs
}

// Share divides the time since the start among maps made together.
func Share(maps [][]*attribution.Map, started time.Time, n int) {
	for _, list := range maps {
		for _, m := range list {
			m.Seconds = time.Since(started).Seconds() / float64(n)
		}
	}
}
