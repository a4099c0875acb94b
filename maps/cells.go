package maps

import (
	"context"
	"fmt"
)

// CellShares are the shares of the cells of the 3×3 grid on the maps of samples under a key, by sample
// and cell: of maps on which something is positive, as far as they are measured at this revision of the
// regions.
func (db *Store) CellShares(ctx context.Context, evaluation, key string, revision int, samples []int64) (map[int64]map[string]float64, error) {
	rows, err := db.ws.Query(ctx, `SELECT h.sample, h.region, h.share FROM shares h JOIN evaluations e ON e.id = h.evaluation
		JOIN maps m ON m.evaluation = h.evaluation AND m.sample = h.sample AND m.key = h.key
		WHERE e.slug = ? AND h.key = ? AND h.revision = ? AND h.region LIKE 'grid %' AND h.builtin AND h.sample IN (SELECT unnest(?::BIGINT[]))
		AND coalesce(json_extract_string(m.meta, '$.degenerate'), '') = ''`, evaluation, key, revision, samples)
	if err != nil {
		return nil, fmt.Errorf("reading the shares of the maps %s of %s: %w", key, evaluation, err)
	}
	defer rows.Close()
	found := map[int64]map[string]float64{}
	for rows.Next() {
		var sample int64
		var cell string
		var share float64
		if err := rows.Scan(&sample, &cell, &share); err != nil {
			return nil, err
		}
		if found[sample] == nil {
			found[sample] = map[string]float64{}
		}
		found[sample][cell] = share
	}
	return found, rows.Err()
}
