package results

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Matrix counts the labelled samples of a slice by cell, at the slice's threshold.
func (db *Store) Matrix(ctx context.Context, evaluation string, of slice.Slice) (*metrics.Confusion, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	c := len(e.Classes)
	m := metrics.NewConfusion(c)
	rows, err := db.ws.Query(ctx, `SELECT cell, count(*) FROM (
			SELECT truth * ? + CASE WHEN confidence::DOUBLE >= ? THEN predicted ELSE ? END AS cell `+q.sql()+` AND truth >= 0)
		GROUP BY cell`, append([]any{c + 1, of.Threshold(), c}, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("counting the matrix of %s: %w", e.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var cell, count int64
		if err := rows.Scan(&cell, &count); err != nil {
			return nil, err
		}
		m.Counts[cell] = uint32(count)
	}
	return m, rows.Err()
}

// TopConfusions are the limit largest off-diagonal cells of decided samples,
// most first; equal ones by label, then prediction.
func (db *Store) TopConfusions(ctx context.Context, evaluation string, of slice.Slice, limit int) ([]metrics.Pair, error) {
	m, err := db.Matrix(ctx, evaluation, of)
	if err != nil {
		return nil, err
	}
	return m.TopConfusions(limit), nil
}
