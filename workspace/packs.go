package workspace

import (
	"context"
	"fmt"
	"os"
	"path"
)

// ReadPacked reads the bytes of one item of a stored pack.
func (w *Workspace) ReadPacked(pack string, offset, length int64) ([]byte, error) {
	f, err := os.Open(w.Path(pack))
	if err != nil {
		return nil, fmt.Errorf("opening a pack: %w", err)
	}
	defer f.Close()
	data := make([]byte, length)
	if _, err := f.ReadAt(data, offset); err != nil {
		return nil, fmt.Errorf("reading %s: %w", pack, err)
	}
	return data, nil
}

// StorePack moves a pack from Incoming to its place as part of tx and records it,
// replacing the one of that name. It returns the pack's items. If tx does not commit
// the file is unmentioned: the next Open removes it, or a later pack replaces it.
func (w *Workspace) StorePack(ctx context.Context, tx *Tx, kind, name, file string) ([]Packed, error) {
	items, err := ReadPackIndex(file)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if err := MoveSynced(file, w.Path(name)); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM packs WHERE pack = ?`, name); err != nil {
		return nil, err
	}
	tx.OnCommit(func() { w.loose.add(kind) })
	_, err = tx.Exec(ctx, `INSERT INTO packs VALUES (?, ?, ?, ?)`, name, kind, len(items), info.Size())
	return items, err
}

// DropPacks forgets packs as part of tx, and deletes their files once it is committed.
func (w *Workspace) DropPacks(ctx context.Context, tx *Tx, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM packs WHERE pack IN (SELECT unnest(?::VARCHAR[]))`, names)
	tx.OnCommit(func() { w.Remove(names) })
	return err
}

// PackName is the place of the pack that a chunk of a job makes, in a folder.
func PackName(folder, job string, seq int) string {
	return path.Join(folder, fmt.Sprintf("%s-%06d.pack", Slug(job), seq))
}

// Columns splits items for an insert.
func Columns(items []Packed) (keys []string, samples, offsets, lengths []int64, metas []string) {
	for _, it := range items {
		keys, samples = append(keys, it.Key), append(samples, it.Sample)
		offsets, lengths = append(offsets, it.Offset), append(lengths, it.Length)
		metas = append(metas, string(it.Meta))
	}
	return keys, samples, offsets, lengths, metas
}
