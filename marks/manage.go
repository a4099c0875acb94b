package marks

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/catalog"
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

// RenameTag gives a tag another name, also in the history. It is catalog.ErrTaken where there
// is a tag of that name.
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
		for _, statement := range []string{
			`UPDATE tags SET name = $3 WHERE dataset = $1 AND name = $2`,
			`UPDATE marks SET value = $3 WHERE dataset = $1 AND kind = 'tag' AND value = $2`,
			`UPDATE mark_changes SET value = $3 WHERE value = $2 AND action IN (SELECT id FROM mark_actions WHERE dataset = $1 AND kind = 'tag')`,
			`UPDATE mark_actions SET value = $3 WHERE dataset = $1 AND kind = 'tag' AND value = $2`,
		} {
			if _, err := tx.Exec(ctx, statement, id, name, to); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("renaming the tag %s of %s: %w", name, dataset, err)
	}
	return nil
}
