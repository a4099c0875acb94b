package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Holdings counts what a workspace holds.
type Holdings struct{ Datasets, Models, Evaluations int }

// Holdings counts without looking at any sample.
func (w *Workspace) Holdings(ctx context.Context) (h Holdings, err error) {
	err = w.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM datasets), (SELECT count(*) FROM models), (SELECT count(*) FROM evaluations)`).
		Scan(&h.Datasets, &h.Models, &h.Evaluations)
	if err != nil {
		return h, fmt.Errorf("counting what the workspace holds: %w", err)
	}
	return h, nil
}

// RegionNames lists the names of the regions of a data set. It is the part of
// Dataset that does not look at every sample.
func (w *Workspace) RegionNames(ctx context.Context, name string) ([]string, error) {
	return fact(ctx, w, name, w.fillRegions, func(d *Dataset) []string { return d.Regions })
}

// LabelCounts lists the labels of a data set with their usable samples: a part
// of Dataset.
func (w *Workspace) LabelCounts(ctx context.Context, name string) ([]NamedCount, error) {
	return fact(ctx, w, name, w.fillLabels, func(d *Dataset) []NamedCount { return d.Labels })
}

// fact fills in one part of a data set's description and returns it.
func fact[T any](ctx context.Context, w *Workspace, name string, fill func(context.Context, *Dataset) error, take func(*Dataset) T) (part T, err error) {
	d, err := w.datasetRow(ctx, `name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return part, fmt.Errorf("dataset %q: %w", name, ErrNotFound)
	}
	if err == nil {
		err = fill(ctx, d)
	}
	if err != nil {
		return part, fmt.Errorf("reading dataset %s: %w", name, err)
	}
	return take(d), nil
}
