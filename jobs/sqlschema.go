package jobs

import (
	"context"
	"database/sql"
	"fmt"
)

// schemaVersion is the version of the tables this build reads and writes. They
// have a version of their own because a workspace knows nothing of them.
const schemaVersion = 2

const schema = `
CREATE TABLE jobs (
	id VARCHAR NOT NULL, kind VARCHAR NOT NULL, title VARCHAR NOT NULL, params VARCHAR NOT NULL,
	state VARCHAR NOT NULL, items BIGINT NOT NULL, planned BOOLEAN NOT NULL,
	created TIMESTAMP NOT NULL, started TIMESTAMP, finished TIMESTAMP,
	message VARCHAR NOT NULL, error VARCHAR NOT NULL, result VARCHAR NOT NULL);
CREATE TABLE chunks (
	job VARCHAR NOT NULL, seq INTEGER NOT NULL, first BIGINT NOT NULL, count BIGINT NOT NULL,
	state VARCHAR NOT NULL, failed BIGINT NOT NULL,
	failures VARCHAR); -- JSON list of Failure, or ''`

// migrations[i] takes the tables from version i+1 to i+2.
var migrations = []string{
	// The first tables did not keep which items failed.
	`ALTER TABLE chunks ADD COLUMN IF NOT EXISTS failures VARCHAR DEFAULT ''`,
}

// prepareTables creates the tables, or brings older ones up to schemaVersion.
func prepareTables(ctx context.Context, tx *sql.Tx) error {
	version, err := tablesVersion(ctx, tx)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return fmt.Errorf("they have version %d and this Sightline reads up to %d: use a newer Sightline, or another --workspace", version, schemaVersion)
	}
	if version == 0 {
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		version = schemaVersion
	}
	for ; version < schemaVersion; version++ {
		if _, err := tx.ExecContext(ctx, migrations[version-1]); err != nil {
			return fmt.Errorf("from version %d to %d: %w", version, version+1, err)
		}
	}
	_, err = tx.ExecContext(ctx, `CREATE OR REPLACE TABLE jobs_schema AS SELECT ?::INTEGER AS version`, version)
	return err
}

// tablesVersion is 0 where there are no tables. The first ones did not say.
func tablesVersion(ctx context.Context, tx *sql.Tx) (version int, err error) {
	var jobs, versioned bool
	err = tx.QueryRowContext(ctx, `SELECT coalesce(bool_or(table_name = 'jobs'), false), coalesce(bool_or(table_name = 'jobs_schema'), false)
		FROM information_schema.tables`).Scan(&jobs, &versioned)
	switch {
	case err != nil || !jobs:
		return 0, err
	case !versioned:
		return 1, nil
	}
	err = tx.QueryRowContext(ctx, `SELECT version FROM jobs_schema`).Scan(&version)
	return version, err
}
