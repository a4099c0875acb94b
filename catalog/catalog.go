// Package catalog is the store of what there is to evaluate: datasets with their
// samples, labels, regions and thumbnails, and models. Images and models stay where
// they are; the catalogue knows their paths, sizes and hashes.
package catalog

import (
	"context"
	_ "embed"

	"github.com/sightline/sightline/workspace"
)

// Store is the catalogue of a workspace. Its methods may be called concurrently. It
// has many of them, because a dataset is asked for its samples in many ways; each
// file of the package has those of one subject.
type Store struct {
	ws    *workspace.Workspace
	drawn drawnCache
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "catalog", Tables: tables, Steps: []string{
	// Predictions of files that changed since are made again.
	`ALTER TABLE samples ADD COLUMN since TIMESTAMPTZ;
	UPDATE samples SET since = (SELECT created FROM datasets d WHERE d.id = samples.dataset);`,
	``,
	// What was computed from regions tells of which.
	`ALTER TABLE datasets ADD COLUMN regions_revision INTEGER;
	UPDATE datasets SET regions_revision = 1;`,
}}

// Packs of thumbnails: their folder and their kind.
const (
	thumbsFolder = "thumbs"
	thumbsKind   = "thumbnails"
)

// New opens the catalogue, making or migrating its tables.
func New(ctx context.Context, ws *workspace.Workspace) (*Store, error) {
	for _, s := range []workspace.Schema{schema, listed, printed} {
		if err := ws.Migrate(ctx, s); err != nil {
			return nil, err
		}
	}
	return &Store{ws: ws}, ws.SweepPacks(ctx, thumbsFolder)
}
