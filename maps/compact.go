package maps

import (
	"context"

	"github.com/sightline/sightline/workspace"
)

var packs = workspace.PackTable{Table: "maps", Kind: packsKind, Folder: packsFolder}

// Compact merges small packs; see workspace.Compact. A job calls it at its end.
func (db *Store) Compact(ctx context.Context) error { return db.ws.Compact(ctx, packs) }

// Tidy is Compact if many packs were stored since it ran last: every chunk of a job and
// every map made on demand leaves one. It must not be called in a transaction.
func (db *Store) Tidy(ctx context.Context) error { return db.ws.Tidy(ctx, packs) }
