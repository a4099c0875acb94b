package results

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// AtPlaces returns the samples that stand at some places, from 0, when all that an
// evaluation has predicted are in the order of their paths; choose gets how many there
// are and names the places. The order is kept once it was needed, so that a choice of a
// few takes no time however many there are.
func (db *Store) AtPlaces(ctx context.Context, evaluation string, choose func(n int) []int) ([]int64, error) {
	n, known, err := db.orderLength(ctx, evaluation)
	if err == nil && !known {
		if err = db.keepOrder(ctx, evaluation); err == nil {
			n, _, err = db.orderLength(ctx, evaluation)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ordering the samples of %s by path: %w", evaluation, err)
	}
	places := choose(n)
	ids, err := db.placed(ctx, evaluation, places)
	if err == nil && len(ids) != len(places) {
		err = fmt.Errorf("%d of %d places are within its %d samples", len(ids), len(places), n)
	}
	if err != nil {
		return nil, fmt.Errorf("choosing samples of %s: %w", evaluation, err)
	}
	return ids, nil
}

// theOrder is the kept order of an evaluation, where no import came after it.
const theOrder = ` FROM path_orders o JOIN evaluations e ON e.id = o.evaluation JOIN datasets d ON d.id = e.dataset
	WHERE e.slug = $1 AND o.imported = d.updated`

func (db *Store) orderLength(ctx context.Context, evaluation string) (n int, known bool, err error) {
	list, err := workspace.QueryAll[int](ctx, db.ws, `SELECT len(o.samples)`+theOrder, evaluation)
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	return list[0], true, nil
}

// placed looks places up in the kept order, in the order of places.
func (db *Store) placed(ctx context.Context, evaluation string, places []int) ([]int64, error) {
	if len(places) == 0 {
		return nil, nil
	}
	from1 := make([]int64, len(places))
	for i, p := range places {
		from1[i] = int64(p) + 1
	}
	return workspace.QueryAll[int64](ctx, db.ws, `SELECT id FROM (SELECT unnest(list_select(o.samples, $2::BIGINT[])) AS id`+theOrder+`) WHERE id IS NOT NULL`, evaluation, from1)
}

// keepOrder stores the order of an evaluation's samples.
func (db *Store) keepOrder(ctx context.Context, evaluation string) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := Number(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		return putOrder(ctx, tx, number)
	})
}

func putOrder(ctx context.Context, tx *workspace.Tx, number int) error {
	if err := dropOrder(ctx, tx, number); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO path_orders SELECT e.id, d.updated,
			coalesce((SELECT list(p.sample ORDER BY s.path, p.sample) FROM predictions p JOIN samples s ON s.id = p.sample WHERE p.evaluation = e.id), [])
		FROM evaluations e JOIN datasets d ON d.id = e.dataset WHERE e.id = ?`, number)
	return err
}

// dropOrder forgets the order, which predictions that come or go change.
func dropOrder(ctx context.Context, tx *workspace.Tx, number int) error {
	_, err := tx.Exec(ctx, `DELETE FROM path_orders WHERE evaluation = ?`, number)
	return err
}
