package marks

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Request is a mark to set on, or to take from, many samples: those of a slice of an
// evaluation, or those in Samples.
type Request struct {
	Dataset    string
	Kind       Kind
	Value      string // of what is taken away only tags have one
	Remove     bool
	Author     string
	Evaluation string // whose samples Slice selects
	Slice      slice.Slice
	Samples    []int64 // instead of a slice; must be of the dataset

	all bool // all samples of the dataset
}

// Action is something that was done to marks, as the history has it.
type Action struct {
	ID         int64
	Kind       Kind
	Value      string
	Remove     bool
	Selected   int    // samples that were meant
	Changed    int    // of them those that did not have, or had, the mark
	Slice      string // canonical text
	Evaluation string // "" for samples chosen one by one
	Author     string
	Created    time.Time
	Undone     *time.Time // nil while it stands
}

// Act sets or takes a mark on many samples in one transaction, and tells what that changed.
func (db *Store) Act(ctx context.Context, r Request) (Action, error) {
	a := Action{Kind: r.Kind, Value: r.Value, Remove: r.Remove, Author: r.Author, Evaluation: r.Evaluation, Created: time.Now().UTC().Truncate(time.Microsecond)}
	if err := r.check(); err != nil {
		return a, err
	}
	from, args, release, err := db.selected(ctx, r)
	if err != nil {
		return a, err
	}
	defer release()
	if r.Samples == nil {
		a.Slice = r.Slice.String()
	}
	err = db.ws.Update(ctx, func(tx *workspace.Tx) error {
		dataset, err := catalog.DatasetID(ctx, tx, r.Dataset)
		if err != nil {
			return err
		}
		return db.act(ctx, tx, dataset, &a, from, args)
	})
	if err != nil {
		return a, fmt.Errorf("marking samples of %s: %w", r.Dataset, err)
	}
	return a, nil
}

// mostAuthor is the most characters of a name of who did something.
const mostAuthor = 200

func (r Request) check() error {
	if len(r.Author) > mostAuthor || strings.ContainsFunc(r.Author, unicode.IsControl) {
		return fmt.Errorf("%w has an author of %d bytes: a name has at most %d, and no control characters", ErrAction, len(r.Author), mostAuthor)
	}
	if r.Evaluation == "" && r.Samples == nil && !r.all {
		return fmt.Errorf("%w needs samples: those of a slice of an evaluation, or a list", ErrAction)
	}
	return r.checkValue()
}

// selected is SQL with the samples of a request in the column sample.
func (db *Store) selected(ctx context.Context, r Request) (from string, args []any, release func(), err error) {
	switch {
	case r.all:
		return `(SELECT id AS sample FROM samples WHERE dataset = (SELECT id FROM datasets WHERE name = ?))`, []any{r.Dataset}, func() {}, nil
	case r.Samples != nil:
		return `(SELECT DISTINCT unnest(?::BIGINT[]) AS sample)`, []any{r.Samples}, func() {}, nil
	}
	return db.results.Selection(ctx, r.Evaluation, r.Slice)
}

func (db *Store) act(ctx context.Context, tx *workspace.Tx, dataset int, a *Action, from string, args []any) error {
	if err := tx.QueryRow(ctx, `SELECT nextval('mark_action_ids')`).Scan(&a.ID); err != nil {
		return err
	}
	err := tx.QueryRow(ctx, `SELECT count(*) FROM `+from+` x JOIN samples s ON s.id = x.sample WHERE s.dataset = ?`, append(args[:len(args):len(args)], dataset)...).Scan(&a.Selected)
	if err != nil {
		return err
	}
	if a.Remove {
		if a.Kind == Tag {
			if err := knows(ctx, tx, dataset, a.Value); err != nil {
				return err
			}
		}
		err = remove(ctx, tx, dataset, a, from, args)
	} else {
		err = add(ctx, tx, dataset, a, from, args)
	}
	if err != nil || a.Changed == 0 {
		return err // what changed nothing is not part of the history
	}
	_, err = tx.Exec(ctx, `INSERT INTO mark_actions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
		a.ID, dataset, string(a.Kind), a.Value, a.Remove, a.Selected, a.Changed, a.Slice, a.Evaluation, a.Author, a.Created)
	if err != nil {
		return err
	}
	return prune(ctx, tx, dataset)
}

// add marks the samples that do not have the mark.
func add(ctx context.Context, tx *workspace.Tx, dataset int, a *Action, from string, args []any) error {
	err := a.prepare(ctx, tx, dataset, from, args)
	if err != nil {
		return err
	}
	all := append([]any{a.ID, a.Value}, args...)
	done, err := tx.Exec(ctx, `INSERT INTO mark_changes SELECT ?, s.id, s.hash, ?, NULL FROM `+from+` x JOIN samples s ON s.id = x.sample
			LEFT JOIN (SELECT sample, hash FROM marks WHERE dataset = ? AND kind = ? AND value = ?) m ON m.sample = s.id AND m.hash = s.hash
		WHERE s.dataset = ? AND m.sample IS NULL`, append(all, dataset, string(a.Kind), a.Value, dataset)...)
	if err != nil {
		return err
	}
	if a.Changed, err = count(done); err != nil || a.Changed == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO marks SELECT ?, sample, hash, ?, value, action FROM mark_changes WHERE action = ? AND former IS NULL`, dataset, string(a.Kind), a.ID)
	return err
}

