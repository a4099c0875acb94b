package whatif

import (
	"context"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trials"
)

// Source is what plans are made from, and what findings are read from.
type Source interface {
	// Classes are the names of the model's classes.
	Classes() []string
	// Right lists, by class, at most so many samples of the class that are predicted right, in
	// the order in which to take them, how many there are, and the slice that they are of.
	Right(ctx context.Context, most int) (chosen map[int][]int64, all map[int]int, of string, err error)
	// Where tells of samples where their regions are.
	Where(ctx context.Context, samples []int64) (map[int64]explain.Drawn, error)
	// Made reads the plan of a stage, nil if there is none, and its trials in order of their units.
	Made(ctx context.Context, stage string) (*Plan, []trials.Trial, error)
}

// stored is an evaluation in the stores.
type stored struct {
	Service
	ev *results.Evaluation
}

func (s *stored) Classes() []string { return s.ev.Classes }

// Right takes samples of the headline's slice.
func (s *stored) Right(ctx context.Context, most int) (map[int][]int64, map[int]int, string, error) {
	headline, err := s.Store.Results.Headline(ctx, s.ev.ID)
	if err != nil {
		return nil, nil, "", err
	}
	list, all, err := s.Store.Results.Right(ctx, s.ev.ID, headline.Slice, most, 1)
	return list, all, headline.Slice.String(), err
}

func (s *stored) Where(ctx context.Context, samples []int64) (map[int64]explain.Drawn, error) {
	found, err := s.drawn(ctx, s.ev.Dataset, samples)
	where := make(map[int64]explain.Drawn, len(found))
	for id, at := range found {
		where[id] = at.Where
	}
	return where, err
}

func (s *stored) Made(ctx context.Context, stage string) (*Plan, []trials.Trial, error) {
	kept, ok, err := s.Store.Trials.Plan(ctx, s.ev.ID, stage)
	if err != nil || !ok {
		return nil, nil, err
	}
	plan, err := readPlan(kept)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.Store.Trials.Trials(ctx, s.ev.ID, stage)
	return plan, list, err
}
