package workspace

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
)

// Packed is one item of a pack file: many small files in one. Key and Meta mean
// what the packer says; see IngestThumbnails and IngestMaps.
type Packed struct {
	Key    string          `json:"key"`
	Sample int64           `json:"sample,omitempty"`
	Meta   json.RawMessage `json:"meta,omitempty"`
	Trust  *StoredTrust    `json:"trust,omitempty"` // of a map, where it was judged
	Offset int64           `json:"offset"`
	Length int64           `json:"length"`
	Data   []byte          `json:"-"`
}

// A pack is the items' bytes one after another, then a JSON list of Packed,
// then its length as little-endian uint64, then packMagic.
const packMagic = "SLPACK01"

// WritePack writes a pack file, synced and in place or not at all. Offset and
// Length of the items are filled in. Like WriteBlock it needs no open workspace.
func WritePack(path string, items []Packed) error {
	at := int64(0)
	for i := range items {
		items[i].Offset, items[i].Length = at, int64(len(items[i].Data))
		at += items[i].Length
	}
	index, err := json.Marshal(items)
	if err != nil {
		return fmt.Errorf("writing the pack %s: %w", path, err)
	}
	tail := binary.LittleEndian.AppendUint64(nil, uint64(len(index)))
	return writeSynced(path, at+int64(len(index))+16, func(f *os.File) error {
		for _, it := range items {
			if _, err := f.Write(it.Data); err != nil {
				return err
			}
		}
		return writeParts(f, index, tail, []byte(packMagic))
	})
}

var errPack = errors.New("not a whole pack file")

// ReadPackIndex returns the items of a pack without their bytes.
func ReadPackIndex(path string) ([]Packed, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a pack: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	tail := make([]byte, 16)
	if _, err := f.ReadAt(tail, max(0, info.Size()-16)); err != nil || string(tail[8:]) != packMagic {
		return nil, fmt.Errorf("%s: %w", path, errPack)
	}
	length := binary.LittleEndian.Uint64(tail)
	if length > uint64(info.Size()-16) {
		return nil, fmt.Errorf("%s: %w: an index of %d bytes", path, errPack, length)
	}
	index := make([]byte, length)
	start := info.Size() - 16 - int64(length)
	if _, err := f.ReadAt(index, start); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var items []Packed
	if err := json.Unmarshal(index, &items); err != nil {
		return nil, fmt.Errorf("%s: %w: %v", path, errPack, err)
	}
	for _, it := range items {
		if it.Offset < 0 || it.Length < 0 || it.Offset > start || it.Length > start-it.Offset {
			return nil, fmt.Errorf("%s: %w: an item of %d bytes at %d", path, errPack, it.Length, it.Offset)
		}
	}
	return items, nil
}

// readPacked reads one item's bytes.
func (w *Workspace) readPacked(pack string, offset, length int64) ([]byte, error) {
	f, err := os.Open(w.abs(pack))
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

// storePack moves a pack from Incoming to its place and records it, replacing
// the one of that name and what was in it.
func (w *Workspace) storePack(ctx context.Context, tx *sql.Tx, kind, name, file string) ([]Packed, error) {
	items, err := ReadPackIndex(file)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if err := moveSynced(file, w.abs(name)); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM packs WHERE pack = ?`, name); err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO packs VALUES (?, ?, ?, ?)`, name, kind, len(items), info.Size())
	return items, err
}

// packName is the place of the pack that a chunk of a job makes.
func packName(folder, job string, seq int) string {
	return path.Join(folder, fmt.Sprintf("%s-%06d.pack", slug(job), seq))
}

// columns splits items for an insert.
func columns(items []Packed) (keys []string, samples, offsets, lengths []int64, metas []string) {
	for _, it := range items {
		keys, samples = append(keys, it.Key), append(samples, it.Sample)
		offsets, lengths = append(offsets, it.Offset), append(lengths, it.Length)
		metas = append(metas, string(it.Meta))
	}
	return keys, samples, offsets, lengths, metas
}
