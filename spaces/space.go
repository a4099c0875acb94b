package spaces

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/zeebo/xxh3"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/neighbours"
	"github.com/sightline/sightline/workspace"
)

// Space is where samples lie in the plane, and which are each other's neighbours. Beyond what can be compared with each other some
// samples are drawn, and the others placed by their neighbours among those.
type Space struct {
	Revision string  // of what it was made of
	Seed     uint64  // of the layout
	Epoch    int     // that are done; of a space that is stored, all
	Epochs   int     // of the layout
	Samples  []int64 // by row, ascending
	Drawn    []int32 // rows that were laid out, ascending
	// Lists are the neighbours of the drawn rows among each other, by their places in Drawn.
	Lists  *neighbours.Lists
	Points []float32 // [len(Samples)][2]; while epochs are left [len(Drawn)][2]
}

const magic = "SLspace1"

// Write writes a space to a file, all of it or nothing.
func (s *Space) Write(path string) error {
	head := []uint64{s.Seed, uint64(s.Epoch), uint64(s.Epochs), uint64(len(s.Samples)), uint64(len(s.Drawn)), uint64(s.Lists.K), uint64(len(s.Points)), uint64(len(s.Revision))}
	var b bytes.Buffer
	b.WriteString(magic)
	for _, part := range []any{head, s.Samples, s.Drawn, s.Lists.Rows} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	b.Write(floats.Bytes(s.Lists.Cosines))
	b.Write(floats.Bytes(s.Points))
	b.WriteString(s.Revision)
	sum := binary.LittleEndian.AppendUint64(nil, xxh3.Hash(b.Bytes()))
	return workspace.WriteSynced(path, int64(b.Len()+len(sum)), func(f *os.File) error { return workspace.WriteParts(f, b.Bytes(), sum) })
}

// errSpace is wrapped by every complaint about the content of a file.
var errSpace = errors.New("not a whole space of images")

// Read reads what Write wrote.
func Read(path string) (*Space, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func decode(data []byte) (*Space, error) {
	const heads = 8
	if len(data) < len(magic)+8*heads+8 || string(data[:len(magic)]) != magic {
		return nil, errSpace
	}
	content := data[:len(data)-8]
	if xxh3.Hash(content) != binary.LittleEndian.Uint64(data[len(data)-8:]) {
		return nil, fmt.Errorf("%w: its checksum differs", errSpace)
	}
	var head [heads]uint64
	r := bytes.NewReader(content[len(magic):])
	if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
		return nil, err
	}
	n, drawn, k, points, text := head[3], head[4], head[5], head[6], head[7]
	for _, size := range []uint64{n, drawn, k, points, text} {
		if size > uint64(len(data)) {
			return nil, errSpace
		}
	}
	if 8*n+4*drawn+8*drawn*k+4*points+text != uint64(r.Len()) {
		return nil, errSpace
	}
	s := &Space{Seed: head[0], Epoch: int(head[1]), Epochs: int(head[2]), Samples: make([]int64, n), Drawn: make([]int32, drawn), Points: make([]float32, points)}
	s.Lists = &neighbours.Lists{K: int(k), Rows: make([]int32, drawn*k), Cosines: make([]float32, drawn*k)}
	for _, part := range []any{s.Samples, s.Drawn, s.Lists.Rows, s.Lists.Cosines, s.Points} {
		if err := binary.Read(r, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	s.Revision = string(content[len(content)-int(text):])
	return s, nil
}
