package maps

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/results"
)

// Kind is the maps of one method and target, with the method's defaults.
type Kind struct{ Key, Method, Target string }

// Kinds lists the kinds of which an evaluation has maps, the one with the most first.
func (db *Store) Kinds(ctx context.Context, evaluation string) ([]Kind, error) {
	number, err := results.Number(ctx, db.ws, evaluation)
	if err != nil {
		return nil, err
	}
	list, err := db.kinds(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("listing the kinds of maps of %s: %w", evaluation, err)
	}
	out := make([]Kind, len(list))
	for i, k := range list {
		out[i] = Kind{k.key, k.method, k.target}
	}
	return out, nil
}

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
