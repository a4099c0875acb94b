package workspace

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrDiskFull says that there is no room for what was to be stored. Nothing
// stored before is lost, and the same command continues once there is room.
var ErrDiskFull = errors.New("the disk is full")

// ErrNotFound says that the workspace has no such dataset, model, evaluation,
// sample, map or thumbnail.
var ErrNotFound = errors.New("not in the workspace")

// StorageError makes an error of writing below dir say what to do: of a full
// disk it becomes an ErrDiskFull.
func StorageError(err error, dir string) error { return storageError(err, dir, 0) }

// openError adds to an error of opening dir what to do about it.
func openError(err error, dir string) error {
	remedy := ""
	switch {
	case isDiskFull(err):
		return storageError(err, dir, 0)
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		remedy = "; give a folder that you may write with --workspace DIR"
	case errors.Is(err, unix.ENOTDIR):
		remedy = "; a workspace is a folder: give another with --workspace DIR"
	case strings.Contains(err.Error(), "memory_limit"):
		remedy = "; write --memory as 512MB or 2GB"
	case strings.Contains(err.Error(), "not a valid DuckDB database"):
		remedy = "; restore the file, or start a new workspace with --workspace DIR"
	}
	return fmt.Errorf("%w%s", err, remedy)
}

// storageError names folder and bytes if err comes from a full disk; need is
// the bytes that were to be written, 0 if unknown.
func storageError(err error, dir string, need int64) error {
	if err == nil || errors.Is(err, ErrDiskFull) || !isDiskFull(err) {
		return err
	}
	return fullError(dir, need, err)
}

func isDiskFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) ||
		strings.Contains(err.Error(), "No space left on device") ||
		strings.Contains(err.Error(), "Disk quota exceeded")
}

func fullError(dir string, need int64, cause error) error {
	what := "more room"
	if need > 0 {
		what = fmt.Sprintf("%d bytes (%s)", need, byteCount(need))
	}
	free := ""
	if n, ok := freeBytes(dir); ok {
		free = fmt.Sprintf(", where %s is free", byteCount(n))
	}
	err := fmt.Errorf("%w: %s needs %s%s; make room there and run the same command again, nothing stored is lost", ErrDiskFull, dir, what, free)
	if cause != nil {
		err = fmt.Errorf("%w (%v)", err, cause)
	}
	return err
}

// CheckSpace returns an ErrDiskFull error if dir's file system has less than
// need bytes free for us.
func CheckSpace(dir string, need int64) error {
	free, ok := freeBytes(dir)
	if !ok || free >= need {
		return nil
	}
	return fullError(dir, need, nil)
}

func freeBytes(dir string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * st.Bsize, true
}

func byteCount(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// WriteSynced writes a file of about size bytes next to its place, syncs it and renames it, so that
// a file with the final name is always whole.
func WriteSynced(path string, size int64, write func(*os.File) error) error {
	dir := parentDir(path)
	if err := CheckSpace(dir, size); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return storageError(err, dir, size)
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("writing %s: %w", path, storageError(err, dir, size))
	}
	return syncDir(dir)
}

// MoveSynced renames a synced file to its final place, atomically, replacing
// what is there.
func MoveSynced(from, to string) error {
	if err := os.MkdirAll(parentDir(to), 0o755); err != nil {
		return storageError(err, parentDir(to), 0)
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("moving %s into the workspace: %w", from, storageError(err, parentDir(to), 0))
	}
	return syncDir(parentDir(to))
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
