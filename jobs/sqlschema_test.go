package jobs

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

func openTables(t *testing.T, before string) (*sql.DB, *SQLStore, error) {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(t.TempDir(), "jobs.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(before); err != nil {
		t.Fatal(err)
	}
	store, err := NewSQLStore(context.Background(), db, oneWriter(db))
	return db, store, err
}

// The first tables had no failures and no version; what they hold is kept.
func TestOldTablesAreBroughtUpToDate(t *testing.T) {
	db, store, err := openTables(t, `
		CREATE TABLE jobs (id VARCHAR, kind VARCHAR, title VARCHAR, params VARCHAR, state VARCHAR, items BIGINT, planned BOOLEAN,
			created TIMESTAMP, started TIMESTAMP, finished TIMESTAMP, message VARCHAR, error VARCHAR, result VARCHAR);
		CREATE TABLE chunks (job VARCHAR, seq INTEGER, first BIGINT, count BIGINT, state VARCHAR, failed BIGINT);
		INSERT INTO jobs VALUES ('a', 'k', 't', '{}', 'running', 4, true, now()::TIMESTAMP, NULL, NULL, '', '', '');
		INSERT INTO chunks VALUES ('a', 0, 0, 2, 'done', 1), ('a', 1, 2, 2, 'open', 0)`)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	job, err := store.Job(ctx, "a")
	if err != nil || job.Done != 2 || job.Failed != 1 {
		t.Fatalf("job %+v, %v; want 2 done, 1 failed", job, err)
	}
	open, err := store.OpenChunks(ctx, "a")
	if err != nil || len(open) != 1 {
		t.Fatalf("open chunks %v, %v; want one", open, err)
	}
	if fresh, err := store.FinishChunk(ctx, open[0], nil, func(*sql.Tx) error { return nil }); err != nil || !fresh {
		t.Fatalf("finish: %v, %v", fresh, err)
	}
	if _, err := NewSQLStore(ctx, db, oneWriter(db)); err != nil {
		t.Fatalf("opened again: %v", err)
	}
}

func TestNewerTablesAreRefused(t *testing.T) {
	_, _, err := openTables(t, `CREATE TABLE jobs (id VARCHAR); CREATE TABLE jobs_schema AS SELECT 99 AS version`)
	if err == nil || !strings.Contains(err.Error(), "use a newer Sightline") {
		t.Fatalf("got %v, want a refusal that says what to do", err)
	}
}
