package workspace

import (
	"context"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var ctx = context.Background()

// open opens the workspace in dir until the test ends.
func open(t testing.TB, dir string) *Workspace {
	t.Helper()
	w, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
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
	if !errors.As(err, &busy) || busy.Holder.URL != "http://127.0.0.1:7777" || !strings.Contains(err.Error(), busy.Holder.URL) {
		t.Errorf("got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err = Open(dir, Options{}); err != nil {
		t.Fatalf("a closed workspace has a holder: %v", err)
	}
	w.Close()
}

// A small database has one thread, and one a core once it has grown.
func TestThreadsOfALargeDatabase(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	threads := func() (n int) {
		if err := w.QueryRow(ctx, `SELECT current_setting('threads')`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	grow := func() {
		if err := w.Update(ctx, func(*Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if grow(); threads() != 1 {
		t.Errorf("a small database has %d threads", threads())
	}
	w.large = 1
	if grow(); threads() != runtime.NumCPU() {
		t.Errorf("a large database has %d threads on %d cores", threads(), runtime.NumCPU())
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

func TestMemoryAndSpillFolderAreSet(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var limit, spill string
	if err := w.QueryRow(ctx, `SELECT current_setting('memory_limit'), current_setting('temp_directory')`).Scan(&limit, &spill); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(limit, "488") || spill != filepath.Join(w.Dir(), "tmp") { // 512 MB are 488.2 MiB
		t.Errorf("memory %s, spilling to %s", limit, spill)
	}
}

// things is the schema of a small store, at its second version.
func things(steps ...string) Schema {
	return Schema{Name: "things", Tables: `CREATE TABLE things (name VARCHAR, size INTEGER)`, Steps: steps}
}

func putThing(t *testing.T, w *Workspace, query string, args ...any) {
	t.Helper()
	err := w.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenCreatesAndReopens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "ws")
	w := open(t, dir)
	if err := w.Migrate(ctx, things()); err != nil {
		t.Fatal(err)
	}
	putThing(t, w, `INSERT INTO things VALUES ('a', 1)`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, dir)
	if err := w.Migrate(ctx, things()); err != nil {
		t.Fatal(err)
	}
	if names, err := QueryAll[string](ctx, w, `SELECT name FROM things`); err != nil || !slices.Equal(names, []string{"a"}) {
		t.Errorf("after reopening: %v, %v", names, err)
	}
}

// A store's tables go through every step from the version that they have, once, and
// through none if one of them fails.
func TestMigrate(t *testing.T) {
	w := open(t, t.TempDir())
	putThing(t, w, `CREATE TABLE things (name VARCHAR)`)
	s := things(`ALTER TABLE things ADD COLUMN size INTEGER`, `no SQL`)
	s.Old = func(context.Context, *Tx) (int, error) { return 1, nil }
	if err := w.Migrate(ctx, s); err == nil || !strings.Contains(err.Error(), "from version 2 to 3") {
		t.Errorf("a step that fails: %v", err)
	}
	s.Steps[1] = `INSERT INTO things VALUES ('b', 2)`
	for range 2 {
		if err := w.Migrate(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if sizes, err := QueryAll[int](ctx, w, `SELECT size FROM things`); err != nil || !slices.Equal(sizes, []int{2}) {
		t.Errorf("sizes %v, %v", sizes, err)
	}
	if err := w.Migrate(ctx, things()); err == nil || !strings.Contains(err.Error(), "things") || !strings.Contains(err.Error(), "newer Sightline") {
		t.Errorf("newer tables: %v", err)
	}
}

func TestNewerWorkspaceIsRefused(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	putThing(t, w, `UPDATE meta SET value = '99' WHERE key = 'schema_version'`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "newer Sightline") {
		t.Errorf("got %v", err)
	}
}

// A transaction that fails leaves neither rows nor what was to happen after it.
func TestUpdateRollsBack(t *testing.T) {
	w := open(t, t.TempDir())
	failure := errors.New("no")
	committed := 0
	for _, want := range []error{failure, nil} {
		err := w.Update(ctx, func(tx *Tx) error {
			tx.OnCommit(func() { committed++ })
			if err := tx.Append("meta", 2, func(i int) []driver.Value { return []driver.Value{"x", string(rune('a' + i))} }); err != nil {
				return err
			}
			return want
		})
		if !errors.Is(err, want) {
			t.Fatalf("got %v, want %v", err, want)
		}
	}
	if values, err := QueryAll[string](ctx, w, `SELECT value FROM meta WHERE key = 'x' ORDER BY value`); err != nil || !slices.Equal(values, []string{"a", "b"}) || committed != 1 {
		t.Errorf("%v, %v, %d commits; want the two rows of the second transaction", values, err, committed)
	}
}
