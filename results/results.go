// Package results is the store of what evaluations gave: predictions, every class
// score and the embeddings in score blocks, failures, curves and the areas under
// them, and facts about an evaluation's model.
//
// Its queries join the tables of package catalog (datasets, models, samples, labels),
// which it reads and never writes.
package results

import (
	"context"
	_ "embed"
	"maps"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// Store has the results of a workspace. Its methods may be called concurrently. It
// has many of them, because an evaluation is looked at in many ways (matrix, samples,
// curve, histogram, summary); each file of the package has those of one.
type Store struct {
	ws         *workspace.Workspace
	catalog    *catalog.Store
	scores     *published[*classScores]
	relabels   *published[*relabelled]
	known      knownEvaluations
	dependents []Dependent
	sources    map[string]Source
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "results", Tables: tables, Steps: []string{
	// Predictions of files that changed since are made again.
	`ALTER TABLE blocks ADD COLUMN created TIMESTAMPTZ;
	UPDATE blocks SET created = now();`,
	// What is known of an evaluation's model.
	`CREATE TABLE findings (evaluation INTEGER, name VARCHAR, content VARCHAR, created TIMESTAMPTZ);`,
	// A finding is something else: a ranked statement with its evidence.
	`ALTER TABLE findings RENAME TO facts;`,
	// The order of samples by path is kept.
	`CREATE TABLE path_orders (evaluation INTEGER, imported TIMESTAMPTZ, samples BIGINT[]);`,
}}

// blocksFolder holds the score blocks, in a folder per evaluation.
const blocksFolder = "blocks"

// New opens the results, making or migrating their tables.
func New(ctx context.Context, ws *workspace.Workspace, c *catalog.Store) (*Store, error) {
	if err := ws.Migrate(ctx, schema); err != nil {
		return nil, err
	}
	db := &Store{ws: ws, catalog: c, scores: newScores(), relabels: newRelabels(), sources: map[string]Source{}}
	if err := db.scores.register(ctx, ws); err != nil {
		return nil, err
	}
	if err := db.relabels.register(ctx, ws); err != nil {
		return nil, err
	}
	blocks, err := workspace.QueryAll[string](ctx, ws, `SELECT file FROM blocks`)
	if err != nil {
		return nil, err
	}
	return db, ws.Sweep(blocksFolder, blocks)
}

// Dropped says which results no longer hold.
type Dropped struct {
	ID         string  // of the evaluation
	Evaluation int     // its key in the tables; see Number
	Samples    []int64 // nil: all, and with them what is known of the model
}

// Dependent drops, as part of tx, what was made from results that no longer hold.
type Dependent func(ctx context.Context, tx *workspace.Tx, d Dropped) error

// Attached is a store beside this one.
type Attached struct {
	Tables   workspace.Schema
	Drop     Dependent         // nil where nothing is made from results
	Criteria map[string]Source // of slices, that it answers
}

// Attach makes or migrates the tables of a store, and lets it take part when results are dropped
// and slices are asked for. Call it before anything is stored or asked.
func (db *Store) Attach(ctx context.Context, a Attached) error {
	if err := db.ws.Migrate(ctx, a.Tables); err != nil {
		return err
	}
	if a.Drop != nil {
		db.dependents = append(db.dependents, a.Drop)
	}
	maps.Copy(db.sources, a.Criteria)
	return nil
}

func (db *Store) dropDependents(ctx context.Context, tx *workspace.Tx, d Dropped) error {
	for _, drop := range db.dependents {
		if err := drop(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}
