// Package parquet writes tables as Parquet files, by way of DuckDB.
package parquet

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/workspace"
)

// Value is one of a row: of a Go type that fits the column's, or nil.
type Value = driver.Value

// Column is a column of a table; Type is DuckDB's name of its type.
type Column struct{ Name, Type string }

// Write writes a table in which a row is what each hands to add, in their order; nil
// is NULL. The rows pass through a database in a new folder beside the file, so that
// they need not fit into memory. The file is replaced in one step.
func Write(ctx context.Context, path string, columns []Column, each func(add func(row ...Value) error) error) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".parquet-")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.RemoveAll(dir)
	if err = write(ctx, dir, columns, each); err == nil {
		err = os.Rename(filepath.Join(dir, "rows.parquet"), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// memoryLimit is what DuckDB may take while it writes.
const memoryLimit = "512MB"

func write(ctx context.Context, dir string, columns []Column, each func(func(...Value) error) error) error {
	connector, err := duckdb.NewConnector(filepath.Join(dir, "rows.duckdb")+"?memory_limit="+memoryLimit, nil)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `CREATE TABLE rows (`+declared(columns)+`)`); err != nil {
		return err
	}
	if err := conn.Raw(func(c any) error { return fill(c.(driver.Conn), each) }); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `COPY rows TO `+workspace.Quote(filepath.Join(dir, "rows.parquet"))+` (FORMAT parquet, COMPRESSION zstd)`)
	return err
}

func fill(c driver.Conn, each func(func(...Value) error) error) error {
	a, err := duckdb.NewAppenderFromConn(c, "", "rows")
	if err != nil {
		return err
	}
	return errors.Join(each(a.AppendRow), a.Close())
}

// declared is the columns as a statement has them; names may hold anything.
func declared(columns []Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = workspace.QuoteName(c.Name) + " " + c.Type
	}
	return strings.Join(list, ", ")
}
