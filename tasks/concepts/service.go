package concepts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/parts"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
)

// Service is the server's door to concepts. Safe for concurrent use.
type Service struct{ *task.Server }

// Samples is of how many samples of a class concepts are found at most.
const Samples = 200

// Basis is what concepts are found from: those of another basis are found anew.
type Basis struct {
	K    int    `json:"k"` // 0: as many as return
	Seed uint64 `json:"seed"`
	Rule int    `json:"rule"` // of finding them; see Rule
	Of   string `json:"of"`   // the job that made the predictions
}

// Rule counts the changes of how concepts are found.
const Rule = 2

func (b Basis) text() string { return string(task.JSON(b)) }

// ErrRefused is of a request that cannot be met.
var ErrRefused = errors.New("no concepts")

// Start starts, or goes on with, finding the concepts of classes of an evaluation, of all if none is
// given; ok is false if nothing is left to do. k is how many a class has; 0 is as many as return.
func (s Service) Start(ctx context.Context, evaluation string, classes []int, k int) (job jobs.Job, ok bool, err error) {
	ev, err := s.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return job, false, err
	}
	if ev.State != results.EvaluationDone {
		return job, false, fmt.Errorf("%w: the evaluation is not complete: run `sightline evaluate` again, or wait for its job", ErrRefused)
	}
	for _, c := range classes {
		if c < 0 || c >= len(ev.Classes) {
			return job, false, fmt.Errorf("%w: class %d: the model has classes 0 to %d", ErrRefused, c, len(ev.Classes)-1)
		}
	}
	basis, err := s.basis(ctx, ev, k)
	if err != nil {
		return job, false, err
	}
	done, err := s.done(ctx, evaluation, basis)
	if err != nil {
		return job, false, err
	}
	left := len(ev.Classes) - len(done)
	if len(classes) > 0 {
		left = 0
		for _, c := range classes {
			if !done[c] {
				left++
			}
		}
	}
	if left == 0 {
		return job, false, nil
	}
	job, err = s.Jobs.Submit(ctx, Name, params{evaluation, classes, basis})
	return job, true, err
}

// basis is what concepts of an evaluation are found from now.
func (s Service) basis(ctx context.Context, ev *results.Evaluation, k int) (Basis, error) {
	job, err := s.Store.Results.MadeBy(ctx, ev)
	return Basis{K: k, Rule: Rule, Of: job}, err
}

// done are the classes that were looked into from a basis.
func (s Service) done(ctx context.Context, evaluation string, b Basis) (map[int]bool, error) {
	list, err := s.Store.Parts.Classes(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	done := map[int]bool{}
	for _, c := range list {
		done[c.Class] = c.Basis == b.text()
	}
	for c, yes := range done {
		if !yes {
			delete(done, c)
		}
	}
	return done, nil
}

// Stored is a class with its concepts.
type Stored struct {
	Index int
	Class
	Concepts []Named
}

// Named is a stored concept.
type Named struct {
	Concept
	Name   string
	Vector []byte
}

// All are the classes that were looked into, by index.
func (s Service) All(ctx context.Context, evaluation string) ([]Stored, error) {
	classes, err := s.Store.Parts.Classes(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Parts.Concepts(ctx, s.Store.Workspace, evaluation)
	if err != nil {
		return nil, err
	}
	list, at := make([]Stored, len(classes)), map[int]int{}
	for i, c := range classes {
		list[i].Index, at[c.Class] = c.Class, i
		if err := json.Unmarshal(c.Content, &list[i].Class); err != nil {
			return nil, fmt.Errorf("read the concepts of %s: %w", evaluation, err)
		}
	}
	for _, f := range found {
		i, ok := at[f.Class]
		if !ok {
			continue // found between the two questions
		}
		one := Named{Name: f.Name, Vector: f.Vector}
		if err := json.Unmarshal(f.Content, &one.Concept); err != nil {
			return nil, fmt.Errorf("read the concepts of %s: %w", evaluation, err)
		}
		list[i].Concepts = append(list[i].Concepts, one)
	}
	return list, nil
}

// Seen is a sample of a class, with where its concepts are.
type Seen struct {
	Sample int64
	Place
	Places []byte
}

// Where lists the samples in which the concepts of a class were found.
func (s Service) Where(ctx context.Context, evaluation string, class int) ([]Seen, error) {
	rows, err := s.Store.Parts.Places(ctx, evaluation, class)
	if err != nil {
		return nil, err
	}
	list := make([]Seen, len(rows))
	for i, r := range rows {
		if list[i], err = seen(r); err != nil {
			return nil, fmt.Errorf("read where the concepts of %s are: %w", evaluation, err)
		}
	}
	return list, nil
}

func seen(r parts.Place) (s Seen, err error) {
	s.Sample, s.Places = r.Sample, r.Places
	return s, json.Unmarshal(r.Content, &s.Place)
}

// Lacking lists the classes that were not looked into since the predictions were made, whatever the
// number of concepts that was asked for.
func (s Service) Lacking(ctx context.Context, evaluation string) ([]int, error) {
	ev, err := s.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	now, err := s.basis(ctx, ev, 0)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Parts.Classes(ctx, evaluation)
	have := map[int]bool{}
	for _, c := range list {
		have[c.Class] = from(c, now)
	}
	var lacking []int
	for c := range ev.Classes {
		if !have[c] {
			lacking = append(lacking, c)
		}
	}
	return lacking, err
}

// Stale tells whether concepts were found in predictions that have been made anew since, or by another rule.
func (s Service) Stale(ctx context.Context, ev *results.Evaluation) (bool, error) {
	list, err := s.Store.Parts.Classes(ctx, ev.ID)
	if err != nil {
		return false, err
	}
	now, err := s.basis(ctx, ev, 0)
	return slices.ContainsFunc(list, func(c parts.Class) bool { return !from(c, now) }), err
}

// from tells whether a class was looked into from a basis, but for the number of concepts.
func from(c parts.Class, now Basis) bool {
	var b Basis
	err := json.Unmarshal([]byte(c.Basis), &b)
	b.K, now.K = 0, 0
	return err == nil && b == now
}
