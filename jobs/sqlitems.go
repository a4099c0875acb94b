package jobs

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// PutItems implements Store.
func (s *SQLStore) PutItems(ctx context.Context, job string, ids []int64) (n int, err error) {
	err = s.ws.Update(ctx, func(tx *workspace.Tx) error {
		err := tx.QueryRow(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&n)
		if err != nil || n > 0 || len(ids) == 0 {
			return err
		}
		n = len(ids)
		_, err = tx.Exec(ctx, `INSERT INTO job_items SELECT ?, unnest(range(?::BIGINT)), unnest(?::BIGINT[])`, job, n, ids)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store the list of job %s: %w", job, err)
	}
	return n, nil
}

// Items implements Store.
func (s *SQLStore) Items(ctx context.Context, job string, first, count int) ([]int64, error) {
	ids, err := workspace.QueryAll[int64](ctx, s.ws, `SELECT sample FROM job_items WHERE job = ? AND item >= ? AND item < ? ORDER BY item`,
		job, first, first+count)
	if err != nil {
		return nil, fmt.Errorf("read the list of job %s: %w", job, err)
	}
	return ids, nil
}

// dropItems forgets the list of a job that is done: nothing asks for it again.
func dropItems(ctx context.Context, tx *workspace.Tx, job string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM job_items WHERE job = ?`, job); err != nil {
		return fmt.Errorf("forget the list of job %s: %w", job, err)
	}
	return nil
}
