package workspace

import (
	"context"
	"os"
	"path/filepath"
)

func parentDir(path string) string { return filepath.Dir(path) }

// abs is the place of a file named relative to the workspace.
func (w *Workspace) abs(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// removeUnmentioned deletes what a crash left behind: hand-ins nobody stored,
// and files that were moved into place by a transaction that did not commit.
func (w *Workspace) removeUnmentioned(ctx context.Context) error {
	known, err := w.knownFiles(ctx)
	if err != nil {
		return err
	}
	for _, folder := range []string{"incoming", "tmp", "blocks", "maps", "thumbs"} {
		err := filepath.WalkDir(w.abs(folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(w.dir, path)
			if err != nil || known[filepath.ToSlash(name)] {
				return err
			}
			return os.Remove(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// knownFiles are the blocks and packs the database mentions.
func (w *Workspace) knownFiles(ctx context.Context) (map[string]bool, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT file FROM blocks UNION ALL SELECT pack FROM packs`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		known[name] = true
	}
	return known, rows.Err()
}

// removeFiles deletes files nothing mentions any more. A failure is harmless:
// the next Open tries again.
func (w *Workspace) removeFiles(names []string) {
	for _, name := range names {
		os.Remove(w.abs(name))
	}
}
