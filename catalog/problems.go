package catalog

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

// Problem is a sample that cannot be used, and why.
type Problem struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// DuplicateGroup is a set of samples with the same bytes. Labels are the
// different ones, sorted; more than one is a contradiction.
type DuplicateGroup struct {
	Hash   string   `json:"hash"`
	Paths  []string `json:"paths"`
	Labels []string `json:"labels"`
}

// Problems is what is wrong, or merely worth knowing, in a dataset.
type Problems struct {
	Quarantined []Problem        `json:"quarantined"`
	Stray       []string         `json:"stray"`    // files that are no images
	Missing     []string         `json:"missing"`  // named by a table, and not there
	Unlisted    []string         `json:"unlisted"` // images a table does not name
	Warnings    []string         `json:"warnings"`
	Gone        []string         `json:"gone"`
	Changed     []string         `json:"changed"`
	Added       []string         `json:"added"`      // by the last import, if it was not the first
	Moved       []string         `json:"moved"`      // "path before → path now", by the last import
	Returned    []string         `json:"returned"`   // gone before the last import
	Relabelled  []string         `json:"relabelled"` // the source now says another label or split; the stored one stays
	Duplicates  []DuplicateGroup `json:"duplicates"`
}

// Problems lists what imports of the dataset found.
func (db *Store) Problems(ctx context.Context, name string) (*Problems, error) {
	d, err := db.datasetRow(ctx, `name = ?`, name)
	if err != nil {
		return nil, fmt.Errorf("dataset %q: %w", name, workspace.ErrNotFound)
	}
	p := &Problems{}
	for _, list := range []struct {
		to    *[]string
		query string
	}{
		{&p.Stray, remarkPaths(dataset.Stray)},
		{&p.Missing, remarkPaths(dataset.Missing)},
		{&p.Unlisted, remarkPaths(dataset.Unlisted)},
		{&p.Warnings, `SELECT CASE WHEN path = '' THEN detail ELSE path || ': ' || detail END AS t FROM remarks WHERE dataset = ? AND kind = 'warning' ORDER BY t`},
		{&p.Added, remarkPaths(remarkAdded)},
		{&p.Moved, `SELECT detail || ' → ' || path FROM remarks WHERE dataset = ? AND kind = 'moved' ORDER BY path`},
		{&p.Returned, remarkPaths(remarkReturned)},
		{&p.Relabelled, remarkPaths(remarkRelabelled)},
		{&p.Gone, `SELECT path FROM samples WHERE dataset = ? AND gone ORDER BY path`},
		{&p.Changed, `SELECT path FROM samples WHERE dataset = ? AND changed AND NOT gone ORDER BY path`},
	} {
		if *list.to, err = workspace.QueryAll[string](ctx, db.ws, list.query, d.ID); err != nil {
			return nil, fmt.Errorf("listing problems of %s: %w", name, err)
		}
	}
	if p.Quarantined, err = db.quarantined(ctx, d.ID); err != nil {
		return nil, err
	}
	p.Duplicates, err = db.duplicates(ctx, d.ID)
	return p, err
}

func remarkPaths(kind string) string {
	return `SELECT path FROM remarks WHERE dataset = ? AND kind = '` + kind + `' ORDER BY path`
}

func (db *Store) quarantined(ctx context.Context, datasetID int) ([]Problem, error) {
	rows, err := db.ws.Query(ctx, `SELECT path, problem FROM samples WHERE dataset = ? AND problem <> '' AND NOT gone ORDER BY path`, datasetID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Problem{}
	for rows.Next() {
		var p Problem
		if err := rows.Scan(&p.Path, &p.Reason); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// duplicates lists the groups of equal samples, contradictory ones first.
func (db *Store) duplicates(ctx context.Context, datasetID int) ([]DuplicateGroup, error) {
	rows, err := db.ws.Query(ctx, `SELECT s.hash, list(s.path ORDER BY s.path), list_sort(list(DISTINCT coalesce(l.name, '')))
		FROM samples s LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		WHERE s.dataset = ? AND s.problem = '' AND NOT s.gone GROUP BY s.hash HAVING count(*) > 1
		ORDER BY count(DISTINCT coalesce(l.name, '')) DESC, min(s.path)`, datasetID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []DuplicateGroup{}
	for rows.Next() {
		var g DuplicateGroup
		var paths, labels []any
		if err := rows.Scan(&g.Hash, &paths, &labels); err != nil {
			return nil, err
		}
		g.Paths, g.Labels = texts(paths), texts(labels)
		list = append(list, g)
	}
	return list, rows.Err()
}

func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i], _ = v.(string)
	}
	return out
}
