package jobs

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// PutItems implements Store.
func (s *SQLStore) PutItems(ctx context.Context, job string, ids []int64) (n int, err error) {
	err = s.ws.Update(ctx, func(tx *workspace.Tx) error {
		err := tx.QueryRow(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&n)
		if err != nil || n > 0 {
			return err
		}
		n = len(ids)
		return tx.Append("job_items", n, func(i int) []driver.Value { return []driver.Value{job, int64(i), ids[i]} })
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

// Forget implements Store.
func (s *SQLStore) Forget(ctx context.Context, job string) error {
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		n, err := affected(tx.Exec(ctx, `UPDATE jobs SET planned = false WHERE id = ? AND planned AND state IN (?, ?)`, job, string(Failed), string(Cancelled)))
		if err != nil || n == 0 {
			return err
		}
		return dropDetails(ctx, tx, job)
	})
}

// dropDetails forgets of a job what only resuming it needs: its list, and how it was cut.
// Of its chunks one remains, the last, with the counts and failures of all.
func dropDetails(ctx context.Context, tx *workspace.Tx, job string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM job_items WHERE job = ?`, job); err != nil {
		return fmt.Errorf("forget the list of job %s: %w", job, err)
	}
	counts, failures, err := sumChunks(ctx, tx, job)
	if err != nil {
		return err
	}
	list, err := encodeFailures(failures)
	next := 0
	if err == nil {
		next, err = nextSeq(ctx, tx, job)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM chunks WHERE job = ?`, job)
	}
	if err == nil && next > 0 {
		_, err = tx.Exec(ctx, `INSERT INTO chunks VALUES (?, ?, 0, ?, 'done', ?, ?)`, job, next-1, counts.Done, counts.Failed, list)
	}
	if err != nil {
		return fmt.Errorf("sum up the chunks of job %s: %w", job, err)
	}
	return nil
}

func sumChunks(ctx context.Context, tx *workspace.Tx, job string) (c Counts, failures []Failure, err error) {
	if c, err = countChunks(ctx, tx, job); err == nil {
		failures, err = chunkFailures(ctx, tx, job)
	}
	return c, failures, err
}