// prepare makes room for a mark: a tag has its name noted; of other kinds a sample has one, so
// the former is taken away by the same action.
func (a *Action) prepare(ctx context.Context, tx *workspace.Tx, dataset int, from string, args []any) error {
	if a.Kind == Tag {
		return nameTag(ctx, tx, dataset, a.Value, a.Created)
	}
	all := append([]any{a.ID, dataset, string(a.Kind), a.Value}, args...)
	if _, err := tx.Exec(ctx, `INSERT INTO mark_changes SELECT ?, m.sample, m.hash, m.value, m.action FROM `+standing+`
		WHERE m.dataset = ? AND m.kind = ? AND m.value <> ? AND m.sample IN (SELECT sample FROM `+from+`)`, all...); err != nil {
		return err
	}
	return a.take(ctx, tx, dataset)
}

// take deletes the marks that an action takes away.
func (a *Action) take(ctx context.Context, tx *workspace.Tx, dataset int) error {
	_, err := tx.Exec(ctx, `DELETE FROM marks m USING mark_changes c WHERE c.action = ? AND c.former IS NOT NULL AND m.dataset = ? AND m.kind = ?
		AND m.sample = c.sample AND m.hash = c.hash AND m.value = c.value`, a.ID, dataset, string(a.Kind))
	return err
}

// remove takes the mark from the samples, also where it no longer counts.
func remove(ctx context.Context, tx *workspace.Tx, dataset int, a *Action, from string, args []any) error {
	all := append([]any{a.ID, dataset, string(a.Kind), a.Value}, args...)
	done, err := tx.Exec(ctx, `INSERT INTO mark_changes SELECT ?, m.sample, m.hash, m.value, m.action FROM marks m
		WHERE m.dataset = ? AND m.kind = ? AND (m.value = ? OR m.kind <> 'tag') AND m.sample IN (SELECT sample FROM `+from+`)`, all...)
	if err != nil {
		return err
	}
	if a.Changed, err = count(done); err != nil || a.Changed == 0 {
		return err
	}
	return a.take(ctx, tx, dataset)
}

func count(r interface{ RowsAffected() (int64, error) }) (int, error) {
	n, err := r.RowsAffected()
	return int(n), err
}

// nameTag notes that a dataset has a tag.
func nameTag(ctx context.Context, tx *workspace.Tx, dataset int, name string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO tags SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM tags WHERE dataset = ? AND name = ?)`, dataset, name, at, dataset, name)
	return err
}

// knows is workspace.ErrNotFound where a dataset does not have a tag.
func knows(ctx context.Context, tx *workspace.Tx, dataset int, name string) error {
	list, err := workspace.QueryAll[string](ctx, tx, `SELECT name FROM tags WHERE dataset = ? ORDER BY name`, dataset)
	if err != nil {
		return err
	}
	for _, known := range list {
		if known == name {
			return nil
		}
	}
	if len(list) == 0 {
		return fmt.Errorf("the tag %q: %w; the dataset has no tags", name, workspace.ErrNotFound)
	}
	return fmt.Errorf("the tag %q: %w; there are %s", name, workspace.ErrNotFound, slice.ShortList(list))
}

// Undoable is how many actions of a dataset can be undone, the last ones.
const Undoable = 100

// prune forgets what the actions changed that are too old to be undone.
func prune(ctx context.Context, tx *workspace.Tx, dataset int) error {
	_, err := tx.Exec(ctx, `DELETE FROM mark_changes WHERE action IN (SELECT id FROM mark_actions WHERE dataset = ? ORDER BY id DESC OFFSET ?)`, dataset, Undoable)
	return err
}
