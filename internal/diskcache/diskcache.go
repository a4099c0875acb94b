// Package diskcache keeps files that took long to make, in a folder that processes of one user
// share: for each key an entry, a folder of files. An entry is there whole or not at all, and is
// checked before it is used: one that is damaged is removed, to be made anew. Beyond a limit on
// their size those go that were used longest ago.
package diskcache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Folder holds entries. A nil one has none and takes none.
type Folder struct {
	path  string
	limit int64
}

// ErrNotKept says why files are not in the folder: it takes no such entry.
var ErrNotKept = errors.New("not kept on disk")

// Open returns the folder at path, made if there is none, whose entries have at most limit bytes
// together. It fails where another user could write: what lies there is not checked against
// anybody who means harm.
func Open(path string, limit int64) (*Folder, error) {
	if limit <= 0 {
		return nil, fmt.Errorf("%w: the limit is %d bytes", ErrNotKept, limit)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("create the folder of kept files: %w", err)
	}
	if !private(path) {
		return nil, fmt.Errorf("%w: others may write to %s", ErrNotKept, path)
	}
	return &Folder{path, limit}, nil
}

// An Entry is files that were found whole.
type Entry struct {
	Path string // of the folder that they are in
	list contents
}

// Find returns the entry of a key, nil if there is none that is whole. It counts as used.
func (f *Folder) Find(key string) *Entry {
	if f == nil {
		return nil
	}
	path := f.of(key)
	list, err := readContents(path)
	if err == nil {
		err = list.check(path)
	}
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) || exists(path) {
			f.remove(path)
		}
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(filepath.Join(path, contentsName), now, now) // a folder that cannot be written is used as well
	return &Entry{path, list}
}

// Read returns a file of the entry, as it was put there.
func (e *Entry) Read(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(e.Path, name))
	if err != nil {
		return nil, err
	}
	if e.list[name] != sumOf(b) {
		return nil, fmt.Errorf("%s has changed since it was checked", name)
	}
	return b, nil
}

// Keep makes the entry of a key: fill writes its files into a folder, which becomes the entry when
// all went well. If another process was first, its entry stays. An entry above the limit is not
// kept, which is ErrNotKept.
func (f *Folder) Keep(key string, fill func(folder string) error) error {
	if f == nil {
		return ErrNotKept
	}
	making, err := os.MkdirTemp(f.path, unfinished)
	if err != nil {
		return fmt.Errorf("keep files: %w", err)
	}
	defer os.RemoveAll(making)
	if err := fill(making); err != nil {
		return err
	}
	list, err := sumsOf(making)
	if err != nil {
		return fmt.Errorf("keep files: %w", err)
	}
	if size := list.size(); size > f.limit {
		return fmt.Errorf("%w: %d bytes are more than the limit of %d", ErrNotKept, size, f.limit)
	}
	if err := list.write(making); err != nil {
		return fmt.Errorf("keep files: %w", err)
	}
	if err := os.Rename(making, f.of(key)); err != nil && !exists(f.of(key)) {
		return fmt.Errorf("keep files: %w", err)
	}
	f.trim(key)
	return nil
}

// unfinished begins the names of folders that are being filled, or removed.
const unfinished = "unfinished-"

// abandoned is the age from which an unfinished folder is nobody's: filling one takes seconds.
const abandoned = time.Hour

func (f *Folder) of(key string) string { return filepath.Join(f.path, key) }

// remove takes an entry away at once, for all processes; those that have its files open keep them.
func (f *Folder) remove(path string) {
	gone, err := os.MkdirTemp(f.path, unfinished)
	if err != nil {
		return // the folder cannot be written
	}
	_ = os.Rename(path, filepath.Join(gone, "entry"))
	os.RemoveAll(gone)
}

// trim removes entries until the rest are within the limit, the one just kept last; and what
// processes that were killed have left.
func (f *Folder) trim(just string) {
	entries := f.entries()
	slices.SortFunc(entries, func(a, b used) int {
		if (a.key == just) != (b.key == just) {
			return map[bool]int{true: 1, false: -1}[a.key == just]
		}
		return a.at.Compare(b.at)
	})
	total := int64(0)
	for _, e := range entries {
		total += e.size
	}
	for _, e := range entries {
		if total <= f.limit {
			return
		}
		f.remove(f.of(e.key))
		total -= e.size
	}
}

// used is when an entry was used last.
type used struct {
	key  string
	size int64
	at   time.Time
}

func (f *Folder) entries() (list []used) {
	found, _ := os.ReadDir(f.path)
	for _, d := range found {
		path := f.of(d.Name())
		if strings.HasPrefix(d.Name(), unfinished) {
			if info, err := d.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
				os.RemoveAll(path)
			}
			continue
		}
		e := used{key: d.Name()}
		if info, err := os.Stat(filepath.Join(path, contentsName)); err == nil {
			e.at = info.ModTime()
		}
		e.size = sizeOf(path)
		list = append(list, e)
	}
	return list
}

// sizeOf is how many bytes the files of a folder have.
func sizeOf(path string) (size int64) {
	files, _ := os.ReadDir(path)
	for _, d := range files {
		if info, err := d.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
