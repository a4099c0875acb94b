package workspace

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
)

// Schema is the tables of one store: how they are made, and how older ones become
// today's. Each store has a version of its own.
type Schema struct {
	Name   string   // of the store
	Tables string   // SQL that makes the tables, at the latest version
	Steps  []string // Steps[i] is the SQL that takes the tables from version i+1 to i+2; "" changes nothing
	// Old tells the version of tables that were made before the workspace kept
	// versions by store, 0 if there are none. May be nil.
	Old func(context.Context, *Tx) (int, error)
}

// Version is the one that this build reads and writes.
func (s Schema) Version() int { return len(s.Steps) + 1 }

// Migrate makes a store's tables where they are missing and brings older ones up
// to date, in one transaction. Newer ones are refused.
func (w *Workspace) Migrate(ctx context.Context, s Schema) error {
	err := w.Update(ctx, func(tx *Tx) error { return migrate(ctx, tx, s) })
	if err != nil {
		return fmt.Errorf("preparing the tables of %s: %w", s.Name, err)
	}
	return nil
}

func migrate(ctx context.Context, tx *Tx, s Schema) error {
	version, err := storedVersion(ctx, tx, s)
	if err != nil {
		return err
	}
	if version > s.Version() {
		return fmt.Errorf("they have schema version %d and this Sightline reads up to %d: use a newer Sightline, or another --workspace", version, s.Version())
	}
	if version == s.Version() {
		return nil
	}
	if version == 0 {
		if _, err := tx.Exec(ctx, s.Tables); err != nil {
			return err
		}
		version = s.Version()
	}
	for ; version < s.Version(); version++ {
		step := s.Steps[version-1]
		if step == "" {
			continue
		}
		if _, err := tx.Exec(ctx, step); err != nil {
			return fmt.Errorf("from version %d to %d: %w", version, version+1, err)
		}
	}
	return setVersion(ctx, tx, s.Name, version)
}

// storedVersion is the version of a store's tables, 0 if there are none.
func storedVersion(ctx context.Context, tx *Tx, s Schema) (version int, err error) {
	list, err := QueryAll[int](ctx, tx, `SELECT version FROM schemas WHERE store = ?`, s.Name)
	switch {
	case err != nil:
		return 0, err
	case len(list) > 0:
		return list[0], nil
	case s.Old != nil:
		return s.Old(ctx, tx)
	}
	return 0, nil
}

func setVersion(ctx context.Context, tx *Tx, store string, version int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM schemas WHERE store = ?`, store); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO schemas VALUES (?, ?)`, store, version)
	return err
}

//go:embed schema.sql
var ownTables string

// ownSchema is the engine's tables. Version 4 is the first in which every store has
// a version of its own.
var ownSchema = Schema{Name: "workspace", Tables: ownTables, Steps: []string{
	``, ``,
	`UPDATE meta SET value = '4' WHERE key = 'schema_version'`, // so that older programs refuse it
}}

// inCommon are the stores whose tables had one version in common, up to 3.
var inCommon = []string{"workspace", "catalog", "results", "maps"}

// prepare makes the engine's own tables. Of a workspace that has one version for all
// it first notes that version for each store.
func (w *Workspace) prepare(ctx context.Context) error {
	err := w.Update(ctx, func(tx *Tx) error {
		common, err := commonVersion(ctx, tx)
		if err != nil {
			return err
		}
		if common > 4 {
			return fmt.Errorf("the workspace has schema version %d and this Sightline reads up to 4: use a newer Sightline, or another --workspace", common)
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS schemas (store VARCHAR, version INTEGER)`); err != nil {
			return err
		}
		for _, store := range inCommon {
			if common == 0 || common == 4 {
				continue
			}
			if err := setVersion(ctx, tx, store, common); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Migrate(ctx, ownSchema)
}

// commonVersion is the schema version of the whole database, 0 if it is empty.
func commonVersion(ctx context.Context, tx *Tx) (version int, err error) {
	var tables int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'meta'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	list, err := QueryAll[int](ctx, tx, `SELECT value::INTEGER FROM meta WHERE key = 'schema_version'`)
	if err == nil && len(list) == 0 {
		err = errors.New("the database does not say its schema version: restore it, or start a new workspace with --workspace DIR")
	}
	if err != nil {
		return 0, err
	}
	return list[0], nil
}
