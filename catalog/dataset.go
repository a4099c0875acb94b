package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/workspace"
)

// NamedCount is a name and how many samples have it.
type NamedCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Dataset is a set of images and what there is in it. Samples counts the usable
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

// Dataset returns the dataset of that name, or an error that is workspace.ErrNotFound.
func (db *Store) Dataset(ctx context.Context, name string) (*Dataset, error) {
	d, err := db.datasetRow(ctx, `name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("dataset %q: %w; import it with `sightline import FOLDER --name %s`", name, workspace.ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	for _, fill := range []func(context.Context, *Dataset) error{db.fillCounts, db.fillLabels, db.fillSplits, db.fillRegions, db.fillDuplicates} {
		if err := fill(ctx, d); err != nil {
			return nil, fmt.Errorf("reading dataset %s: %w", name, err)
		}
	}
	return d, nil
}

func (db *Store) datasetRow(ctx context.Context, where string, arg any) (*Dataset, error) {
	var d Dataset
	var source string
	err := db.ws.QueryRow(ctx, `SELECT id, name, root, layout, source, created, updated FROM datasets WHERE `+where, arg).
		Scan(&d.ID, &d.Name, &d.Root, &d.Layout, &source, &d.Created, &d.Updated)
	if err != nil {
		return nil, err
	}
	return &d, json.Unmarshal([]byte(source), &d.Source)
}

func (db *Store) fillCounts(ctx context.Context, d *Dataset) error {
	err := db.ws.QueryRow(ctx, `SELECT
			count(*) FILTER (usable), count(*) FILTER (problem <> '' AND NOT gone), count(*) FILTER (gone),
			count(*) FILTER (usable AND changed), count(*) FILTER (usable AND orientation > 1),
			count(*) FILTER (usable AND label IS NULL)
		FROM (SELECT *, problem = '' AND NOT gone AS usable FROM samples WHERE dataset = ?)`, d.ID).
		Scan(&d.Samples, &d.Quarantined, &d.Gone, &d.Changed, &d.Rotated, &d.Unlabelled)
	if err != nil {
		return err
	}
	return db.ws.QueryRow(ctx, `SELECT count(*) FROM remarks WHERE dataset = ? AND kind = 'stray'`, d.ID).Scan(&d.Strays)
}

func (db *Store) fillLabels(ctx context.Context, d *Dataset) (err error) {
	d.Labels, err = NamedCounts(ctx, db.ws, `SELECT l.name, count(s.id) FROM labels l
		LEFT JOIN samples s ON s.dataset = l.dataset AND s.label = l.label AND s.problem = '' AND NOT s.gone
		WHERE l.dataset = ? GROUP BY l.name, l.label ORDER BY l.label`, d.ID)
	return err
}

func (db *Store) fillSplits(ctx context.Context, d *Dataset) (err error) {
	d.Splits, err = NamedCounts(ctx, db.ws, `SELECT split, count(*) FROM samples
		WHERE dataset = ? AND problem = '' AND NOT gone AND split <> '' GROUP BY split ORDER BY split`, d.ID)
	return err
}

func (db *Store) fillRegions(ctx context.Context, d *Dataset) (err error) {
	d.Regions, err = workspace.QueryAll[string](ctx, db.ws, `SELECT DISTINCT name FROM regions WHERE dataset = ? ORDER BY name`, d.ID)
	return err
}

func (db *Store) fillDuplicates(ctx context.Context, d *Dataset) error {
	return db.ws.QueryRow(ctx, `SELECT count(*), count(*) FILTER (labels > 1) FROM (
			SELECT count(DISTINCT coalesce(label, -1)) AS labels FROM samples
			WHERE dataset = ? AND problem = '' AND NOT gone GROUP BY hash HAVING count(*) > 1)`, d.ID).
		Scan(&d.Duplicates, &d.ConflictingDuplicates)
}

// NamedCounts reads the result of a query for names and counts; never nil.
func NamedCounts(ctx context.Context, r workspace.Reader, query string, args ...any) ([]NamedCount, error) {
	rows, err := r.Query(ctx, query, args...)
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

// SamplePath is where the file of a sample of the dataset is.
func (d *Dataset) SamplePath(path string) string {
	return files.Within(d.Root, path)
}
