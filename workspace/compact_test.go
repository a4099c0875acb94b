package workspace

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
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

// bound is how many files compaction may leave: bytes in use ÷ a full pack, and twenty.
func bound(t testing.TB, w *Workspace) int {
	t.Helper()
	var bytes int64
	if err := w.QueryRow(ctx, `SELECT coalesce(sum(length), 0)::BIGINT FROM boxes`).Scan(&bytes); err != nil {
		t.Fatal(err)
	}
	return int(bytes/w.fullPack) + 20
}

// However large packs are and whatever is in use of them, compaction leaves few files, and
// every item as it was.
func TestCompactLeavesFewFiles(t *testing.T) {
	if fullPack > 64<<20 {
		t.Errorf("a full pack has %d bytes, 64 MiB are stated", fullPack)
	}
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 1))
		w := openBoxes(t, t.TempDir())
		w.fullPack = 4096
		want := map[string]string{}
		for round := range 2 {
			for p := range 20 + rng.IntN(20) {
				storeRandom(t, w, rng, fmt.Sprintf("%d-%d", round, p), want)
			}
			var gone []string
			for name := range want { // as maps that were replaced
				if rng.IntN(3) > 0 {
					continue
				}
				delete(want, name)
				gone = append(gone, name)
			}
			err := w.Update(ctx, func(tx *Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM boxes WHERE name IN (SELECT unnest(?::VARCHAR[]))`, gone)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Compact(ctx, boxes); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(w.Path(boxes.Folder), "*"))
			if err != nil || len(files) > bound(t, w) {
				t.Errorf("seed %d, round %d: %d files are left, want %d at most; %v", seed, round, len(files), bound(t, w), err)
			}
			compareBoxes(t, w, want)
		}
		w.Close()
	}
}

// storeRandom stores a pack of a few items, up to several full packs large.
func storeRandom(t *testing.T, w *Workspace, rng *rand.Rand, name string, into map[string]string) {
	t.Helper()
	var items []Packed
	largest := []int{50, 500, 5000}[rng.IntN(3)]
	for i := range 1 + rng.IntN(5) {
		data := make([]byte, rng.IntN(largest))
		for j := range data {
			data[j] = byte(rng.Uint32())
		}
		items = append(items, Packed{Key: fmt.Sprintf("%s/%d", name, i), Data: data})
		into[items[i].Key] = string(data)
	}
	path := filepath.Join(w.Incoming(), "p")
	if err := WritePack(path, items); err != nil {
		t.Fatal(err)
	}
	err := w.Update(ctx, func(tx *Tx) error {
		place := PackName(boxes.Folder, name, 0)
		stored, err := w.StorePack(ctx, tx, boxes.Kind, place, path)
		for _, it := range stored {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO boxes VALUES (?, ?, ?, ?)`, it.Key, place, it.Offset, it.Length)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compareBoxes(t *testing.T, w *Workspace, want map[string]string) {
	t.Helper()
	rows, err := w.Query(ctx, `SELECT name, pack, pos, length FROM boxes`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var name, pack string
		var pos, length int64
		if err := rows.Scan(&name, &pack, &pos, &length); err != nil {
			t.Fatal(err)
		}
		if data, err := w.ReadPacked(pack, pos, length); err != nil || string(data) != want[name] {
			t.Fatalf("%s: %d bytes, %v, want %d", name, len(data), err, len(want[name]))
		}
	}
	if n != len(want) {
		t.Errorf("%d items of %d", n, len(want))
	}
}

// Packs that earlier processes left are merged too: each of them may have stored too few to
// begin.
func TestTidyCountsWhatWasLeft(t *testing.T) {
	dir := t.TempDir()
	left := 0
	for part := range 3 {
		w := openBoxes(t, dir)
		want := map[string]string{}
		for p := range mostLoose/3 + 10 {
			storeRandom(t, w, rand.New(rand.NewPCG(1, 1)), fmt.Sprintf("%d-%d", part, p), want)
			if err := w.Tidy(ctx, boxes); err != nil {
				t.Fatal(err)
			}
		}
		files, err := filepath.Glob(filepath.Join(w.Path(boxes.Folder), "*"))
		if err != nil {
			t.Fatal(err)
		}
		left = len(files)
		w.Close()
	}
	if left > mostLoose {
		t.Errorf("%d packs of three processes are left", left)
	}
}

const stepEnv = "SIGHTLINE_TEST_COMPACT_STEP"

// packsKilled make two merges where a full pack is of killedPack bytes.
const packsKilled, killedPack = 20, 2100

// TestKilledCompaction kills a process at every step of its compaction, which merges several
// times. Each time all items are there, wholly, and the next compaction finishes the work.
func TestKilledCompaction(t *testing.T) {
	thorough.Only(t)
	if step, err := strconv.Atoi(os.Getenv(stepEnv)); err == nil {
		compactUntil(t, step)
		return
	}
	filled := t.TempDir()
	w := openBoxes(t, filled)
	fillBoxes(t, w, packsKilled)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	killed, seen := true, map[int]bool{}
	for step := 1; killed; step++ {
		dir := filepath.Join(t.TempDir(), "workspace")
		if err := os.CopyFS(dir, os.DirFS(filled)); err != nil {
			t.Fatal(err)
		}
		killed = compactIn(t, dir, step)
		w := openBoxes(t, dir)
		w.fullPack = killedPack
		before := checkBoxes(t, w, packsKilled)
		if err := w.Compact(ctx, boxes); err != nil {
			t.Fatal(err)
		}
		after := checkBoxes(t, w, packsKilled)
		seen[before] = true
		if after > bound(t, w) || !killed && (before != after || step < packsKilled) {
			t.Fatalf("step %d, killed %v: %d packs, then %d", step, killed, before, after)
		}
		w.Close()
	}
	if len(seen) < 3 {
		t.Errorf("files after a kill: %v; want the numbers before, between and after two merges", seen)
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
	w.fullPack = killedPack
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
