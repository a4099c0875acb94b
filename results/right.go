package results

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/slice"
)

// Right lists, by class, samples of a slice that are predicted right, at most so many of
// each. Which, and in which order, is drawn by the seed, and the same for the same seed.
func (db *Store) Right(ctx context.Context, evaluation string, of slice.Slice, most int, seed uint32) (map[int][]int64, error) {
	q, _, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	const draw = `(p.sample % 2147483647 * 48271 + ?) % 2147483647` // a step of MINSTD (Park & Miller 1988)
	rows, err := db.ws.Query(ctx, `SELECT sample, truth FROM (
			SELECT p.sample, p.truth, row_number() OVER (PARTITION BY p.truth ORDER BY `+draw+`, p.sample) AS place `+q.sql()+` AND p.truth = p.predicted)
		WHERE place <= ? ORDER BY truth, place`, append(append([]any{int64(seed)}, q.args...), most)...)
	if err != nil {
		return nil, fmt.Errorf("choosing right samples of %s: %w", evaluation, err)
	}
	defer rows.Close()
	found := map[int][]int64{}
	for rows.Next() {
		var sample int64
		var class int
		if err := rows.Scan(&sample, &class); err != nil {
			return nil, fmt.Errorf("choosing right samples of %s: %w", evaluation, err)
		}
		found[class] = append(found[class], sample)
	}
	return found, rows.Err()
}
