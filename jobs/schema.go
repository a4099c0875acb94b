package jobs

import (
	"context"
	_ "embed"

	"github.com/sightline/sightline/workspace"
)

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
