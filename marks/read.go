package marks

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// TagCount is a tag of a dataset.
type TagCount struct {
	Name    string
	Samples int // that have it
	Changed int // whose file changed since: it counts no longer
	Created time.Time
}

// Tags lists the tags of a dataset by name.
func (db *Store) Tags(ctx context.Context, dataset string) ([]TagCount, error) {
	id, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT t.name, count(s.id), count(m.sample) - count(s.id), t.created FROM tags t
			LEFT JOIN marks m ON m.dataset = t.dataset AND m.kind = 'tag' AND m.value = t.name
			LEFT JOIN samples s ON s.id = m.sample AND s.hash = m.hash
		WHERE t.dataset = ? GROUP BY t.name, t.created ORDER BY t.name`, id)
	if err != nil {
		return nil, fmt.Errorf("listing the tags of %s: %w", dataset, err)
	}
	defer rows.Close()
	list := []TagCount{}
	for rows.Next() {
		var t TagCount
		if err := rows.Scan(&t.Name, &t.Samples, &t.Changed, &t.Created); err != nil {
			return nil, fmt.Errorf("listing the tags of %s: %w", dataset, err)
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// InSlice counts the samples of a slice by tag.
func (db *Store) InSlice(ctx context.Context, evaluation string, of slice.Slice) (map[string]int, error) {
	from, args, release, err := db.results.Selection(ctx, evaluation, of)
	if err != nil {
		return nil, err
	}
	defer release()
	rows, err := db.ws.Query(ctx, `SELECT m.value, count(*) FROM `+standing+` WHERE m.kind = 'tag' AND m.sample IN (SELECT sample FROM `+from+`) GROUP BY m.value`, args...)
	if err != nil {
		return nil, fmt.Errorf("counting the tags of %s: %w", evaluation, err)
	}
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, fmt.Errorf("counting the tags of %s: %w", evaluation, err)
		}
		found[name] = n
	}
	return found, rows.Err()
}

// Mark is what is noted of one sample.
type Mark struct {
	Kind    Kind
	Value   string
	Author  string
	Created time.Time
	Changed bool // the file is another one now: the mark counts no longer
}

// Of lists the marks of a sample, by kind and value.
func (db *Store) Of(ctx context.Context, sample int64) ([]Mark, error) {
	rows, err := db.ws.Query(ctx, `SELECT m.kind, m.value, a.author, a.created, m.hash <> s.hash FROM marks m
			JOIN mark_actions a ON a.id = m.action JOIN samples s ON s.id = m.sample
		WHERE m.sample = ? ORDER BY m.kind, m.value, a.id`, sample)
	if err != nil {
		return nil, fmt.Errorf("reading the marks of sample %d: %w", sample, err)
	}
	defer rows.Close()
	var list []Mark
	for rows.Next() {
		var m Mark
		if err := rows.Scan(&m.Kind, &m.Value, &m.Author, &m.Created, &m.Changed); err != nil {
			return nil, fmt.Errorf("reading the marks of sample %d: %w", sample, err)
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// OfMany lists the marks of samples, by sample, without who and when; those that no longer
// count are left out.
func (db *Store) OfMany(ctx context.Context, samples []int64) (map[int64][]Mark, error) {
	in, args := workspace.In("m.sample", samples)
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.kind, m.value FROM `+standing+` WHERE `+in+` ORDER BY m.sample, m.kind, m.value`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the marks of samples: %w", err)
	}
	defer rows.Close()
	found := map[int64][]Mark{}
	for rows.Next() {
		var sample int64
		var m Mark
		if err := rows.Scan(&sample, &m.Kind, &m.Value); err != nil {
			return nil, fmt.Errorf("reading the marks of samples: %w", err)
		}
		found[sample] = append(found[sample], m)
	}
	return found, rows.Err()
}

// History lists the last actions of a dataset, the last one first.
func (db *Store) History(ctx context.Context, dataset string) ([]Action, error) {
	id, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, err
	}
	list, err := actions(ctx, db.ws, id)
	if err != nil {
		return nil, fmt.Errorf("reading what was marked in %s: %w", dataset, err)
	}
	return list, nil
}

func actions(ctx context.Context, r workspace.Reader, dataset int) ([]Action, error) {
	rows, err := r.Query(ctx, `SELECT id, kind, value, removes, selected, changed, slice, evaluation, author, created, undone FROM mark_actions
		WHERE dataset = ? ORDER BY id DESC LIMIT ?`, dataset, Undoable)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Action{}
	for rows.Next() {
		var a Action
		var undone sql.NullTime
		if err := rows.Scan(&a.ID, &a.Kind, &a.Value, &a.Remove, &a.Selected, &a.Changed, &a.Slice, &a.Evaluation, &a.Author, &a.Created, &undone); err != nil {
			return nil, err
		}
		if undone.Valid {
			a.Undone = &undone.Time
		}
		list = append(list, a)
	}
	return list, rows.Err()
}
