package stores

import (
	"context"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Kind is of the things of a workspace that can be renamed or removed.
type Kind string

// The kinds. An evaluation has no name of its own: its id follows from those of its dataset
// and model.
const (
	Dataset    Kind = "dataset"
	Model      Kind = "model"
	Evaluation Kind = "evaluation"
)

// Remove forgets a dataset, a model or an evaluation, and what was made of it: evaluations
// with their blocks of scores, maps and trust, trials, thumbnails; with a dataset its marks. Images and model files stay where
// they are. It returns the evaluations that went.
func (s *Stores) Remove(ctx context.Context, kind Kind, name string) (gone []string, err error) {
	err = s.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		id, evaluations, err := s.find(ctx, tx, kind, name)
		if err != nil {
			return err
		}
		for _, e := range evaluations {
			if err := s.Results.Remove(ctx, tx, e); err != nil {
				return err
			}
		}
		gone = evaluations
		switch kind {
		case Dataset:
			if err := s.Trials.ForgetDataset(ctx, tx, id); err != nil {
				return err
			}
			if err := s.Marks.ForgetDataset(ctx, tx, id); err != nil {
				return err
			}
			if err := s.Saved.ForgetDataset(ctx, tx, id); err != nil {
				return err
			}
			if err := s.Columns.ForgetDataset(ctx, tx, id); err != nil {
				return err
			}
			return s.Catalog.RemoveDataset(ctx, tx, id)
		case Model:
			return s.Catalog.RemoveModel(ctx, tx, id)
		}
		return nil
	})
	return gone, err
}

// Rename gives a dataset or model another name, and its evaluations the ids that follow.
func (s *Stores) Rename(ctx context.Context, kind Kind, name, to string) error {
	return s.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		id, evaluations, err := s.find(ctx, tx, kind, name)
		if err != nil {
			return err
		}
		if kind == Dataset {
			err = s.Catalog.RenameDataset(ctx, tx, id, to)
		} else {
			err = s.Catalog.RenameModel(ctx, tx, id, to)
		}
		if err != nil {
			return err
		}
		now, err := s.Results.Renamed(ctx, tx, evaluations)
		if err != nil {
			return err
		}
		return s.Saved.Renamed(ctx, tx, now)
	})
}

// find returns the key of a thing, 0 for an evaluation, and the evaluations that are made of it.
func (s *Stores) find(ctx context.Context, r workspace.Reader, kind Kind, name string) (id int, evaluations []string, err error) {
	switch kind {
	case Dataset:
		if id, err = catalog.DatasetID(ctx, r, name); err == nil {
			evaluations, err = results.OfDataset(ctx, r, id)
		}
	case Model:
		if id, err = catalog.ModelID(ctx, r, name); err == nil {
			evaluations, err = results.WithModel(ctx, r, id)
		}
	default:
		_, err = results.Number(ctx, r, name)
		evaluations = []string{name}
	}
	return id, evaluations, err
}

// Made lists the evaluations that would go with a thing, itself if it is one.
func (s *Stores) Made(ctx context.Context, kind Kind, name string) ([]string, error) {
	_, evaluations, err := s.find(ctx, s.Workspace, kind, name)
	return evaluations, err
}
