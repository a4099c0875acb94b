package workspace

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
)

// Peek lends the database in a folder that no process has open, for reading. It
// makes, locks and changes nothing: where there is no workspace, or another process
// has it open, it is an error. The tables may be those of an older version.
func Peek(dir string, use func(Reader) error) error {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("duckdb", path+"?access_mode=READ_ONLY&threads=1&memory_limit=128MB")
	if err != nil {
		return err
	}
	defer db.Close()
	return use(peek{db})
}

// peek is a Reader of a database that is not ours.
type peek struct{ db *sql.DB }

func (p peek) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.db.QueryContext(ctx, query, args...)
}

func (p peek) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return p.db.QueryRowContext(ctx, query, args...)
}
