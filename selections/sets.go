package selections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Set is samples that were chosen, and which they are for good. The id follows from them and the bytes of their files, so
// that choosing the same again is the same set.
type Set struct {
	ID         string
	Slice      string // that it was chosen from; "" for all samples, and for those chosen by hand
	Evaluation string // that the slice is of; "" for samples chosen by hand
	Samples    int
	Changed    int // whose file changed since, or that are gone: they count no longer
}

// Kept is how long a set that nothing refers to is kept after it was used last.
const Kept = 90 * 24 * time.Hour

// ErrEmpty is of a set that would have no samples.
var ErrEmpty = errors.New("no sample is selected")

// Keep makes a set of the samples of a slice of an evaluation, or of those listed, which must be of its dataset.
func (db *Store) Keep(ctx context.Context, evaluation string, of slice.Slice, samples []int64) (set Set, err error) {
	e, err := db.results.Evaluation(ctx, evaluation)
	if err != nil {
		return set, err
	}
	from, args, release := `(SELECT DISTINCT unnest(?::BIGINT[]) AS sample)`, []any{samples}, func() {}
	if samples == nil {
		if from, args, release, err = db.results.Selection(ctx, evaluation, of); err != nil {
			return set, err
		}
		if of, err = db.results.Resolve(ctx, e, of); err != nil {
			release()
			return set, err
		}
		set.Slice, set.Evaluation = of.Named(e.Classes).String(), e.ID
	}
	defer release()
	err = db.ws.Update(ctx, func(tx *workspace.Tx) error {
		dataset, err := catalog.DatasetID(ctx, tx, e.Dataset)
		if err != nil {
			return err
		}
		if err := forget(ctx, tx, time.Now().Add(-Kept)); err != nil {
			return err
		}
		return keep(ctx, tx, dataset, &set, from, args)
	})
	if err != nil {
		err = fmt.Errorf("keeping samples of %s: %w", e.Dataset, err)
	}
	return set, err
}

// keep stores a set, unless it is there.
func keep(ctx context.Context, tx *workspace.Tx, dataset int, set *Set, from string, args []any) error {
	var foreign int
	chosen := from + ` x LEFT JOIN samples s ON s.id = x.sample AND s.dataset = ?`
	args = append(args[:len(args):len(args)], dataset)
	err := tx.QueryRow(ctx, `SELECT count(s.id), count(*) - count(s.id), coalesce(substr(sha256(string_agg(s.dataset || ':' || s.id || ':' || s.hash, ',' ORDER BY s.id)), 1, 16), '')
		FROM `+chosen, args...).Scan(&set.Samples, &foreign, &set.ID)
	switch {
	case err != nil:
		return err
	case foreign > 0:
		return fmt.Errorf("%d of the samples: %w in the dataset", foreign, workspace.ErrNotFound)
	case set.Samples == 0:
		return ErrEmpty
	}
	known, err := workspace.QueryAll[string](ctx, tx, `SELECT id FROM sample_sets WHERE id = ?`, set.ID)
	if err != nil || len(known) > 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO sample_sets VALUES (?, ?, ?, ?, ?, ?)`, set.ID, dataset, set.Slice, set.Evaluation, set.Samples, today()); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO set_samples SELECT ?, s.id, s.hash FROM `+chosen+` ORDER BY s.id`, append([]any{set.ID}, args...)...)
	return err
}

func today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// forget drops the sets that were used last before a moment, and that no saved slice refers to.
func forget(ctx context.Context, tx *workspace.Tx, before time.Time) error {
	list, err := workspace.QueryAll[string](ctx, tx, `SELECT id FROM sample_sets t WHERE used < ?
		AND NOT EXISTS (SELECT 1 FROM saved_slices s WHERE s.set_id = t.id OR contains(s.slice, t.id))`, before)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM set_samples WHERE set_id IN (SELECT unnest(?::VARCHAR[]))`,
		`DELETE FROM sample_sets WHERE id IN (SELECT unnest(?::VARCHAR[]))`,
	} {
		if _, err := tx.Exec(ctx, statement, list); err != nil {
			return err
		}
	}
	return nil
}

// standing are the samples of sets whose files are as they were.
const standing = `set_samples x JOIN samples s ON s.id = x.sample AND s.hash = x.hash`

// Set tells of a set of a dataset.
func (db *Store) Set(ctx context.Context, dataset, id string) (Set, error) {
	number, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return Set{}, err
	}
	list, err := sets(ctx, db.ws, number, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("the selection %s of %s: %w", id, dataset, workspace.ErrNotFound)
	}
	if err != nil {
		return Set{}, err
	}
	return list[id], nil
}

// sets reads the sets of a dataset with these ids.
func sets(ctx context.Context, r workspace.Reader, dataset int, ids ...string) (map[string]Set, error) {
	rows, err := r.Query(ctx, `SELECT t.id, t.slice, t.evaluation, t.samples, t.samples - (SELECT count(*) FROM `+standing+` WHERE x.set_id = t.id)
		FROM sample_sets t WHERE t.dataset = ? AND t.id IN (SELECT unnest(?::VARCHAR[]))`, dataset, ids)
	if err != nil {
		return nil, fmt.Errorf("reading selections: %w", err)
	}
	defer rows.Close()
	found := map[string]Set{}
	for rows.Next() {
		var s Set
		if err := rows.Scan(&s.ID, &s.Slice, &s.Evaluation, &s.Samples, &s.Changed); err != nil {
			return nil, fmt.Errorf("reading selections: %w", err)
		}
		found[s.ID] = s
	}
	return found, rows.Err()
}

// chosen is the criterion sel: the samples of a set. One that is not there is a mistake.
func (db *Store) chosen(ctx context.Context, a results.Asked) (slice.Relation, error) {
	for _, v := range a.Term.Values {
		if err := db.use(ctx, a.Dataset, v.Name); err != nil {
			return slice.Relation{}, err
		}
	}
	return slice.Relation{From: `(SELECT x.sample, x.set_id FROM ` + standing + ` WHERE s.dataset = ?)`, Value: "set_id", Args: []any{a.Dataset}}, nil
}

// use notes that a set is used, once a day.
func (db *Store) use(ctx context.Context, dataset int, id string) error {
	list, err := workspace.QueryAll[bool](ctx, db.ws, `SELECT used < ? FROM sample_sets WHERE dataset = ? AND id = ?`, today(), dataset, id)
	if err != nil {
		return fmt.Errorf("reading selections: %w", err)
	}
	if len(list) == 0 {
		return &slice.Mistake{Name: "sel", Message: fmt.Sprintf("is %s: there is no such selection; one that no saved slice is made of is dropped when it was not used for %d days", id, int(Kept.Hours()/24))}
	}
	if !list[0] {
		return nil
	}
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sample_sets SET used = ? WHERE id = ?`, today(), id)
		return err
	})
}
