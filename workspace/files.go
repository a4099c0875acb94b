package workspace

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func parentDir(path string) string { return filepath.Dir(path) }

// Path is the place of a file named relative to the workspace, with slashes.
func (w *Workspace) Path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// Slug makes a name of a file of any name: it keeps letters, digits, dot, dash and
// underscore.
func Slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
}

// sweepPassing empties the folders of what nobody stored, which a crash left behind.
func (w *Workspace) sweepPassing() error {
	return errors.Join(w.Sweep("incoming", nil), w.Sweep("tmp", nil))
}

// Sweep deletes the files of a folder, and of those in it, that are not mentioned:
// moved into place by a transaction that did not commit, or left when one did. A
// store calls it before it stores anything.
func (w *Workspace) Sweep(folder string, mentioned []string) error {
	known := make(map[string]bool, len(mentioned))
	for _, name := range mentioned {
		known[name] = true
	}
	err := filepath.WalkDir(w.Path(folder), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		if err != nil || known[filepath.ToSlash(name)] {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// SweepPacks is Sweep for a folder of packs.
func (w *Workspace) SweepPacks(ctx context.Context, folder string) error {
	packs, err := QueryAll[string](ctx, w, `SELECT pack FROM packs`)
	if err != nil {
		return err
	}
	return w.Sweep(folder, packs)
}

// Remove deletes files, named relative to the workspace, that nothing mentions any
// more. A failure is harmless: the next Open tries again.
func (w *Workspace) Remove(names []string) {
	for _, name := range names {
		os.Remove(w.Path(name))
		w.reached("removed")
	}
}
