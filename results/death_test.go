package results

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

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
	if _, err := workspace.Open(dir, workspace.Options{}); !errors.Is(err, workspace.ErrBusy) {
		t.Errorf("while the other process has it: %v", err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	ws, _, _ := openStores(t, dir)
	var chunks, rows int
	if err := ws.QueryRow(ctx, `SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM predictions)`).Scan(&chunks, &rows); err != nil {
		t.Fatal(err)
	}
	if chunks != 1 || rows != 10 {
		t.Errorf("%d chunks and %d predictions, want the one that was committed, of 10", chunks, rows)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "data~model", "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("files %q (%v), want the committed block alone", files, err)
	}
	if left, err := os.ReadDir(ws.Incoming()); err != nil || len(left) != 0 {
		t.Errorf("left in incoming: %v, %v", left, err)
	}
}

// holdUntilKilled moves the second chunk's file into place, inserts its rows and
// stops there, before the commit.
func holdUntilKilled(t *testing.T, dir string) {
	f := planFixture(t, dir, 30, 4)
	f.ingest(t, 0, 0, 10)
	path := filepath.Join(f.ws.Incoming(), "second")
	if err := scoreblock.Write(path, f.block(10, 10)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.ws.Incoming(), "half"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
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

// smallDisk mounts a file system of that size, which needs privileges.
func smallDisk(t *testing.T, mebibytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mebibytes)); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// fillUp leaves about that many bytes free, and returns what to remove again.
func fillUp(t *testing.T, dir string, leave int64) string {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	free := int64(st.Bavail) * st.Bsize
	path := filepath.Join(dir, "filler")
	if err := os.WriteFile(path, make([]byte, free-leave), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFullDiskLosesNothing(t *testing.T) {
	for name, leave := range map[string]int64{"no room for the block": 8 << 10, "no room for the rows": 420 << 10} {
		t.Run(name, func(t *testing.T) {
			dir := smallDisk(t, 48)
			f := planFixture(t, filepath.Join(dir, "ws"), 3000, 20)
			f.ingest(t, 0, 0, 100)
			filler := fillUp(t, dir, leave)
			var full error
			for seq := 1; seq < 30 && full == nil; seq++ {
				full = f.handIn(seq, seq*100, 100)
			}
			if !errors.Is(full, workspace.ErrDiskFull) || !strings.Contains(full.Error(), dir) {
				t.Fatalf("on the full disk: %v", full)
			}
			os.Remove(filler)
			f.ws.Close()
			f.ws, f.catalog, f.w = openStores(t, filepath.Join(dir, "ws"))
			if n := f.count(t, "predictions"); n%100 != 0 || n == 0 {
				t.Errorf("%d predictions are left, want whole chunks", n)
			}
			for seq := range 30 {
				f.ingest(t, seq, seq*100, 100)
			}
			if n := f.count(t, "predictions"); n != 3000 {
				t.Errorf("%d predictions after going on, want 3000", n)
			}
		})
	}
}
