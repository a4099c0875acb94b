package jobs

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/workspace"
)

// SQLStore is a [Store] in tables of a workspace's database.
type SQLStore struct {
	ws    *workspace.Workspace
	lists listCache
}

// NewSQLStore makes the tables where they are missing and brings older ones up to
// date.
func NewSQLStore(ctx context.Context, ws *workspace.Workspace) (*SQLStore, error) {
	if err := ws.Migrate(ctx, schema); err != nil {
		return nil, err
	}
	return &SQLStore{ws: ws, lists: listCache{most: mostListed}}, nil
}

// PutJob implements Store.
func (s *SQLStore) PutJob(ctx context.Context, job Job) error {
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		if err := putJob(ctx, tx, job); err != nil || job.State != Done {
			return err
		}
		return s.dropDetails(ctx, tx, job.ID)
	})
}

func putJob(ctx context.Context, tx *workspace.Tx, j Job) error {
	n, err := affected(tx.Exec(ctx, `UPDATE jobs SET title = ?, state = ?, items = ?, planned = ?, started = ?, finished = ?,
		message = ?, error = ?, result = ?, crashes = ? WHERE id = ?`,
		j.Title, string(j.State), j.Items, j.Planned, nullTime(j.Started), nullTime(j.Finished),
		j.Message, j.Error, string(j.Result), j.Crashes, j.ID))
	if err == nil && n == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			j.ID, j.Kind, j.Title, string(j.Params), string(j.State), j.Items, j.Planned,
			j.Created.UTC(), nullTime(j.Started), nullTime(j.Finished), j.Message, j.Error, string(j.Result), j.Crashes, j.Arithmetic)
	}
	if err != nil {
		return fmt.Errorf("store job %s: %w", j.ID, err)
	}
	return nil
}

// setArithmetic notes as part of tx whose results a job holds.
func setArithmetic(ctx context.Context, tx *workspace.Tx, job, kinds string) error {
	if _, err := tx.Exec(ctx, `UPDATE jobs SET arithmetic = ? WHERE id = ?`, kinds, job); err != nil {
		return fmt.Errorf("store the kind of workers of job %s: %w", job, err)
	}
	return nil
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t.UTC(), Valid: !t.IsZero()} }

const selectJobs = `SELECT id, kind, title, params, state, items, planned, created, started, finished, message, error, result, coalesce(crashes, 0), coalesce(arithmetic, ''),
	coalesce(c.done, 0)::BIGINT, coalesce(c.lost, 0)::BIGINT FROM jobs j
	LEFT JOIN (SELECT job, sum(count) AS done, sum(failed) AS lost FROM chunks WHERE state = 'done' GROUP BY job) c ON c.job = j.id`

func scanJob(row interface{ Scan(...any) error }) (Job, error) {
	var j Job
	var state, params, result string
	var started, finished sql.NullTime
	err := row.Scan(&j.ID, &j.Kind, &j.Title, &params, &state, &j.Items, &j.Planned, &j.Created, &started, &finished,
		&j.Message, &j.Error, &result, &j.Crashes, &j.Arithmetic, &j.Done, &j.Failed)
	j.State, j.Params, j.Started, j.Finished = State(state), json.RawMessage(params), started.Time, finished.Time
	if result != "" {
		j.Result = json.RawMessage(result)
	}
	return j, err
}

// Job implements Store.
func (s *SQLStore) Job(ctx context.Context, id string) (Job, error) {
	j, err := scanJob(s.ws.QueryRow(ctx, selectJobs+` WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Job{}, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	if err != nil {
		return Job{}, fmt.Errorf("read job %s: %w", id, err)
	}
	return j, nil
}

// Jobs implements Store.
func (s *SQLStore) Jobs(ctx context.Context) ([]Job, error) {
	return s.listJobs(ctx, ` ORDER BY created DESC, id`)
}

// JobsAfter implements Store.
func (s *SQLStore) JobsAfter(ctx context.Context, place workspace.Place, limit int) ([]Job, error) {
	clauses, args := place.Following("created", "id", limit)
	return s.listJobs(ctx, clauses, args...)
}

func (s *SQLStore) listJobs(ctx context.Context, clauses string, args ...any) ([]Job, error) {
	rows, err := s.ws.Query(ctx, selectJobs+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("read the jobs: %w", err)
	}
	defer rows.Close()
	list := []Job{}
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, fmt.Errorf("read the jobs: %w", err)
		}
		list = append(list, j)
	}
	return list, rows.Err()
}

// Remove implements Store.
func (s *SQLStore) Remove(ctx context.Context, job string) error {
	err := s.ws.Update(ctx, func(tx *workspace.Tx) error {
		for _, statement := range []string{`DELETE FROM jobs WHERE id = ?`, `DELETE FROM chunks WHERE job = ?`, `DELETE FROM job_items WHERE job = ?`} {
			if _, err := tx.Exec(ctx, statement, job); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove job %s: %w", job, err)
	}
	return nil
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "jobs", Tables: tables, Old: oldVersion, Steps: []string{
	// The first tables did not keep which items failed.
	`ALTER TABLE chunks ADD COLUMN IF NOT EXISTS failures VARCHAR DEFAULT ''`,
	// The lists of jobs were the workspace's, and those of jobs that were done stayed.
	`CREATE TABLE IF NOT EXISTS job_items (job VARCHAR, item BIGINT, sample BIGINT);
	DELETE FROM job_items WHERE job NOT IN (SELECT id FROM jobs WHERE state <> 'done');
	DROP TABLE IF EXISTS jobs_schema`,
	// Servers that a job ended were not counted.
	`ALTER TABLE jobs ADD COLUMN IF NOT EXISTS crashes INTEGER DEFAULT 0`,
	// All workers were the server's own, of one kind.
	`ALTER TABLE jobs ADD COLUMN IF NOT EXISTS arithmetic VARCHAR DEFAULT ''`,
}}

// oldVersion is that of tables whose version was not kept by the workspace, 0 where
// there are no tables. The first ones did not say.
func oldVersion(ctx context.Context, tx *workspace.Tx) (version int, err error) {
	var jobs, versioned bool
	err = tx.QueryRow(ctx, `SELECT coalesce(bool_or(table_name = 'jobs'), false), coalesce(bool_or(table_name = 'jobs_schema'), false)
		FROM information_schema.tables`).Scan(&jobs, &versioned)
	switch {
	case err != nil || !jobs:
		return 0, err
	case !versioned:
		return 1, nil
	}
	err = tx.QueryRow(ctx, `SELECT version FROM jobs_schema`).Scan(&version)
	return version, err
}
