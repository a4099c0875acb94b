// Package checkup looks whether a workspace is whole: whether every file that the database names
// is there, and, where asked, whether every bit in it is as it was written. It reads, and changes
// nothing.
package checkup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

// Finding is what was found out about one kind of thing in a workspace.
type Finding struct {
	What string
	Said string
	Bad  bool
}

// Options of Run.
type Options struct {
	ReadData bool                            // read every file, and every row of the database
	Note     func(what string, done, of int) // progress; may be nil
}

// Run looks at the workspace in a folder, which no other process may have open.
func Run(ctx context.Context, dir string, o Options) (list []Finding, err error) {
	if o.Note == nil {
		o.Note = func(string, int, int) {}
	}
	err = workspace.Peek(dir, func(db workspace.Reader) error {
		c := &check{ctx: ctx, db: db, dir: dir, Options: o}
		for _, look := range []func() (Finding, error){c.rows, c.blocks, c.packs, c.items, c.unnamed} {
			f, err := look()
			if err != nil {
				return err
			}
			list = append(list, f)
		}
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%s is no workspace: name its folder with --workspace", dir)
	case err != nil && strings.Contains(err.Error(), "Could not set lock"):
		err = fmt.Errorf("the workspace %s is served or worked on: stop that first", dir)
	}
	return list, err
}

type check struct {
	Options
	ctx context.Context
	db  workspace.Reader
	dir string
}

// rows counts the rows of all tables, and reads them: DuckDB compares the checksum of each block
// that it reads.
func (c *check) rows() (Finding, error) {
	tables, err := workspace.QueryAll[string](c.ctx, c.db, `SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1`)
	if err != nil {
		return damage("database", []string{err.Error()}), c.ctx.Err()
	}
	query := `SELECT count(*), 0::UBIGINT FROM `
	if c.ReadData {
		query = `SELECT count(*), coalesce(bit_xor(hash(t)), 0) FROM `
	}
	var all int
	var bad []string
	for i, table := range tables {
		c.Note("tables", i, len(tables))
		var n int
		var digest uint64
		if err := c.db.QueryRow(c.ctx, query+workspace.QuoteName(table)+" t").Scan(&n, &digest); err != nil {
			if c.ctx.Err() != nil {
				return Finding{}, c.ctx.Err()
			}
			bad = append(bad, table+": "+err.Error())
			continue
		}
		all += n
	}
	if len(bad) > 0 {
		return damage("database", bad), nil
	}
	return Finding{What: "database", Said: fmt.Sprintf("%d rows in %d tables%s", all, len(tables), c.read())}, nil
}

func (c *check) read() string {
	if c.ReadData {
		return ", read"
	}
	return ""
}

// blocks are the files of scores.
func (c *check) blocks() (Finding, error) {
	names, err := workspace.QueryAll[string](c.ctx, c.db, `SELECT file FROM blocks WHERE file <> '' ORDER BY file`)
	if err != nil {
		return damage("score blocks", []string{err.Error()}), c.ctx.Err()
	}
	return c.files("score blocks", names, func(path string) (int, error) {
		if !c.ReadData {
			b, err := scoreblock.Open(path)
			if err == nil {
				b.Close()
			}
			return 0, err
		}
		unsummed, err := scoreblock.Check(path)
		if unsummed {
			return 1, err
		}
		return 0, err
	})
}

// packs are the files of thumbnails and maps.
func (c *check) packs() (Finding, error) {
	names, err := workspace.QueryAll[string](c.ctx, c.db, `SELECT pack FROM packs ORDER BY pack`)
	if err != nil {
		return damage("packs", []string{err.Error()}), c.ctx.Err()
	}
	return c.files("packs", names, func(path string) (int, error) {
		if !c.ReadData {
			_, err := workspace.ReadPackIndex(path)
			return 0, err
		}
		unsummed, err := workspace.CheckPack(path)
		return min(unsummed, 1), err
	})
}

// files looks at each of some files; look says of how many some bits have no checksum.
func (c *check) files(what string, names []string, look func(path string) (int, error)) (Finding, error) {
	var bad []string
	var bytes int64
	unsummed := 0
	for i, name := range names {
		if c.ctx.Err() != nil {
			return Finding{}, c.ctx.Err()
		}
		c.Note(what, i, len(names))
		path := filepath.Join(c.dir, filepath.FromSlash(name))
		n, err := look(path)
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		unsummed += n
		if info, err := os.Stat(path); err == nil {
			bytes += info.Size()
		}
	}
	if len(bad) > 0 {
		return damage(what, bad), nil
	}
	said := fmt.Sprintf("%d files, %d bytes%s", len(names), bytes, c.read())
	if unsummed > 0 {
		said += fmt.Sprintf("; %d of an older version have no checksum of some or all of their bytes", unsummed)
	}
	return Finding{What: what, Said: said}, nil
}

// items are the rows that say where thumbnails and maps lie, and those of scores.
func (c *check) items() (Finding, error) {
	var bad []string
	total := 0
	for table, query := range map[string]string{
		"thumbnails":  `SELECT count(*), count(*) FILTER (p.pack IS NULL OR i.pos < 0 OR i.pos + i.length > p.bytes) FROM thumbnails i LEFT JOIN packs p ON p.pack = i.pack`,
		"maps":        `SELECT count(*), count(*) FILTER (p.pack IS NULL OR i.pos < 0 OR i.pos + i.length > p.bytes) FROM maps i LEFT JOIN packs p ON p.pack = i.pack`,
		"predictions": `SELECT count(*), count(*) FILTER (b.file IS NULL OR p.row >= b.samples) FROM predictions p LEFT JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk`,
	} {
		var n, lost int
		if err := c.db.QueryRow(c.ctx, query).Scan(&n, &lost); err != nil {
			bad = append(bad, table+": "+err.Error())
			continue
		}
		if total += n; lost > 0 {
			bad = append(bad, fmt.Sprintf("%d of %d %s lie in no file", lost, n, table))
		}
	}
	if len(bad) > 0 {
		return damage("items", bad), c.ctx.Err()
	}
	return Finding{What: "items", Said: fmt.Sprintf("%d thumbnails, maps and predictions, each with its place in a file", total)}, nil
}

// unnamed are files that nothing names. They do no harm: the next server removes them.
func (c *check) unnamed() (Finding, error) {
	named, err := workspace.QueryAll[string](c.ctx, c.db, `SELECT pack FROM packs UNION ALL SELECT file FROM blocks`)
	if err != nil {
		return damage("files that nothing names", []string{err.Error()}), c.ctx.Err()
	}
	known := make(map[string]bool, len(named))
	for _, name := range named {
		known[name] = true
	}
	found, bytes := 0, int64(0)
	for _, folder := range []string{"blocks", "thumbs", "maps", "incoming", "tmp"} {
		err := filepath.WalkDir(filepath.Join(c.dir, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(c.dir, path)
			if err != nil || known[filepath.ToSlash(name)] {
				return err
			}
			if info, err := d.Info(); err == nil {
				found, bytes = found+1, bytes+info.Size()
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Finding{}, err
		}
	}
	said := "none"
	if found > 0 {
		said = fmt.Sprintf("%d files, %d bytes, left by what was stopped; the next server removes them", found, bytes)
	}
	return Finding{What: "files that nothing names", Said: said}, nil
}

// mostTold is how many damages of a kind are told one by one.
const mostTold = 5

func damage(what string, list []string) Finding {
	said := fmt.Sprintf("%d damaged: %s", len(list), strings.Join(list[:min(mostTold, len(list))], "; "))
	if len(list) > mostTold {
		said += fmt.Sprintf("; and %d more", len(list)-mostTold)
	}
	return Finding{what, said, true}
}
