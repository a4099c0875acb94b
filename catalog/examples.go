package catalog

import (
	"context"
	"fmt"
)

// Examples chooses up to n samples in use, of as many labels as there are: the first, the middle and the
// last of each by number, so that they are the same each time, and cost one pass.
func (db *Store) Examples(ctx context.Context, dataset string, n int) ([]int64, error) {
	rows, err := db.ws.Query(ctx, `SELECT DISTINCT unnest(ids) AS id, generate_subscripts(ids, 1) AS place, labelled FROM (
			SELECT quantile_disc(s.id, [0, 0.5, 1]) AS ids, s.label AS labelled
			FROM samples s JOIN datasets d ON d.id = s.dataset WHERE d.name = ? AND s.problem = '' AND NOT s.gone GROUP BY s.label)
		ORDER BY place, labelled NULLS LAST, id LIMIT ?`, dataset, 3*n)
	if err != nil {
		return nil, fmt.Errorf("choosing examples of %s: %w", dataset, err)
	}
	defer rows.Close()
	list, have := []int64{}, map[int64]bool{} // of two samples of a label, one is also the middle
	for rows.Next() {
		var id, place int64
		var label *int64
		if err := rows.Scan(&id, &place, &label); err != nil {
			return nil, fmt.Errorf("choosing examples of %s: %w", dataset, err)
		}
		if !have[id] && len(list) < n {
			have[id], list = true, append(list, id)
		}
	}
	return list, rows.Err()
}
