package jobs

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// openTables opens a workspace in whose database some statements were run.
func openTables(t *testing.T, before string) (*workspace.Workspace, *SQLStore, error) {
	t.Helper()
	dir := t.TempDir()
	db, err := sql.Open("duckdb", filepath.Join(dir, "sightline.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(before); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Open(dir, workspace.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	store, err := NewSQLStore(t.Context(), ws)
	return ws, store, err
}

// The first tables had no failures and no version; what they hold is kept.
func TestOldTablesAreBroughtUpToDate(t *testing.T) {
	ws, store, err := openTables(t, `
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
	if fresh, err := store.FinishChunk(ctx, open[0], nil, func(*workspace.Tx) error { return nil }); err != nil || !fresh {
		t.Fatalf("finish: %v, %v", fresh, err)
	}
	if _, err := NewSQLStore(ctx, ws); err != nil {
		t.Fatalf("opened again: %v", err)
	}
}

func TestNewerTablesAreRefused(t *testing.T) {
	_, _, err := openTables(t, `CREATE TABLE jobs (id VARCHAR); CREATE TABLE jobs_schema AS SELECT 99 AS version`)
	if err == nil || !strings.Contains(err.Error(), "use a newer Sightline") {
		t.Fatalf("got %v, want a refusal that says what to do", err)
	}
}

// A job's list is fixed once, and goes when the job is done, not while it can be
// resumed.
func TestListOfAJob(t *testing.T) {
	_, store, err := openTables(t, `SELECT 1`)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, ids := range [][]int64{{5, 3, 9}, {1}} {
		if n, err := store.PutItems(ctx, "a", ids); err != nil || n != 3 {
			t.Fatalf("%d items, %v; want the first three", n, err)
		}
	}
	if _, err := store.PutItems(ctx, "b", []int64{4}); err != nil {
		t.Fatal(err)
	}
	for state, want := range map[State]int{Cancelled: 2, Failed: 2, Interrupted: 2} {
		store.lists.drop("a")
		if store.lists.most = mostListed; state == Failed {
			store.lists.most = 2 // the list is too long to be kept
		}
		if err := store.PutJob(ctx, Job{ID: "a", State: state}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // read, and kept
			if ids, err := store.Items(ctx, "a", 1, 5); err != nil || len(ids) != want || ids[0] != 3 || ids[1] != 9 {
				t.Errorf("%s: items %v, %v", state, ids, err)
			}
		}
	}
	if err := store.PutJob(ctx, Job{ID: "a", State: Done}); err != nil {
		t.Fatal(err)
	}
	for job, want := range map[string]int{"a": 0, "b": 1} {
		if ids, err := store.Items(ctx, job, 0, 5); err != nil || len(ids) != want {
			t.Errorf("job %s when a is done: items %v, %v; want %d", job, ids, err, want)
		}
	}
}

// A job that is done keeps its counts and failures, in one row.
func TestDoneJobIsSummedUp(t *testing.T) {
	ws, store, err := openTables(t, `SELECT 1`)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	job := Job{ID: "a", State: Running, Items: 6}
	if err := store.PutPlan(ctx, job, cut("a", 6, 2)); err != nil {
		t.Fatal(err)
	}
	for i, c := range cut("a", 6, 2) {
		if _, err := store.FinishChunk(ctx, c, []Failure{{Item: c.First, Reason: "bad"}}[:i%2], func(*workspace.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	job.State, job.Planned = Done, true
	if err := store.PutJob(ctx, job); err != nil {
		t.Fatal(err)
	}
	got, err := store.Job(ctx, "a")
	if err != nil || got.Done != 6 || got.Failed != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	failures, err := store.Failures(ctx, "a")
	if err != nil || len(failures) != 1 || failures[0] != (Failure{Item: 2, Reason: "bad"}) {
		t.Errorf("failures %+v, %v", failures, err)
	}
	if rows, err := workspace.QueryAll[int](ctx, ws, `SELECT count(*) FROM chunks`); err != nil || rows[0] != 1 {
		t.Errorf("%v rows of chunks, %v", rows, err)
	}
}

// Lists of jobs that are done leave no trace, nor do those of jobs that were stopped when a
// newer one came: the space of one is that of the next.
func TestTenJobsDoNotGrowTheDatabase(t *testing.T) {
	t.Run("done", func(t *testing.T) { tenJobs(t, runDone) })
	t.Run("cancelled", func(t *testing.T) { tenJobs(t, runForgotten) })
}

func tenJobs(t *testing.T, run func(ctx context.Context, store *SQLStore, id string, items int) error) {
	dir := t.TempDir()
	ctx := context.Background()
	var sizes []int64
	for i := range 12 {
		ws, err := workspace.Open(dir, workspace.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		store, err := NewSQLStore(ctx, ws)
		if err == nil {
			err = run(ctx, store, string(rune('a'+i)), listedItems)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n, err := workspace.QueryAll[int](ctx, ws, `SELECT count(*) FROM job_items`); err != nil || n[0] != 0 {
			t.Fatalf("%v items of jobs that have ended, %v", n, err)
		}
		if n, err := workspace.QueryAll[int](ctx, ws, `SELECT count(*) FROM chunks`); err != nil || n[0] != i+1 {
			t.Fatalf("%v rows of chunks of %d jobs, %v", n, i+1, err)
		}
		if err := ws.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "sightline.duckdb"))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	if grown := sizes[11] - sizes[1]; grown > 512<<10 { // two of DuckDB's blocks
		t.Errorf("ten jobs made the database larger by %d bytes: %v", grown, sizes)
	}
}

// listedItems is a list that takes several of DuckDB's blocks.
const listedItems = 100_000

// runDone plans a job and has it done.
func runDone(ctx context.Context, store *SQLStore, id string, items int) error {
	return runUntil(ctx, store, id, items, Done)
}

// runForgotten plans a job, has it cancelled and forgets its list.
func runForgotten(ctx context.Context, store *SQLStore, id string, items int) error {
	if err := runUntil(ctx, store, id, items, Cancelled); err != nil {
		return err
	}
	return store.Forget(ctx, id)
}

func runUntil(ctx context.Context, store *SQLStore, id string, items int, end State) error {
	ids := make([]int64, items)
	for i := range ids {
		ids[i] = int64(i) * 2654435761 % 1e9
	}
	if _, err := store.PutItems(ctx, id, ids); err != nil {
		return err
	}
	if err := store.PutPlan(ctx, Job{ID: id, State: Running}, cut(id, items, items/4)); err != nil {
		return err
	}
	return store.PutJob(ctx, Job{ID: id, State: end, Planned: true})
}
