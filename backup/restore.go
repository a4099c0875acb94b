package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/workspace"
)

// ErrDamaged is of a stream that is not what Write wrote, or not all of it.
var ErrDamaged = errors.New("the backup is damaged or not complete")

// Check reads a stream to its end and compares it with its list.
func Check(in io.Reader) (Report, error) {
	return read(in, func(string, io.Reader) error { return nil })
}

// Restore makes a folder, which must not be there yet, of a stream. It gets its name when all of
// the stream has arrived and is as it was written; before that nothing is there.
func Restore(in io.Reader, dir string) (r Report, err error) {
	if _, err := os.Lstat(dir); err == nil {
		return r, fmt.Errorf("%s is there already: a backup is restored into a new folder only; name one with --workspace DIR", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return r, err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-restoring-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(fresh) // where it still has that name
	if err := os.Chmod(fresh, 0o755); err != nil {
		return r, err
	}
	r, err = read(in, func(name string, content io.Reader) error {
		path := filepath.Join(fresh, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return workspace.WriteSynced(path, 0, func(f *os.File) error {
			_, err := io.Copy(f, content)
			return err
		})
	})
	if err != nil {
		return r, err
	}
	return r, os.Rename(fresh, dir)
}

// read hands out the files of a stream, and compares them with its list at the end.
func read(in io.Reader, each func(name string, content io.Reader) error) (r Report, err error) {
	archive, found := tar.NewReader(in), map[string]string{}
	for {
		header, err := archive.Next()
		if err != nil { // also at a proper end: the list is the last entry
			return r, fmt.Errorf("%w: it ends early (%w)", ErrDamaged, err)
		}
		if header.Name == sums {
			return r, compare(archive, found)
		}
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(header.Name)) {
			return r, fmt.Errorf("%w: it holds %q, which is no file of a workspace", ErrDamaged, header.Name)
		}
		hash := sha256.New()
		content := io.TeeReader(archive, hash)
		err = each(header.Name, content)
		if err == nil {
			_, err = io.Copy(io.Discard, content)
		}
		if err != nil {
			return r, fmt.Errorf("%s: %w", header.Name, err)
		}
		found[header.Name] = hex.EncodeToString(hash.Sum(nil))
		r.Files++
		r.Bytes += header.Size
	}
}

func compare(list io.Reader, found map[string]string) error {
	text, err := io.ReadAll(list)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if found[name] != sum {
			return fmt.Errorf("%w: %s has another content than was written", ErrDamaged, name)
		}
		n++
	}
	if n != len(found) || found[database] == "" {
		return fmt.Errorf("%w: its list has %d files, and it holds %d", ErrDamaged, n, len(found))
	}
	return nil
}
