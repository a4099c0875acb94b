package marks

import (
	"context"
	"fmt"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// Undo takes an action of a dataset back, 0 for the last one that stands, and tells which it
// was. It is ErrChanged, and nothing is done, where any of its samples was marked otherwise
// since; the action that did so can be undone first.
func (db *Store) Undo(ctx context.Context, dataset string, id int64) (Action, error) {
	var a Action
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := catalog.DatasetID(ctx, tx, dataset)
		if err != nil {
			return err
		}
		if a, err = undoable(ctx, tx, number, id); err != nil {
			return err
		}
		return undo(ctx, tx, number, &a)
	})
	if err != nil {
		return a, fmt.Errorf("undoing what was marked in %s: %w", dataset, err)
	}
	return a, nil
}

// undoable finds the action, or says why it is none that can be undone.
func undoable(ctx context.Context, tx *workspace.Tx, dataset int, id int64) (Action, error) {
	list, err := actions(ctx, tx, dataset)
	if err != nil {
		return Action{}, err
	}
	for _, a := range list {
		if a.ID == id || id == 0 && a.Undone == nil {
			if a.Undone != nil {
				return a, fmt.Errorf("%w action %d was undone at %s", ErrAction, id, a.Undone.Local().Format(time.DateTime))
			}
			return a, nil
		}
	}
	if id == 0 {
		return Action{}, fmt.Errorf("%w action to undo: there is none", ErrAction)
	}
	return Action{}, fmt.Errorf("action %d: %w among the last %d", id, workspace.ErrNotFound, Undoable)
}

func undo(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) error {
	takeBack := undoMarks
	if a.Kind == Rename {
		takeBack = undoRename
	}
	if err := takeBack(ctx, tx, dataset, a); err != nil {
		return err
	}
	at := now()
	a.Undone = &at
	_, err := tx.Exec(ctx, `UPDATE mark_actions SET undone = ? WHERE id = ?`, at, a.ID)
	return err
}

// undoMarks takes back what an action set, and sets again what it took.
func undoMarks(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) error {
	n, err := disturbed(ctx, tx, dataset, a)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%w: %d of the %d samples of action %d (%s); undo first what came after it", ErrChanged, n, a.Changed, a.ID, a)
	}
	if err := withdraw(ctx, tx, dataset, a); err != nil {
		return err
	}
	if err := restore(ctx, tx, dataset, a); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM mark_changes WHERE action = ?`, a.ID)
	return err
}

// disturbed counts the marks of an action that are not as it left them: those that it set and
// that are gone, and those that it took and in whose place there is another's, which of tags is
// the same one.
func disturbed(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM mark_changes WHERE action = $1 AND former IS NULL)
			- (SELECT count(*) FROM marks WHERE action = $1 AND dataset = $2 AND kind = $3)
			+ (SELECT count(*) FROM mark_changes c JOIN marks m ON m.sample = c.sample AND m.hash = c.hash AND (m.value = c.value OR m.kind <> 'tag')
				WHERE c.action = $1 AND c.former IS NOT NULL AND m.dataset = $2 AND m.kind = $3 AND m.action <> $1)`, a.ID, dataset, string(a.Kind)).Scan(&n)
	return n, err
}

// restore sets again what an action took.
func restore(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) error {
	if a.Remove && a.Kind == Tag {
		if err := nameTag(ctx, tx, dataset, a.Value, a.Created); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO marks SELECT ?, sample, hash, ?, value, former FROM mark_changes WHERE action = ? AND former IS NOT NULL`, dataset, string(a.Kind), a.ID)
	return err
}

// withdraw takes what an action set, and the tag if it came with the action and nothing has it.
func withdraw(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) error {
	if _, err := tx.Exec(ctx, `DELETE FROM marks WHERE action = ?`, a.ID); err != nil {
		return err
	}
	if a.Kind != Tag || a.Remove {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM tags WHERE dataset = $1 AND name = $2 AND created = $3
		AND NOT EXISTS (SELECT 1 FROM marks WHERE dataset = $1 AND kind = 'tag' AND value = $2)`, dataset, a.Value, a.Created)
	return err
}
