package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/sightline/sightline/dataset"
)

// NamedCount is a name and how many samples have it.
type NamedCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Dataset is a data set and what there is in it. Samples counts the usable
// ones: neither quarantined nor gone; the other counts of samples, except
// Quarantined and Gone, are of those.
type Dataset struct {
	ID                    int            `json:"-"`
	Name                  string         `json:"name"`
	Root                  string         `json:"root"`
	Layout                string         `json:"layout"`
	Source                dataset.Source `json:"source"`
	Samples               int            `json:"samples"`
	Quarantined           int            `json:"quarantined"`
	Gone                  int            `json:"gone"`
	Changed               int            `json:"changed"`
	Rotated               int            `json:"rotated"`
	Unlabelled            int            `json:"unlabelled"`
	Labels                []NamedCount   `json:"labels"`
	Splits                []NamedCount   `json:"splits"`
	Regions               []string       `json:"regions"`
	Duplicates            int            `json:"duplicates"`             // groups of samples with the same bytes
	ConflictingDuplicates int            `json:"conflicting_duplicates"` // those of them with different labels
	Strays                int            `json:"strays"`
	Created               time.Time      `json:"created"`
	Updated               time.Time      `json:"updated"`
}

// Datasets lists all data sets, by name.
func (w *Workspace) Datasets(ctx context.Context) ([]Dataset, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT name FROM datasets ORDER BY name`)
	if err != nil {
		return nil, err
	}
	names, err := scanAll[string](rows)
	if err != nil {
		return nil, err
	}
	list := make([]Dataset, 0, len(names))
	for _, name := range names {
		d, err := w.Dataset(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, *d)
	}
	return list, nil
}

// Dataset returns the data set of that name, or an error that is ErrNotFound.
func (w *Workspace) Dataset(ctx context.Context, name string) (*Dataset, error) {
	d, err := w.datasetRow(ctx, `name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("dataset %q: %w; import it with `sightline import FOLDER --name %s`", name, ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	for _, fill := range []func(context.Context, *Dataset) error{w.fillCounts, w.fillLabels, w.fillSplits, w.fillRegions, w.fillDuplicates} {
		if err := fill(ctx, d); err != nil {
			return nil, fmt.Errorf("reading dataset %s: %w", name, err)
		}
	}
	return d, nil
}

func (w *Workspace) datasetRow(ctx context.Context, where string, arg any) (*Dataset, error) {
	var d Dataset
	var source string
	err := w.db.QueryRowContext(ctx, `SELECT id, name, root, layout, source, created, updated FROM datasets WHERE `+where, arg).
		Scan(&d.ID, &d.Name, &d.Root, &d.Layout, &source, &d.Created, &d.Updated)
	if err != nil {
		return nil, err
	}
	return &d, json.Unmarshal([]byte(source), &d.Source)
}

func (w *Workspace) fillCounts(ctx context.Context, d *Dataset) error {
	err := w.db.QueryRowContext(ctx, `SELECT
			count(*) FILTER (usable), count(*) FILTER (problem <> '' AND NOT gone), count(*) FILTER (gone),
			count(*) FILTER (usable AND changed), count(*) FILTER (usable AND orientation > 1),
			count(*) FILTER (usable AND label IS NULL)
		FROM (SELECT *, problem = '' AND NOT gone AS usable FROM samples WHERE dataset = ?)`, d.ID).
		Scan(&d.Samples, &d.Quarantined, &d.Gone, &d.Changed, &d.Rotated, &d.Unlabelled)
	if err != nil {
		return err
	}
	return w.db.QueryRowContext(ctx, `SELECT count(*) FROM remarks WHERE dataset = ? AND kind = 'stray'`, d.ID).Scan(&d.Strays)
}

func (w *Workspace) fillLabels(ctx context.Context, d *Dataset) (err error) {
	d.Labels, err = w.namedCounts(ctx, `SELECT l.name, count(s.id) FROM labels l
		LEFT JOIN samples s ON s.dataset = l.dataset AND s.label = l.label AND s.problem = '' AND NOT s.gone
		WHERE l.dataset = ? GROUP BY l.name, l.label ORDER BY l.label`, d.ID)
	return err
}

func (w *Workspace) fillSplits(ctx context.Context, d *Dataset) (err error) {
	d.Splits, err = w.namedCounts(ctx, `SELECT split, count(*) FROM samples
		WHERE dataset = ? AND problem = '' AND NOT gone AND split <> '' GROUP BY split ORDER BY split`, d.ID)
	return err
}

func (w *Workspace) fillRegions(ctx context.Context, d *Dataset) error {
	rows, err := w.db.QueryContext(ctx, `SELECT DISTINCT name FROM regions WHERE dataset = ? ORDER BY name`, d.ID)
	if err != nil {
		return err
	}
	d.Regions, err = scanAll[string](rows)
	return err
}

func (w *Workspace) fillDuplicates(ctx context.Context, d *Dataset) error {
	return w.db.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (labels > 1) FROM (
			SELECT count(DISTINCT coalesce(label, -1)) AS labels FROM samples
			WHERE dataset = ? AND problem = '' AND NOT gone GROUP BY hash HAVING count(*) > 1)`, d.ID).
		Scan(&d.Duplicates, &d.ConflictingDuplicates)
}

func (w *Workspace) namedCounts(ctx context.Context, query string, args ...any) ([]NamedCount, error) {
	rows, err := w.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []NamedCount{}
	for rows.Next() {
		var n NamedCount
		if err := rows.Scan(&n.Name, &n.Count); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// scanAll reads a result of one column; never nil.
func scanAll[T any](rows *sql.Rows) ([]T, error) {
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// SamplePath is where the file of a sample of the data set is.
func (d *Dataset) SamplePath(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.Root, path)
}
