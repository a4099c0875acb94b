package workspace

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Packed is one item of a pack file: many small files in one. Key, Meta and More
// mean what the store says that the pack is for.
type Packed struct {
	Key    string          `json:"key"`
	Sample int64           `json:"sample,omitempty"`
	Meta   json.RawMessage `json:"meta,omitempty"`
	More   json.RawMessage `json:"more,omitempty"` // what is stored beside the item
	Offset int64           `json:"offset"`
	Length int64           `json:"length"`
	Data   []byte          `json:"-"`
}

// A pack is the items' bytes one after another, then a JSON list of Packed,
// then its length as little-endian uint64, then packMagic.
const packMagic = "SLPACK01"

// WritePack writes a pack file, synced and in place or not at all. Offset and
// Length of the items are filled in. It needs no open workspace: a worker writes into Incoming.
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
	return WriteSynced(path, at+int64(len(index))+16, func(f *os.File) error {
		for _, it := range items {
			if _, err := f.Write(it.Data); err != nil {
				return err
			}
		}
		return WriteParts(f, index, tail, []byte(packMagic))
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

// WriteParts writes one part after another.
func WriteParts(w io.Writer, parts ...[]byte) error {
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}
