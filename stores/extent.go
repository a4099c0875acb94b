package stores

import (
	"context"

	"github.com/sightline/sightline/results"
)

// Extent is what goes with a thing when it is removed.
type Extent struct {
	Evaluations []string // made of it; itself, if it is one
	Samples     int      // of a dataset
	Predictions int      // of the evaluations
	Maps        int      // of the evaluations
	Trials      int      // of the evaluations
	Marks       int      // of a dataset
	Bytes       int64    // of the files of scores, maps, spaces and thumbnails that nothing else needs
}

// Extent tells what would go with a thing.
func (s *Stores) Extent(ctx context.Context, kind Kind, name string) (e Extent, err error) {
	id, evaluations, err := s.find(ctx, s.Workspace, kind, name)
	if err != nil {
		return e, err
	}
	e.Evaluations = evaluations
	numbers := make([]int32, len(evaluations))
	for i, evaluation := range evaluations {
		number, err := results.Number(ctx, s.Workspace, evaluation)
		if err != nil {
			return e, err
		}
		numbers[i] = int32(number)
	}
	var scores, packs, thumbnails int64
	if e.Predictions, scores, err = s.Results.Extent(ctx, numbers); err != nil {
		return e, err
	}
	if e.Maps, packs, err = s.Maps.Extent(ctx, numbers); err != nil {
		return e, err
	}
	if e.Trials, err = s.Trials.Count(ctx, numbers); err != nil {
		return e, err
	}
	space, err := s.Spaces.Extent(ctx, numbers)
	if err != nil {
		return e, err
	}
	if kind == Dataset {
		if e.Marks, err = s.Marks.Count(ctx, id); err != nil {
			return e, err
		}
		e.Samples, thumbnails, err = s.Catalog.Extent(ctx, id)
	}
	e.Bytes = scores + packs + space + thumbnails
	return e, err
}
