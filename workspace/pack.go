package workspace

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"
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
	Sum    string          `json:"sum,omitempty"` // xxh3-64 of the bytes, hexadecimal; of older packs ""
	Data   []byte          `json:"-"`
}

// A pack is the items' bytes one after another, then a JSON list of Packed, then the list's
// xxh3-64 and its length, each as little-endian uint64, then packMagic. Packs that end in
// oldMagic have no sums, of the list and of items.
const (
	packMagic = "SLPACK02"
	oldMagic  = "SLPACK01"
	packTail  = 24
	oldTail   = 16
)

// sumOf is an item's Sum.
func sumOf(data []byte) string { return fmt.Sprintf("%016x", xxh3.Hash(data)) }

// tailOf is what follows the items of a pack.
func tailOf(items []Packed) ([]byte, error) {
	index, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	tail := binary.LittleEndian.AppendUint64(index, xxh3.Hash(index))
	tail = binary.LittleEndian.AppendUint64(tail, uint64(len(index)))
	return append(tail, packMagic...), nil
}

// WritePack writes a pack file, synced and in place or not at all. Offset and
// Length of the items are filled in. It needs no open workspace: a worker writes into Incoming.
func WritePack(path string, items []Packed) error {
	at := int64(0)
	for i := range items {
		items[i].Offset, items[i].Length, items[i].Sum = at, int64(len(items[i].Data)), sumOf(items[i].Data)
		at += items[i].Length
	}
	tail, err := tailOf(items)
	if err != nil {
		return fmt.Errorf("writing the pack %s: %w", path, err)
	}
	return WriteSynced(path, at+int64(len(tail)), func(f *os.File) error {
		for _, it := range items {
			if _, err := f.Write(it.Data); err != nil {
				return err
			}
		}
		return WriteParts(f, tail)
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
	index, start, err := readIndex(f, info.Size())
	if err != nil {
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

// readIndex reads the list of a pack's items, and says where it begins.
func readIndex(f io.ReaderAt, size int64) (index []byte, start int64, err error) {
	tail, room := make([]byte, packTail), int64(packTail)
	if _, err := f.ReadAt(tail[packTail-oldTail:], max(0, size-oldTail)); err != nil {
		return nil, 0, errPack
	}
	summed := string(tail[16:]) == packMagic
	switch {
	case summed:
		_, err = f.ReadAt(tail, max(0, size-packTail))
	case string(tail[16:]) == oldMagic:
		room = oldTail
	default:
		err = errPack
	}
	length := binary.LittleEndian.Uint64(tail[8:])
	if err == nil && (size < room || length > uint64(size-room)) {
		err = fmt.Errorf("an index of %d bytes", length)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errPack, err)
	}
	index, start = make([]byte, length), size-room-int64(length)
	if _, err := f.ReadAt(index, start); err != nil {
		return nil, 0, err
	}
	if summed && xxh3.Hash(index) != binary.LittleEndian.Uint64(tail) {
		return nil, 0, fmt.Errorf("%w: the checksum of its index differs", errPack)
	}
	return index, start, nil
}

// CheckPack reads all of a pack and compares it with its checksums. A pack of an older version
// has none: unsummed counts its items.
func CheckPack(path string) (unsummed int, err error) {
	items, err := ReadPackIndex(path)
	if err != nil {
		return 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for _, it := range items {
		if it.Sum == "" {
			unsummed++
			continue
		}
		data := make([]byte, it.Length)
		if _, err := f.ReadAt(data, it.Offset); err != nil {
			return unsummed, fmt.Errorf("%s: %w", path, err)
		}
		if sumOf(data) != it.Sum {
			return unsummed, fmt.Errorf("%s: %w: the checksum of the item at %d differs", path, errPack, it.Offset)
		}
	}
	return unsummed, nil
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
