package workspace

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// boxes is a table of packed items, as a store has one.
var boxes = PackTable{Table: "boxes", Kind: "boxes", Folder: "boxes"}

const packsBefore, itemsPerPack = 14, 2

// content of an item, which tells which it is.
func content(pack, item int) string {
	return fmt.Sprintf("item %d of pack %d, %*s", item, pack, 50*pack, "end")
}

func boxSchema() Schema {
	return Schema{Name: "boxes", Tables: `CREATE TABLE boxes (name VARCHAR, pack VARCHAR, pos BIGINT, length BIGINT)`}
}

// openBoxes opens a workspace with the store of boxes.
func openBoxes(t testing.TB, dir string) *Workspace {
	t.Helper()
	w := open(t, dir)
	if err := w.Migrate(ctx, boxSchema()); err != nil {
		t.Fatal(err)
	}
	if err := w.SweepPacks(ctx, boxes.Folder); err != nil {
		t.Fatal(err)
	}
	return w
}

// fillBoxes stores packs of items, and makes a hole in every third.
func fillBoxes(t testing.TB, w *Workspace, packs int) {
	t.Helper()
	for p := range packs {
		path := filepath.Join(w.Incoming(), "p")
		var items []Packed
		for i := range itemsPerPack {
			items = append(items, Packed{Key: fmt.Sprintf("%d/%d", p, i), Data: []byte(content(p, i))})
		}
		if p%4 == 1 {
			items = append([]Packed{{Key: "empty"}}, items...) // at the place of the next
		}
		if err := WritePack(path, items); err != nil {
			t.Fatal(err)
		}
		err := w.Update(ctx, func(tx *Tx) error {
			name := PackName(boxes.Folder, "job", p)
			stored, err := w.StorePack(ctx, tx, boxes.Kind, name, path)
			for _, it := range stored {
				if err == nil && !(p%3 == 0 && it.Key == fmt.Sprintf("%d/0", p)) {
					_, err = tx.Exec(ctx, `INSERT INTO boxes VALUES (?, ?, ?, ?)`, it.Key, name, it.Offset, it.Length)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkBoxes reads every item, and compares the files with what is mentioned.
func checkBoxes(t testing.TB, w *Workspace, packs int) (files int) {
	t.Helper()
	for p := range packs {
		for i := range itemsPerPack {
			if p%3 == 0 && i == 0 {
				continue
			}
			data, err := w.ReadItem(func() (pack string, pos, length int64, err error) {
				err = w.QueryRow(ctx, `SELECT pack, pos, length FROM boxes WHERE name = ?`, fmt.Sprintf("%d/%d", p, i)).Scan(&pack, &pos, &length)
				return pack, pos, length, err
			})
			if err != nil || string(data) != content(p, i) {
				t.Fatalf("item %d of pack %d is %q, %v", i, p, data, err)
			}
		}
	}
	names, err := QueryAll[string](ctx, w, `SELECT DISTINCT pack FROM boxes WHERE pack NOT IN (SELECT pack FROM packs) UNION ALL
		SELECT pack FROM packs WHERE pack NOT IN (SELECT pack FROM boxes)`)
	if err != nil || len(names) > 0 {
		t.Fatalf("packs without items, or items without pack: %v, %v", names, err)
	}
	list, err := filepath.Glob(filepath.Join(w.Path(boxes.Folder), "*"))
	if err != nil {
		t.Fatal(err)
	}
	var mentioned int
	if err := w.QueryRow(ctx, `SELECT count(*) FROM packs`).Scan(&mentioned); err != nil || mentioned != len(list) {
		t.Fatalf("%d files, %d packs, %v", len(list), mentioned, err)
	}
	return len(list)
}

func TestCompact(t *testing.T) {
	w := openBoxes(t, t.TempDir())
	fillBoxes(t, w, loosePacks)
	if err := w.Compact(ctx, boxes); err != nil {
		t.Fatal(err)
	}
	if n := checkBoxes(t, w, loosePacks); n != loosePacks {
		t.Errorf("few packs became %d", n)
	}
	fillBoxes(t, w, packsBefore)
	if err := w.Tidy(ctx, boxes); err != nil { // not yet
		t.Fatal(err)
	}
	if n := checkBoxes(t, w, packsBefore); n != packsBefore {
		t.Errorf("Tidy made %d packs of %d", n, packsBefore)
	}
	if err := w.Compact(ctx, boxes); err != nil {
		t.Fatal(err)
	}
	if n := checkBoxes(t, w, packsBefore); n != 1 {
		t.Errorf("%d packs are left of %d", n, packsBefore)
	}
}

const stepEnv = "SIGHTLINE_TEST_COMPACT_STEP"

// TestKilledCompaction kills a process at every step of its compaction. Each time all
// items are there, wholly, and the next compaction finishes the work.
func TestKilledCompaction(t *testing.T) {
	if step, err := strconv.Atoi(os.Getenv(stepEnv)); err == nil {
		compactUntil(t, step)
		return
	}
	filled := t.TempDir()
	w := openBoxes(t, filled)
	fillBoxes(t, w, packsBefore)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	killed := true
	for step := 1; killed; step++ {
		dir := filepath.Join(t.TempDir(), "workspace")
		if err := os.CopyFS(dir, os.DirFS(filled)); err != nil {
			t.Fatal(err)
		}
		killed = compactIn(t, dir, step)
		w := openBoxes(t, dir)
		before := checkBoxes(t, w, packsBefore)
		if err := w.Compact(ctx, boxes); err != nil {
			t.Fatal(err)
		}
		after := checkBoxes(t, w, packsBefore)
		if after != 1 || before != 1 && before != packsBefore || !killed && (before != 1 || step < packsBefore) {
			t.Fatalf("step %d, killed %v: %d packs, then %d", step, killed, before, after)
		}
		w.Close()
	}
}

// compactIn runs compaction in a process of its own, which dies after so many steps;
// it is false if it ended before.
func compactIn(t *testing.T, dir string, step int) (killed bool) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestKilledCompaction$")
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", stepEnv, step), "SIGHTLINE_TEST_COMPACT_DIR="+dir)
	out, err := c.CombinedOutput()
	if err == nil {
		return false
	}
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("step %d: %v: %s", step, err, out)
	}
	return true
}

func compactUntil(t *testing.T, step int) {
	w := openBoxes(t, os.Getenv("SIGHTLINE_TEST_COMPACT_DIR"))
	w.steps = func(string) {
		if step--; step == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	if err := w.Compact(ctx, boxes); err != nil {
		t.Fatal(err)
	}
}
