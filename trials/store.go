// Package trials is the store of what a model says of samples of which something was hidden,
// swapped or pasted, with the plans that say what was tried, of what users declared that
// it should look at, and of findings that they dismissed.
//
// Its queries join the tables of evaluations (package results) and of datasets (package
// catalog), which it never writes.
package trials

import (
	"context"
	_ "embed"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Store has the trials of a workspace. Its methods may be called concurrently.
type Store struct{ ws *workspace.Workspace }

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "trials", Tables: tables}

// New opens the trials, making or migrating their tables. Trials go when the results do that
// they are compared with.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws}
	if err := r.Attach(ctx, results.Attached{Tables: schema, Drop: db.drop}); err != nil {
		return nil, err
	}
	return db, ws.Migrate(ctx, dismissed)
}

// drop removes all trials of an evaluation of which any prediction goes: what they say
// together holds no longer.
func (db *Store) drop(ctx context.Context, tx *workspace.Tx, d results.Dropped) error {
	if d.Samples != nil && len(d.Samples) == 0 {
		return nil
	}
	for _, table := range []string{"trials", "trial_plans"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ?`, d.Evaluation); err != nil {
			return err
		}
	}
	return nil
}
