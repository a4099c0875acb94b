// Package maps is the store of attribution maps, made by jobs or on demand, of
// trust in them and of what they say of regions. A map is one item of a pack file; its key names method, target, seed
// and options, so that equal requests find the same map.
//
// Its queries join the table of evaluations of package results.
package maps

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Store has the maps of a workspace. Its methods may be called concurrently. It has
// many of them, because maps, trust in them and their shares of regions are stored by
// one transaction and asked for together; each file of the package has those of one.
type Store struct {
	ws      *workspace.Workspace
	results *results.Store
	have    mapped
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "maps", Tables: tables, Steps: []string{
	``,
	// Trust in maps.
	`CREATE TABLE trusts (evaluation INTEGER, sample BIGINT, key VARCHAR, verdict VARCHAR, insertion DOUBLE, deletion DOUBLE, content VARCHAR, created TIMESTAMPTZ);`,
	// What maps say of regions.
	`CREATE TABLE shares (evaluation INTEGER, sample BIGINT, key VARCHAR, revision INTEGER, place INTEGER, region VARCHAR, builtin BOOLEAN,
		share DOUBLE, area DOUBLE, ratio DOUBLE, negative DOUBLE, hottest BOOLEAN);`,
	autoKeys,
}}

const (
	packsFolder = "maps" // a folder per evaluation, and packs that compaction merged
	packsKind   = "maps"
)

// New opens the maps, making or migrating their tables. Maps go when the results that
// they explain do.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws, results: r}
	err := r.Attach(ctx, results.Attached{Tables: schema, Drop: db.drop, Criteria: map[string]results.Source{
		"share": db.relation, "hottest": db.relation, "verdict": db.relation, "reason": db.reason,
	}})
	if err != nil {
		return nil, err
	}
	if err := db.tellChoices(ctx, r); err != nil {
		return nil, err
	}
	return db, ws.SweepPacks(ctx, packsFolder)
}

// drop removes the maps, and what is known of them, of results that no longer hold.
func (db *Store) drop(ctx context.Context, tx *workspace.Tx, d results.Dropped) error {
	for _, table := range []string{"maps", "trusts", "shares"} {
		var err error
		if d.Samples == nil {
			_, err = tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ?`, d.Evaluation)
		} else {
			_, err = tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND sample IN (SELECT unnest(?::BIGINT[]))`, d.Evaluation, d.Samples)
		}
		if err != nil {
			return err
		}
	}
	tx.OnCommit(func() { db.have.forget(d.ID) })
	return db.dropEmptyPacks(ctx, tx)
}

// dropEmptyPacks forgets the packs of which no map is left.
func (db *Store) dropEmptyPacks(ctx context.Context, tx *workspace.Tx) error {
	empty, err := workspace.QueryAll[string](ctx, tx, `SELECT pack FROM packs WHERE kind = ? AND pack NOT IN (SELECT pack FROM maps)`, packsKind)
	if err != nil {
		return err
	}
	return db.ws.DropPacks(ctx, tx, empty)
}

// Extent counts the maps of evaluations, given by their keys in the tables, and the bytes of
// the packs that hold no others.
func (db *Store) Extent(ctx context.Context, evaluations []int32) (maps int, bytes int64, err error) {
	err = db.ws.QueryRow(ctx, `SELECT
			(SELECT count(*) FROM maps WHERE evaluation IN (SELECT unnest($1::INTEGER[]))),
			(SELECT coalesce(sum(bytes), 0)::BIGINT FROM packs
				WHERE pack IN (SELECT pack FROM maps WHERE evaluation IN (SELECT unnest($1::INTEGER[])))
				AND pack NOT IN (SELECT pack FROM maps WHERE evaluation NOT IN (SELECT unnest($1::INTEGER[]))))`, evaluations).Scan(&maps, &bytes)
	if err != nil {
		err = fmt.Errorf("count the maps of evaluations: %w", err)
	}
	return maps, bytes, err
}
