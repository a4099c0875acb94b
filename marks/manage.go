package marks

import (
	"context"
	"fmt"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// RemoveTag takes a tag from all samples, as an action that can be undone, and forgets its name.
func (db *Store) RemoveTag(ctx context.Context, dataset, name, author string) (Action, error) {
	a, err := db.Act(ctx, Request{Dataset: dataset, Kind: Tag, Value: name, Remove: true, Author: author, all: true})
	if err != nil {
		return a, err
	}
	return a, db.ws.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM tags t WHERE t.name = ? AND t.dataset = (SELECT id FROM datasets WHERE name = ?)
			AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.dataset = t.dataset AND m.kind = 'tag' AND m.value = t.name)`, name, dataset)
		return err
	})
}

// RenameTag gives a tag another name, also in the history, as an action that can be undone. It is catalog.ErrTaken where
// there is a tag of that name.
func (db *Store) RenameTag(ctx context.Context, dataset, name, to string) error {
	if err := checkTag(to); err != nil {
		return err
	}
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := catalog.DatasetID(ctx, tx, dataset)
		if err != nil {
			return err
		}
		if err := knows(ctx, tx, id, name); err != nil {
			return err
		}
		if knows(ctx, tx, id, to) == nil {
			return fmt.Errorf("%w: there is a tag %q already", catalog.ErrTaken, to)
		}
		if err := renameTag(ctx, tx, id, name, to); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO mark_actions SELECT nextval('mark_action_ids'), $1, 'rename', $2, false, n, n, $3, '', '', $4, NULL
			FROM (SELECT count(*) AS n FROM marks WHERE dataset = $1 AND kind = 'tag' AND value = $2)`, id, to, written(name), now())
		return err
	})
	if err != nil {
		return fmt.Errorf("renaming the tag %s of %s: %w", name, dataset, err)
	}
	return nil
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// renameTag gives a tag another name wherever it stands.
func renameTag(ctx context.Context, tx *workspace.Tx, dataset int, name, to string) error {
	for _, statement := range []string{
		`UPDATE tags SET name = $3 WHERE dataset = $1 AND name = $2`,
		`UPDATE marks SET value = $3 WHERE dataset = $1 AND kind = 'tag' AND value = $2`,
		`UPDATE mark_changes SET value = $3 WHERE value = $2 AND action IN (SELECT id FROM mark_actions WHERE dataset = $1 AND kind = 'tag')`,
		`UPDATE mark_actions SET value = $3 WHERE dataset = $1 AND kind = 'tag' AND value = $2`,
	} {
		if _, err := tx.Exec(ctx, statement, dataset, name, to); err != nil {
			return err
		}
	}
	return nil
}

// Former is the name that a renamed tag had.
func (a Action) Former() string {
	of, err := slice.Parse(a.Slice)
	if terms := of.Terms(); err == nil && len(terms) == 1 && len(terms[0].Values) == 1 {
		return terms[0].Values[0].Name
	}
	return ""
}

// undoRename gives a tag its former name again. It is ErrChanged where the tag is called otherwise now, or another has the name.
func undoRename(ctx context.Context, tx *workspace.Tx, dataset int, a *Action) error {
	if knows(ctx, tx, dataset, a.Value) != nil {
		return fmt.Errorf("%w: no tag is called %s now; undo first what came after action %d (%s)", ErrChanged, a.Value, a.ID, a)
	}
	if knows(ctx, tx, dataset, a.Former()) == nil {
		return fmt.Errorf("%w: another tag is called %s now; rename or remove it first", ErrChanged, a.Former())
	}
	return renameTag(ctx, tx, dataset, a.Value, a.Former())
}
