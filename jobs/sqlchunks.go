package jobs

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// PutPlan implements Store.
func (s *SQLStore) PutPlan(ctx context.Context, job Job, chunks []Chunk) error {
	job.Planned = true
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		first, err := nextSeq(ctx, tx, job.ID)
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM chunks WHERE job = ?`, job.ID)
		}
		if err != nil {
			return fmt.Errorf("clear the plan of job %s: %w", job.ID, err)
		}
		err = tx.Append("chunks", len(chunks), func(i int) []driver.Value {
			c := chunks[i]
			return []driver.Value{c.Job, int32(first + c.Seq), int64(c.First), int64(c.Count), "open", int64(0), ""}
		})
		if err != nil {
			return fmt.Errorf("store the plan of job %s: %w", job.ID, err)
		}
		return putJob(ctx, tx, job)
	})
}

// nextSeq is a number that no chunk of the job has, nor a larger one.
func nextSeq(ctx context.Context, tx *workspace.Tx, job string) (seq int, err error) {
	// Not max(seq): of a table that was emptied, DuckDB sometimes takes an aggregate from
	// statistics that are not there, and fails.
	err = tx.QueryRow(ctx, `SELECT seq + 1 FROM chunks WHERE job = ? ORDER BY seq DESC LIMIT 1`, job).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

func insertChunk(ctx context.Context, tx *workspace.Tx, c Chunk) error {
	_, err := tx.Exec(ctx, `INSERT INTO chunks VALUES (?, ?, ?, ?, 'open', 0, '')`, c.Job, c.Seq, c.First, c.Count)
	if err != nil {
		return fmt.Errorf("store chunk %d of job %s: %w", c.Seq, c.Job, err)
	}
	return nil
}

// OpenChunks implements Store.
func (s *SQLStore) OpenChunks(ctx context.Context, job string) ([]Chunk, error) {
	rows, err := s.ws.Query(ctx, `SELECT job, seq, first, count FROM chunks WHERE job = ? AND state = 'open' ORDER BY first`, job)
	if err != nil {
		return nil, fmt.Errorf("read the open chunks of job %s: %w", job, err)
	}
	defer rows.Close()
	var list []Chunk
	for rows.Next() {
		var c Chunk
		if err := rows.Scan(&c.Job, &c.Seq, &c.First, &c.Count); err != nil {
			return nil, fmt.Errorf("read the open chunks of job %s: %w", job, err)
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Counts implements Store.
func (s *SQLStore) Counts(ctx context.Context, job string) (Counts, error) {
	return countChunks(ctx, s.ws, job)
}

func countChunks(ctx context.Context, r workspace.Reader, job string) (Counts, error) {
	var c Counts
	err := r.QueryRow(ctx, `SELECT coalesce(sum(count), 0)::BIGINT, coalesce(sum(failed), 0)::BIGINT
		FROM chunks WHERE job = ? AND state = 'done'`, job).Scan(&c.Done, &c.Failed)
	if err != nil {
		return Counts{}, fmt.Errorf("count the finished items of job %s: %w", job, err)
	}
	return c, nil
}

func encodeFailures(list []Failure) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	data, err := json.Marshal(list)
	return string(data), err
}

// Failures implements Store.
func (s *SQLStore) Failures(ctx context.Context, job string) ([]Failure, error) {
	return chunkFailures(ctx, s.ws, job)
}

func chunkFailures(ctx context.Context, r workspace.Reader, job string) ([]Failure, error) {
	rows, err := r.Query(ctx, `SELECT failures FROM chunks WHERE job = ? AND state = 'done' AND failures <> '' ORDER BY first`, job)
	if err != nil {
		return nil, fmt.Errorf("read the failures of job %s: %w", job, err)
	}
	defer rows.Close()
	all := []Failure{}
	for rows.Next() {
		var list []Failure
		var text string
		err := rows.Scan(&text)
		if err == nil {
			err = json.Unmarshal([]byte(text), &list)
		}
		if err != nil {
			return nil, fmt.Errorf("read the failures of job %s: %w", job, err)
		}
		all = append(all, list...)
	}
	return all, rows.Err()
}

// FinishChunk implements Store.
func (s *SQLStore) FinishChunk(ctx context.Context, c Chunk, failed []Failure, ingest func(*workspace.Tx) error) (bool, error) {
	list, err := encodeFailures(failed)
	if err != nil {
		return false, err
	}
	fresh := false
	err = s.ws.Update(ctx, func(tx *workspace.Tx) error {
		n, err := affected(tx.Exec(ctx, `UPDATE chunks SET state = 'done', failed = ?, failures = ?
			WHERE job = ? AND seq = ? AND state = 'open'`, len(failed), list, c.Job, c.Seq))
		if err != nil {
			return fmt.Errorf("mark chunk %d of job %s: %w", c.Seq, c.Job, err)
		}
		if fresh = n == 1; !fresh {
			return nil
		}
		if _, err := tx.Exec(ctx, `UPDATE jobs SET crashes = 0 WHERE id = ? AND crashes > 0`, c.Job); err != nil { // it gets on
			return fmt.Errorf("mark chunk %d of job %s: %w", c.Seq, c.Job, err)
		}
		return ingest(tx)
	})
	return fresh && err == nil, err
}

// SplitChunk implements Store.
func (s *SQLStore) SplitChunk(ctx context.Context, c, a, b Chunk) (Chunk, Chunk, bool, error) {
	fresh := false
	err := s.ws.Update(ctx, func(tx *workspace.Tx) error {
		n, err := affected(tx.Exec(ctx, `UPDATE chunks SET state = 'split' WHERE job = ? AND seq = ? AND state = 'open'`, c.Job, c.Seq))
		if err != nil {
			return fmt.Errorf("split chunk %d of job %s: %w", c.Seq, c.Job, err)
		}
		if fresh = n == 1; !fresh {
			return nil
		}
		if a.Seq, err = nextSeq(ctx, tx, c.Job); err != nil {
			return fmt.Errorf("number the halves of chunk %d of job %s: %w", c.Seq, c.Job, err)
		}
		b.Seq = a.Seq + 1
		if err := insertChunk(ctx, tx, a); err != nil {
			return err
		}
		if err := insertChunk(ctx, tx, b); err != nil {
			return err
		}
		return inherit(ctx, tx, c, a, b)
	})
	return a, b, fresh && err == nil, err
}

// PutFinding implements Store. While a chunk is open its list of failures is that of findings.
func (s *SQLStore) PutFinding(ctx context.Context, c Chunk, f Finding) error {
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		list, err := findings(ctx, tx, c)
		if err != nil {
			return err
		}
		return setFindings(ctx, tx, c, append(list, f))
	})
}

// Findings implements Store.
func (s *SQLStore) Findings(ctx context.Context, c Chunk) ([]Finding, error) {
	return findings(ctx, s.ws, c)
}

func findings(ctx context.Context, r workspace.Reader, c Chunk) (list []Finding, err error) {
	texts, err := workspace.QueryAll[string](ctx, r, `SELECT failures FROM chunks WHERE job = ? AND seq = ? AND failures <> ''`, c.Job, c.Seq)
	for _, text := range texts {
		if err == nil {
			err = json.Unmarshal([]byte(text), &list)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read what was found in chunk %d of job %s: %w", c.Seq, c.Job, err)
	}
	return list, nil
}

func setFindings(ctx context.Context, tx *workspace.Tx, c Chunk, list []Finding) error {
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE chunks SET failures = ? WHERE job = ? AND seq = ? AND state = 'open'`, string(text), c.Job, c.Seq)
	}
	if err != nil {
		return fmt.Errorf("store what was found in chunk %d of job %s: %w", c.Seq, c.Job, err)
	}
	return nil
}

// inherit gives the halves of a chunk what was found in it.
func inherit(ctx context.Context, tx *workspace.Tx, c Chunk, halves ...Chunk) error {
	all, err := findings(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, half := range halves {
		var own []Finding
		for _, f := range all {
			if f.Item >= half.First && f.Item < half.End() {
				own = append(own, f)
			}
		}
		if err := setFindings(ctx, tx, half, own); err != nil {
			return err
		}
	}
	return nil
}
