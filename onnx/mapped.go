package onnx

import (
	"fmt"
	"path/filepath"
	"unsafe"
)

// MapFile is [ReadFile] for a process that uses the model at once: the file is
// mapped into memory where that is possible, not copied, and [Model.Refer] names
// it as the place of the weights, so that a runtime maps them too. The file must
// not change while the model, or anything made of it, is in use; the mapping ends
// with the process.
func MapFile(path string) (*Model, error) {
	b, inPlace, err := mapped(path)
	if err != nil {
		return nil, err
	}
	m, err := parseFile(b, path)
	if err != nil || !inPlace {
		return m, err
	}
	real, err := filepath.EvalSymlinks(path) // runtimes refuse to leave the folder by a link
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	dir, name := filepath.Split(real)
	err = m.eachTensor(func(t *Tensor) error {
		if offset, ok := placeIn(b, t.Raw); ok && len(t.Raw) >= longPiece {
			t.place = &place{data: t.Raw, dir: filepath.Clean(dir), name: name, offset: offset}
		}
		return nil
	})
	return m, err
}

// placeIn returns where in a file's bytes a tensor's data begins; false when they are
// not in it: lists of numbers of other lengths were decoded into memory of their own.
func placeIn(file, data []byte) (offset int64, ok bool) {
	offset = distance(file, data)
	return offset, offset >= 0 && offset+int64(len(data)) <= int64(len(file))
}

// distance is how far into a file's bytes a part of them begins.
func distance(file, part []byte) int64 {
	return int64(uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(file))))
}

// A place is where a tensor's data also lies, in a mapped file. Copies of the
// tensor keep it; it holds for those that have the data still.
type place struct {
	data      []byte
	dir, name string
	offset    int64
}

// of returns where t's data is in the file, nil if they are not, or no longer.
func (p *place) of(t *Tensor) *External {
	if p == nil || len(t.Raw) != len(p.data) || unsafe.SliceData(t.Raw) != unsafe.SliceData(p.data) {
		return nil
	}
	return &External{Location: p.name, Offset: p.offset, Length: int64(len(p.data))}
}

// Refer encodes the model like Marshal, with the weights that lie in a mapped file
// referred to there, as external data. The folder is where the file is, "" when
// nothing is referred to.
func (m *Model) Refer() (encoded []byte, dir string) {
	m.eachTensor(func(t *Tensor) error {
		if t.place.of(t) != nil {
			dir = t.place.dir
		}
		return nil
	})
	return m.encoded(dir != ""), dir
}
