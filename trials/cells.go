package trials

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// Cells returns the trials of a stage in which a cell of the 3×3 grid was hidden, and those in which
// nothing was, of at most so many samples: spread evenly over the units, and so over the classes. They
// come unit by unit, what is unchanged first.
func (db *Store) Cells(ctx context.Context, evaluation, stage string, most int) ([]Trial, error) {
	units, err := workspace.QueryAll[int32](ctx, db.ws, `SELECT DISTINCT t.unit FROM trials t JOIN evaluations e ON e.id = t.evaluation
		WHERE e.slug = ? AND t.stage = ? AND t.region = '' ORDER BY t.unit`, evaluation, stage)
	if err != nil {
		return nil, fmt.Errorf("listing the trials of %s: %w", evaluation, err)
	}
	if n := len(units); n > most {
		for i := range most {
			units[i] = units[i*n/most]
		}
		units = units[:most]
	}
	return db.read(ctx, evaluation, stage, ` AND (t.region = '' OR t.region LIKE 'grid %' AND t.place = 0) AND t.unit IN (SELECT unnest(?::INTEGER[]))`, units)
}
