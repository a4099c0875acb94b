package workspace

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
)

// SchemaVersion is the version of the tables this build reads and writes.
const SchemaVersion = 3

//go:embed schema.sql
var schemaSQL string

// migrations[i] takes a workspace from version i+1 to i+2.
var migrations = []string{
	// Predictions of files that changed since are made again.
	`ALTER TABLE samples ADD COLUMN since TIMESTAMPTZ;
	ALTER TABLE blocks ADD COLUMN created TIMESTAMPTZ;
	UPDATE samples SET since = (SELECT created FROM datasets d WHERE d.id = samples.dataset);
	UPDATE blocks SET created = now();`,
	// What maps are worth, and what is known of an evaluation's model.
	`CREATE TABLE trusts (evaluation INTEGER, sample BIGINT, key VARCHAR, verdict VARCHAR, insertion DOUBLE, deletion DOUBLE, content VARCHAR, created TIMESTAMPTZ);
	CREATE TABLE findings (evaluation INTEGER, name VARCHAR, content VARCHAR, created TIMESTAMPTZ);`,
}

// prepare creates the tables in an empty database and brings an older one up
// to SchemaVersion, in one transaction.
func prepare(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	version, err := storedVersion(ctx, tx)
	if err != nil {
		return err
	}
	if version > SchemaVersion {
		return fmt.Errorf("the workspace has schema version %d and this Sightline reads up to %d: use a newer Sightline, or another --workspace", version, SchemaVersion)
	}
	if version == 0 {
		if _, err := tx.ExecContext(ctx, schemaSQL); err != nil {
			return fmt.Errorf("creating the tables: %w", err)
		}
		version = SchemaVersion
	}
	for ; version < SchemaVersion; version++ {
		if _, err := tx.ExecContext(ctx, migrations[version-1]); err != nil {
			return fmt.Errorf("bringing the tables from version %d to %d: %w", version, version+1, err)
		}
	}
	if err := setMeta(ctx, tx, "schema_version", strconv.Itoa(version)); err != nil {
		return err
	}
	return tx.Commit()
}

// storedVersion is the schema version of the database, 0 if it is empty.
func storedVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var tables int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'meta'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var value string
	err = tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'schema_version'`).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(value)
}

func setMeta(ctx context.Context, tx *sql.Tx, key, value string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM meta WHERE key = ?`, key); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES (?, ?)`, key, value)
	return err
}
