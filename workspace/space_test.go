package workspace

import (
	"errors"
	"fmt"
	"os"
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
