package jobs

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"

	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/workspace"
)

// listCache has the lists that were read last: a job asks for a part of its list with each
// chunk, of which there may be tens of thousands. A list does not change until it goes.
type listCache struct {
	mu    sync.Mutex
	most  int64 // items that are kept
	lists lru.Cache[string, []int64]
}

// mostListed is how many items of lists are kept in memory, in 16 MiB.
const mostListed = 2 << 20

func (c *listCache) get(job string) ([]int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lists.Get(job)
}

// put keeps a list, which is no larger than all that may be kept.
func (c *listCache) put(job string, ids []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lists.Put(job, ids, int64(len(ids)))
	for c.lists.Size() > c.most {
		c.lists.TakeOldest()
	}
}

func (c *listCache) drop(job string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lists.Take(job)
}

// PutItems implements Store.
func (s *SQLStore) PutItems(ctx context.Context, job string, ids []int64) (n int, err error) {
	err = s.ws.Update(ctx, func(tx *workspace.Tx) error {
		err := tx.QueryRow(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&n)
		if err != nil || n > 0 {
			return err
		}
		n = len(ids)
		tx.OnCommit(func() { s.lists.drop(job) })
		return tx.Append("job_items", n, func(i int) []driver.Value { return []driver.Value{job, int64(i), ids[i]} })
	})
	if err != nil {
		return 0, fmt.Errorf("store the list of job %s: %w", job, err)
	}
	return n, nil
}

// Items implements Store.
func (s *SQLStore) Items(ctx context.Context, job string, first, count int) ([]int64, error) {
	ids, known := s.lists.get(job)
	if known {
		first = min(first, len(ids))
		return slices.Clone(ids[first:min(len(ids), first+count)]), nil
	}
	ids, whole, err := s.read(ctx, job, first, count)
	if err != nil {
		return nil, fmt.Errorf("read the list of job %s: %w", job, err)
	}
	if !whole {
		return ids, nil
	}
	s.lists.put(job, ids)
	return s.Items(ctx, job, first, count)
}

// read reads the list of a job, or of one that is too long to be kept the asked part.
func (s *SQLStore) read(ctx context.Context, job string, first, count int) (ids []int64, whole bool, err error) {
	var n int64
	if err := s.ws.QueryRow(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&n); err != nil {
		return nil, false, err
	}
	if whole = n > 0 && n <= s.lists.most; whole {
		first, count = 0, int(n)
	}
	ids, err = workspace.QueryAll[int64](ctx, s.ws, `SELECT sample FROM job_items WHERE job = ? AND item >= ? AND item < ? ORDER BY item`,
		job, first, first+count)
	return ids, whole, err
}

// Forget implements Store.
func (s *SQLStore) Forget(ctx context.Context, job string) error {
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		n, err := affected(tx.Exec(ctx, `UPDATE jobs SET planned = false WHERE id = ? AND planned AND state IN (?, ?)`, job, string(Failed), string(Cancelled)))
		if err != nil || n == 0 {
			return err
		}
		return s.dropDetails(ctx, tx, job)
	})
}

// dropDetails forgets of a job what only resuming it needs: its list, and how it was cut.
// Of its chunks one remains, the last, with the counts and failures of all.
func (s *SQLStore) dropDetails(ctx context.Context, tx *workspace.Tx, job string) error {
	tx.OnCommit(func() { s.lists.drop(job) })
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
