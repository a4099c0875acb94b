package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"
)

// PackTable is a store's table whose rows say where an item lies in a pack, in columns
// pack, pos and length.
type PackTable struct {
	Table  string
	Kind   string // of its packs
	Folder string // for packs that compaction makes
}

// fullPack is how many bytes of items make a pack that is left as it is; loosePacks
// is how many smaller ones may lie about.
const (
	fullPack   = 64 << 20
	loosePacks = 10
)

// Compact merges small packs, and those that are mostly holes, until there are at most
// as many as full ones of 64 MiB would be, and ten. It is killed without harm at any
// moment: a merged file is whole and synced before the one transaction that moves rows
// to it, and files that are not mentioned are swept when the workspace is opened. An
// item that is read meanwhile may have moved: see ReadItem.
func (w *Workspace) Compact(ctx context.Context, t PackTable) error {
	w.compacting.Lock()
	defer w.compacting.Unlock()
	w.loose.reset(t.Kind)
	for {
		merged, err := w.mergeSome(ctx, t)
		if err != nil {
			return fmt.Errorf("compacting the packs of %s: %w", t.Table, err)
		}
		if !merged {
			return nil
		}
	}
}

// mostLoose is how many packs are stored before Tidy merges them.
const mostLoose = 256

// Tidy is Compact if many packs were stored since it ran last: those that earlier processes
// left count too.
func (w *Workspace) Tidy(ctx context.Context, t PackTable) error {
	if w.loose.of(t.Kind) < mostLoose {
		return nil
	}
	return w.Compact(ctx, t)
}

// looseCount counts packs by kind.
type looseCount struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *looseCount) add(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[kind]++
}

// set says how many packs of a kind there are.
func (c *looseCount) set(kind string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[kind] = n
}

func (c *looseCount) of(kind string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[kind]
}

func (c *looseCount) reset(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.counts, kind)
}

// countLoose counts the small packs that are there when the workspace is opened.
func (w *Workspace) countLoose(ctx context.Context) error {
	rows, err := w.Query(ctx, `SELECT kind, count(*) FROM packs WHERE bytes < ? GROUP BY kind`, w.fullPack)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			return err
		}
		w.loose.set(kind, n)
	}
	return rows.Err()
}

// mergeSome merges as many small packs as fill one, if there are too many of them.
func (w *Workspace) mergeSome(ctx context.Context, t PackTable) (merged bool, err error) {
	small, live, err := w.smallPacks(ctx, t)
	if err != nil || len(small) <= loosePacks {
		return false, err
	}
	n, bytes := 0, int64(0)
	for n < len(small) && bytes < w.fullPack {
		bytes += live[n]
		n++
	}
	return true, w.merge(ctx, t, small[:n])
}

// smallPacks lists the packs whose items in use are fewer bytes than a full pack has.
func (w *Workspace) smallPacks(ctx context.Context, t PackTable) (names []string, live []int64, err error) {
	rows, err := w.Query(ctx, `SELECT p.pack, coalesce(sum(i.length), 0)::BIGINT AS live FROM packs p LEFT JOIN `+t.Table+` i ON i.pack = p.pack
		WHERE p.kind = ? GROUP BY p.pack HAVING live < ? ORDER BY p.pack`, t.Kind, w.fullPack)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var bytes int64
		if err := rows.Scan(&name, &bytes); err != nil {
			return nil, nil, err
		}
		names, live = append(names, name), append(live, bytes)
	}
	return names, live, rows.Err()
}

// reached tells a test that a step is done.
func (w *Workspace) reached(step string) {
	if w.steps != nil {
		w.steps(step)
	}
}

// moved is an item on its way to another pack.
type moved struct {
	pack        string
	pos, length int64
}

// merge moves what is in use of some packs into a new one. It is one transaction, so
// that nothing is stored into the packs meanwhile.
func (w *Workspace) merge(ctx context.Context, t PackTable, packs []string) error {
	return w.Update(ctx, func(tx *Tx) error {
		items, err := itemsOf(ctx, tx, t, packs)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			name := path.Join(t.Folder, fmt.Sprintf("merged-%d.pack", time.Now().UnixNano()))
			size, err := w.writeMerged(name, items)
			if err != nil {
				return err
			}
			w.reached("written")
			if err := moveItems(ctx, tx, t, items, name, size); err != nil {
				return err
			}
			w.reached("moved")
		}
		return w.DropPacks(ctx, tx, packs)
	})
}

