package workspace

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Reader runs queries: the workspace itself, which sees what is committed, or a
// transaction, which sees what it has written too.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// Query runs a query on what is committed.
func (w *Workspace) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return w.db.QueryContext(ctx, query, args...)
}

// QueryRow is Query for a result of one row.
func (w *Workspace) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return w.db.QueryRowContext(ctx, query, args...)
}

// Tx is a writing transaction; see Update.
type Tx struct {
	tx   *sql.Tx
	conn *sql.Conn // of the transaction, for the Appender

	afterwards []func()
}

// OnCommit has f run once the transaction is committed, and not at all if it is not.
func (t *Tx) OnCommit(f func()) { t.afterwards = append(t.afterwards, f) }

// Query runs a query in the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow is Query for a result of one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Exec runs a statement that returns no rows.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, args...)
}

// Append appends n rows to a table through DuckDB's Appender, many times faster
// than inserting them one by one.
func (t *Tx) Append(table string, n int, row func(i int) []driver.Value) error {
	if n == 0 {
		return nil
	}
	return t.conn.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		for i := range n {
			if err := a.AppendRow(row(i)...); err != nil {
				return errors.Join(fmt.Errorf("row %d of %s: %w", i, table, err), a.Close())
			}
		}
		return a.Close()
	})
}

// Update runs fn in a transaction that commits if fn returns nil and rolls back
// otherwise. Writers wait for one another, so transactions never conflict. A
// full disk is reported as ErrDiskFull. fn must not call Update or a method that
// stores something, which would wait for itself.
func (w *Workspace) Update(ctx context.Context, fn func(tx *Tx) error) error {
	w.write.Lock()
	defer w.write.Unlock()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// A BEGIN that a cancel interrupts may have begun a transaction all the same, and the connection would go back to the others
	// with it: they would read what was, or that a transaction is aborted. So it is not interrupted, and we end it ourselves.
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	t := &Tx{tx: tx, conn: conn}
	if err := fn(t); err != nil {
		return storageError(err, w.dir, 0)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("storing in %s: %w", w.dir, storageError(err, w.dir, 0))
	}
	w.changes.Add(1)
	w.widen()
	for _, f := range t.afterwards {
		f()
	}
	return nil
}

// Changes counts the transactions that were committed since Open.
func (w *Workspace) Changes() uint64 { return w.changes.Load() }

// Checkpointed calls use with the database's file while it holds all that is committed, and nobody
// writes. use must not open the file in this process: closing it would drop the database's lock.
func (w *Workspace) Checkpointed(ctx context.Context, use func(file string, change uint64) error) error {
	w.write.Lock()
	defer w.write.Unlock()
	if _, err := w.db.ExecContext(ctx, `CHECKPOINT`); err != nil {
		return fmt.Errorf("storing all changes in %s: %w", w.dir, storageError(err, w.dir, 0))
	}
	return use(filepath.Join(w.dir, databaseFile), w.changes.Load())
}

// Conn lends a connection to the database, for what database/sql has no words for:
// functions that SQL can call.
func (w *Workspace) Conn(ctx context.Context, use func(*sql.Conn) error) error {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return use(conn)
}

// ScanAll reads a result of one column; never nil.
func ScanAll[T any](rows *sql.Rows) ([]T, error) {
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// QueryAll runs a query for one column and reads its result; never nil.
func QueryAll[T any](ctx context.Context, r Reader, query string, args ...any) ([]T, error) {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return ScanAll[T](rows)
}
