package workspace

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOpenCreatesAndReopens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "ws")
	w := open(t, dir)
	if _, err := w.PutModel(ctx, "m", "abc", []byte(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, dir)
	m, err := w.Model(ctx, "m")
	if err != nil || string(m.Spec) != `{"a":1}` || m.SHA256 != "abc" {
		t.Errorf("after reopening: %+v, %v", m, err)
	}
	if _, err := w.Model(ctx, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such model: %v", err)
	}
}

func TestOpenTwiceSaysWhoHasIt(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	_, err := Open(dir, Options{})
	var busy *BusyError
	if !errors.Is(err, ErrBusy) || !errors.As(err, &busy) || busy.Holder.PID != os.Getpid() {
		t.Fatalf("got %v", err)
	}
	if err := w.Announce("http://127.0.0.1:7777"); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir, Options{})
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "http://127.0.0.1:7777") {
		t.Errorf("got %v", err)
	}
	if h, ok := FindHolder(dir); !ok || h.URL != "http://127.0.0.1:7777" {
		t.Errorf("holder %+v, %v", h, ok)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := FindHolder(dir); ok {
		t.Error("a closed workspace has a holder")
	}
}

// Where no workspace can be, the error says so and what to give instead.
func TestOpenSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	file, junk := filepath.Join(dir, "file"), filepath.Join(dir, "junk")
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.Mkdir(junk, 0o755), os.WriteFile(filepath.Join(junk, "sightline.duckdb"), []byte("words"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{file: "a workspace is a folder", junk: "restore the file"} {
		_, err := Open(path, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestOpenRefusesALimitThatIsNone(t *testing.T) {
	if _, err := Open(t.TempDir(), Options{MemoryLimit: "lots"}); err == nil || !strings.Contains(err.Error(), "512MB") {
		t.Errorf("got %v", err)
	}
}

// TestKilledHolderLeavesTheWorkspaceUsable starts this test binary as a process
// that opens the workspace, stores a chunk, begins another and is killed.
func TestKilledHolderLeavesTheWorkspaceUsable(t *testing.T) {
	if dir := os.Getenv("SIGHTLINE_TEST_HOLDER"); dir != "" {
		holdUntilKilled(t, dir)
		return
	}
	dir := t.TempDir()
	c := exec.Command(os.Args[0], "-test.run=^TestKilledHolderLeavesTheWorkspaceUsable$")
	c.Env = append(os.Environ(), "SIGHTLINE_TEST_HOLDER="+dir)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the other process did not get ready")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrBusy) {
		t.Errorf("while the other process has it: %v", err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	w := open(t, dir)
	var chunks, rows int
	if err := w.db.QueryRow(`SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM predictions)`).Scan(&chunks, &rows); err != nil {
		t.Fatal(err)
	}
	if chunks != 1 || rows != 10 {
		t.Errorf("%d chunks and %d predictions, want the one that was committed, of 10", chunks, rows)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "data~model", "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("files %q (%v), want the committed block alone", files, err)
	}
	if left, err := os.ReadDir(w.Incoming()); err != nil || len(left) != 0 {
		t.Errorf("left in incoming: %v, %v", left, err)
	}
}

// holdUntilKilled moves the second chunk's file into place, inserts its rows and
// stops there, before the commit.
func holdUntilKilled(t *testing.T, dir string) {
	f := planFixture(t, dir, 30, 4)
	f.ingest(t, 0, 0, 10)
	path := filepath.Join(f.w.Incoming(), "second")
	if err := WriteBlock(path, f.block(10, 10)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.w.Incoming(), "half"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := f.w.Update(ctx, func(tx *sql.Tx) error {
		if err := f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job1", Seq: 1, Block: path}); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "ready"), nil, 0o644); err != nil {
			return err
		}
		time.Sleep(time.Minute)
		return errors.New("was not killed")
	})
	t.Fatal(err)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	err := w.Update(ctx, func(tx *sql.Tx) error { return setMeta(ctx, tx, "schema_version", "99") })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "newer Sightline") {
		t.Errorf("got %v", err)
	}
}

func TestUpdateRollsBack(t *testing.T) {
	w := open(t, t.TempDir())
	failure := errors.New("no")
	err := w.Update(ctx, func(tx *sql.Tx) error {
		if err := setMeta(ctx, tx, "x", "y"); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("got %v", err)
	}
	var n int
	if err := w.db.QueryRow(`SELECT count(*) FROM meta WHERE key = 'x'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows after a rollback, %v", n, err)
	}
}

func TestMemoryAndSpillFolderAreSet(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var limit, spill string
	if err := w.db.QueryRow(`SELECT current_setting('memory_limit'), current_setting('temp_directory')`).Scan(&limit, &spill); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(limit, "488") || spill != filepath.Join(w.Dir(), "tmp") { // 512 MB are 488.2 MiB
		t.Errorf("memory %s, spilling to %s", limit, spill)
	}
}

func TestOlderWorkspaceIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	f := planFixture(t, dir, 10, 3)
	f.ingest(t, 0, 0, 10)
	err := f.w.Update(ctx, func(tx *sql.Tx) error { // as version 1 had it
		for _, q := range []string{`ALTER TABLE samples DROP COLUMN since`, `ALTER TABLE blocks DROP COLUMN created`, `DROP TABLE trusts`, `DROP TABLE findings`} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return setMeta(ctx, tx, "schema_version", "1")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.w.Close(); err != nil {
		t.Fatal(err)
	}
	f.w = open(t, dir)
	f.ingest(t, 0, 0, 10)
	var version, unset int
	err = f.w.db.QueryRow(`SELECT (SELECT value::INTEGER FROM meta WHERE key = 'schema_version'),
		(SELECT count(*) FROM samples WHERE since IS NULL) + (SELECT count(*) FROM blocks WHERE created IS NULL)`).Scan(&version, &unset)
	if err != nil || version != SchemaVersion || unset != 0 || f.count(t, "predictions") != 10 {
		t.Errorf("version %d, %d unset, %d predictions, %v", version, unset, f.count(t, "predictions"), err)
	}
}