func itemsOf(ctx context.Context, tx *Tx, t PackTable, packs []string) (items []moved, err error) {
	rows, err := tx.Query(ctx, `SELECT pack, pos, length FROM `+t.Table+` WHERE pack IN (SELECT unnest(?::VARCHAR[])) ORDER BY pack, pos, length`, packs)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m moved
		if err := rows.Scan(&m.pack, &m.pos, &m.length); err != nil {
			return nil, err
		}
		items = append(items, m)
	}
	return items, rows.Err()
}

// writeMerged writes a pack of items, in their order, and returns the file's size. Its
// index has places alone: what the items are is known to the store.
func (w *Workspace) writeMerged(name string, items []moved) (size int64, err error) {
	places := make([]Packed, len(items))
	for i, m := range items {
		places[i].Offset, places[i].Length, places[i].Sum = size, m.length, sumOf(nil)
		size += m.length
	}
	tail, err := tailOf(places) // as long as it will be
	if err != nil {
		return 0, err
	}
	total := size + int64(len(tail))
	if err := os.MkdirAll(parentDir(w.Path(name)), 0o755); err != nil {
		return 0, err
	}
	return total, WriteSynced(w.Path(name), total, func(f *os.File) error {
		if err := w.copyItems(f, items, places); err != nil {
			return err
		}
		if tail, err = tailOf(places); err != nil {
			return err
		}
		return WriteParts(f, tail)
	})
}

// copyItems writes items one after another, with one file of them open at a time, and notes
// their checksums.
func (w *Workspace) copyItems(to io.Writer, items []moved, places []Packed) error {
	var from *os.File
	defer func() { from.Close() }() // of nil too
	open := ""
	for i, m := range items {
		if m.pack != open {
			from.Close()
			var err error
			if from, err = os.Open(w.Path(m.pack)); err != nil {
				return fmt.Errorf("opening a pack: %w", err)
			}
			open = m.pack
		}
		data := make([]byte, m.length)
		if _, err := from.ReadAt(data, m.pos); err != nil {
			return fmt.Errorf("reading %s: %w", m.pack, err)
		}
		if _, err := to.Write(data); err != nil {
			return err
		}
		places[i].Sum = sumOf(data)
		w.reached("copied")
	}
	return nil
}

// moveItems tells the rows of items where they are now: in the order of items in the
// pack of that name.
func moveItems(ctx context.Context, tx *Tx, t PackTable, items []moved, name string, size int64) error {
	packs, olds, news := make([]string, len(items)), make([]int64, len(items)), make([]int64, len(items))
	at := int64(0)
	for i, m := range items {
		packs[i], olds[i], news[i] = m.pack, m.pos, at
		at += m.length
	}
	if _, err := tx.Exec(ctx, `INSERT INTO packs VALUES (?, ?, ?, ?)`, name, t.Kind, len(items), size); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE `+t.Table+` SET pack = $1, pos = m.now
		FROM (SELECT unnest($2::VARCHAR[]) AS pack, unnest($3::BIGINT[]) AS pos, unnest($4::BIGINT[]) AS now) m
		WHERE `+t.Table+`.pack = m.pack AND `+t.Table+`.pos = m.pos`, name, packs, olds, news)
	return err
}

// ReadItem reads an item that find finds the place of. Between the two, compaction may
// move it and delete the pack; then it is looked for once more.
func (w *Workspace) ReadItem(find func() (pack string, offset, length int64, err error)) ([]byte, error) {
	pack, offset, length, err := find()
	if err != nil {
		return nil, err
	}
	data, err := w.ReadPacked(pack, offset, length)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	if pack, offset, length, err = find(); err != nil {
		return nil, err
	}
	return w.ReadPacked(pack, offset, length)
}
