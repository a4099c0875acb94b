package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// Counts says how many datasets and models there are.
func (db *Store) Counts(ctx context.Context) (datasets, models int, err error) {
	err = db.ws.QueryRow(ctx, `SELECT (SELECT count(*) FROM datasets), (SELECT count(*) FROM models)`).Scan(&datasets, &models)
	if err != nil {
		err = fmt.Errorf("counting datasets and models: %w", err)
	}
	return datasets, models, err
}

// RegionNames lists the names of the regions of a dataset. It is the part of
// Dataset that does not look at every sample.
func (db *Store) RegionNames(ctx context.Context, name string) ([]string, error) {
	return part(ctx, db, name, db.fillRegions, func(d *Dataset) []string { return d.Regions })
}

// LabelCounts lists the labels of a dataset with their usable samples: a part
// of Dataset.
func (db *Store) LabelCounts(ctx context.Context, name string) ([]NamedCount, error) {
	return part(ctx, db, name, db.fillLabels, func(d *Dataset) []NamedCount { return d.Labels })
}

// part fills in one part of a dataset's description and returns it.
func part[T any](ctx context.Context, db *Store, name string, fill func(context.Context, *Dataset) error, take func(*Dataset) T) (value T, err error) {
	d, err := db.datasetRow(ctx, `name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return value, fmt.Errorf("dataset %q: %w", name, workspace.ErrNotFound)
	}
	if err == nil {
		err = fill(ctx, d)
	}
	if err != nil {
		return value, fmt.Errorf("reading dataset %s: %w", name, err)
	}
	return take(d), nil
}
