package results

import (
	"context"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/workspace"
)

// Rank is what a prediction says of the order of classes.
type Rank struct {
	Truth int   // class of the label, or -1
	Best  []int // the best five classes, best first
}

// Ranks returns those of samples in an evaluation; samples that are not predicted
// are left out.
func (db *Store) Ranks(ctx context.Context, evaluation string, samples []int64) (map[int64]Rank, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	in, args := workspace.In("sample", samples)
	rows, err := db.ws.Query(ctx, `SELECT sample, truth, top FROM predictions
		WHERE evaluation = ? AND `+in, append([]any{e.number}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("finding the best classes: %w", err)
	}
	defer rows.Close()
	found := make(map[int64]Rank, len(samples))
	for rows.Next() {
		var id int64
		var truth int
		var top duckdb.Composite[[]int32]
		if err := rows.Scan(&id, &truth, &top); err != nil {
			return nil, err
		}
		r := Rank{Truth: truth}
		for _, c := range top.Get() {
			r.Best = append(r.Best, int(c))
		}
		found[id] = r
	}
	return found, rows.Err()
}
