package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestCheckSpaceNamesFolderAndBytes(t *testing.T) {
	dir := t.TempDir()
	if err := CheckSpace(dir, 1); err != nil {
		t.Fatal(err)
	}
	err := CheckSpace(dir, 1<<60)
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), dir+" needs 1152921504606846976 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestFullDiskIsRecognised(t *testing.T) {
	for _, cause := range []error{
		&os.PathError{Op: "write", Path: "x", Err: unix.ENOSPC},
		fmt.Errorf("storing: %w", unix.EDQUOT),
		errors.New(`IO Error: Could not write file "x": No space left on device`),
	} {
		if err := storageError(cause, "/ws", 100); !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "/ws needs 100 bytes") {
			t.Errorf("%v becomes %v", cause, err)
		}
	}
	if other := errors.New("another"); storageError(other, "/ws", 1) != other {
		t.Error("another error is taken for a full disk")
	}
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
	free, ok := freeBytes(dir)
	if !ok {
		t.Fatal("the free space is unknown")
	}
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
			if !errors.Is(full, ErrDiskFull) || !strings.Contains(full.Error(), dir) {
				t.Fatalf("on the full disk: %v", full)
			}
			os.Remove(filler)
			f.w.Close()
			f.w = open(t, filepath.Join(dir, "ws"))
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

func TestReadOnlyWorkspaceSaysWhatToDo(t *testing.T) {
	dir := smallDisk(t, 16)
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("needs the right to mount a read-only disk: %v", err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, unix.EROFS) || !strings.Contains(err.Error(), "--workspace DIR") {
		t.Errorf("got %v", err)
	}
}
