package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/workspace"
)

// CopyArgument is the verb with which the program copies a file: FROM and TO follow.
const CopyArgument = "copy-file"

const (
	database = "sightline.duckdb"
	sums     = "SHA256SUMS" // name of the last entry: lines of sha256sum
)

// passing are the entries of a workspace's folder that are of a process, or no part of it: what
// the demonstration draws are images and models, which stay where they are.
var passing = []string{"incoming", "tmp", "demo", "lock", "server.json", "address.json", database, database + ".wal"}

// Report is what a backup holds.
type Report struct {
	Files int
	Bytes int64 // of their contents
}

// Write writes a workspace that is open. Copy copies a file in another process: this one would
// lose the database's lock by closing it.
func Write(ctx context.Context, w *workspace.Workspace, copy func(ctx context.Context, from, to string) error, out io.Writer) (Report, error) {
	if err := os.MkdirAll(w.Path("tmp"), 0o755); err != nil {
		return Report{}, err
	}
	held, err := os.MkdirTemp(w.Path("tmp"), "backup-") // emptied by the next start if this process is killed
	if err != nil {
		return Report{}, fmt.Errorf("hold the workspace's files: %w", workspace.StorageError(err, w.Dir()))
	}
	defer os.RemoveAll(held)
	err = w.Checkpointed(ctx, func(file string, _ uint64) error {
		if err := copy(ctx, file, filepath.Join(held, database)); err != nil {
			return fmt.Errorf("copy the database: %w", err)
		}
		return hold(w.Dir(), held)
	})
	if err != nil {
		return Report{}, err
	}
	return writeTar(ctx, held, out)
}

// hold gives the files of a workspace second names below a folder on its file system.
func hold(dir, held string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if slices.Contains(passing, e.Name()) {
			continue
		}
		if err := link(filepath.Join(dir, e.Name()), filepath.Join(held, e.Name())); err != nil {
			return fmt.Errorf("hold the workspace's files: %w", err)
		}
	}
	return nil
}

// link links a file, or all files of a folder.
func link(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed just now: nothing names it
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		there := filepath.Join(to, name)
		switch {
		case d.IsDir():
			return os.MkdirAll(there, 0o755)
		case d.Type().IsRegular():
			if err = os.Link(path, there); errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		return nil
	})
}

func writeTar(ctx context.Context, dir string, out io.Writer) (r Report, err error) {
	archive := tar.NewWriter(out)
	var list strings.Builder
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		size, sum, err := addFile(archive, path, filepath.ToSlash(name))
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
		r.Files++
		r.Bytes += size
		fmt.Fprintf(&list, "%s  %s\n", sum, filepath.ToSlash(name))
		return nil
	})
	if err != nil {
		return r, err // without the last entry it is not restored
	}
	err = archive.WriteHeader(&tar.Header{Name: sums, Mode: 0o644, Size: int64(list.Len()), Format: tar.FormatPAX})
	if err == nil {
		_, err = io.WriteString(archive, list.String())
	}
	return r, errors.Join(err, archive.Close())
}

func addFile(archive *tar.Writer, path, name string) (size int64, sum string, err error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, "", err
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: info.Size(), ModTime: info.ModTime(), Format: tar.FormatPAX}
	if err := archive.WriteHeader(header); err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(archive, hash), in)
	return size, hex.EncodeToString(hash.Sum(nil)), err
}
