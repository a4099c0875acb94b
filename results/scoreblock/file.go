package scoreblock

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"
)

// Unpredicted is the true class of a row that is no prediction.
const Unpredicted = -2

// ErrBroken is wrapped by every complaint about the content of a block file.
var ErrBroken = errors.New("not a whole score block")

// File reads parts of a block. Its methods may be called concurrently.
type File struct {
	N         int // samples
	Classes   int
	Embedding int // values of a sample's embedding, 0 without one
	Kind      Kind
	file      *os.File
	at        layout
	sum       uint64
}

// Open opens a block and checks its header and length, not its checksum.
func Open(path string) (*File, error) { return open(path, os.O_RDONLY) }

// OpenToFill opens a block that true classes will be put into.
func OpenToFill(path string) (*File, error) { return open(path, os.O_RDWR) }

func open(path string, mode int) (*File, error) {
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a score block: %w", err)
	}
	b := &File{file: f}
	if err := b.readHeader(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func (b *File) readHeader() error {
	header := make([]byte, headerSize)
	if _, err := b.file.ReadAt(header, 0); err != nil {
		return fmt.Errorf("%w: its header is cut short", ErrBroken)
	}
	if string(header[:8]) != magic {
		return fmt.Errorf("%w: it begins with %q", ErrBroken, header[:8])
	}
	number := func(i int) int { return int(binary.LittleEndian.Uint32(header[8+4*i:])) }
	b.N, b.Classes, b.Embedding, b.Kind = number(0), number(1), number(2), Kind(number(3))
	b.sum = binary.LittleEndian.Uint64(header[24:])
	b.at = layout{b.N, b.Classes, b.Embedding}
	const most = 1 << 28
	if b.N < 1 || b.Classes < 1 || b.N > most || b.Classes > most || b.Embedding > most || b.Kind > PlainScores {
		return fmt.Errorf("%w: %d samples, %d classes, %d embedding values, kind %d", ErrBroken, b.N, b.Classes, b.Embedding, b.Kind)
	}
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != b.at.size() {
		return fmt.Errorf("%w: %d bytes instead of %d", ErrBroken, info.Size(), b.at.size())
	}
	return nil
}

// Close closes the file.
func (b *File) Close() error { return b.file.Close() }

// Samples are the ids of the block's samples.
func (b *File) Samples() ([]int64, error) { return readPart[int64](b, b.at.samples(), b.N) }

// Truth is the true class of each sample, -1 if unknown.
func (b *File) Truth() ([]int32, error) { return readPart[int32](b, b.at.truth(), b.N) }

// Predicted tells which samples have a prediction; the others' scores are no numbers.
func (b *File) Predicted() ([]bool, error) {
	truth, err := b.Truth()
	list := make([]bool, len(truth))
	for i, t := range truth {
		list[i] = t != Unpredicted
	}
	return list, err
}

// Splits is the split of each sample, as index into the evaluation's, or -1.
func (b *File) Splits() ([]int32, error) { return readPart[int32](b, b.at.split(), b.N) }

// Norms turn values into scores: see Kind.Score.
func (b *File) Norms() ([]float64, error) { return readPart[float64](b, b.at.norm(), b.N) }

// Column is the value of one class for every sample.
func (b *File) Column(class int) ([]float32, error) {
	return readPart[float32](b, b.at.values()+4*int64(class)*int64(b.N), b.N)
}

// Values is all values, [C][n].
func (b *File) Values() ([]float32, error) {
	return readPart[float32](b, b.at.values(), b.N*b.Classes)
}

// Rows is all values, [n][C].
func (b *File) Rows() ([]float32, error) {
	columns, err := b.Values()
	if err != nil {
		return nil, err
	}
	return transpose(columns, b.Classes, b.N), nil
}

// Row is the values of one sample, by class. It reads at C positions of the file.
func (b *File) Row(row int) ([]float32, error) {
	out := make([]float32, b.Classes)
	for c := range out {
		if _, err := b.file.ReadAt(bytesOf(out[c:c+1]), b.at.values()+4*(int64(c)*int64(b.N)+int64(row))); err != nil {
			return nil, fmt.Errorf("%s: %w", b.file.Name(), err)
		}
	}
	return out, nil
}

// Norm is one sample's norm.
func (b *File) Norm(row int) (float64, error) {
	v, err := readPart[float64](b, b.at.norm()+8*int64(row), 1)
	if err != nil {
		return 0, err
	}
	return v[0], nil
}

// EmbeddingOf is one sample's embedding, empty without one.
func (b *File) EmbeddingOf(row int) ([]float32, error) {
	return readPart[float32](b, b.at.embedding()+4*int64(row)*int64(b.Embedding), b.Embedding)
}

// Embeddings is all embeddings, [n][D].
func (b *File) Embeddings() ([]float32, error) {
	return readPart[float32](b, b.at.embedding(), b.N*b.Embedding)
}

func readPart[T int32 | int64 | float32 | float64](b *File, at int64, n int) ([]T, error) {
	out := make([]T, n)
	if n == 0 {
		return out, nil
	}
	if _, err := b.file.ReadAt(bytesOf(out), at); err != nil {
		return nil, fmt.Errorf("%s: %w", b.file.Name(), err)
	}
	return out, nil
}

// Verify compares the checksum of the whole block.
func (b *File) Verify() error {
	hash := xxh3.New()
	skip := b.at.norm() - b.at.truth()
	for _, part := range []*io.SectionReader{
		io.NewSectionReader(b.file, b.at.samples(), b.at.truth()-b.at.samples()),
		io.NewSectionReader(b.file, b.at.truth()+skip, b.at.size()-b.at.norm()),
	} {
		if _, err := io.Copy(hash, part); err != nil {
			return fmt.Errorf("%s: %w", b.file.Name(), err)
		}
	}
	if hash.Sum64() != b.sum {
		return fmt.Errorf("%s: %w: its checksum differs", b.file.Name(), ErrBroken)
	}
	return nil
}

// PutTruth writes what only the catalogue knows and syncs the file.
func (b *File) PutTruth(truth, split []int32) error {
	if _, err := b.file.WriteAt(bytesOf(truth), b.at.truth()); err != nil {
		return err
	}
	if _, err := b.file.WriteAt(bytesOf(split), b.at.split()); err != nil {
		return err
	}
	sum, err := b.filled()
	if err != nil {
		return err
	}
	if _, err := b.file.WriteAt(binary.LittleEndian.AppendUint64(nil, sum), filledSum); err != nil {
		return err
	}
	return b.file.Sync()
}

// filled is the checksum of what Verify leaves out: the header's beginning, truth and split.
func (b *File) filled() (uint64, error) {
	hash := xxh3.New()
	for _, part := range []*io.SectionReader{
		io.NewSectionReader(b.file, 0, filledSum), io.NewSectionReader(b.file, b.at.truth(), b.at.norm()-b.at.truth()),
	} {
		if _, err := io.Copy(hash, part); err != nil {
			return 0, fmt.Errorf("%s: %w", b.file.Name(), err)
		}
	}
	return hash.Sum64(), nil
}

// Check reads all of a stored block and compares it with its checksums. Of the true classes
// and splits in a block of an older version there is none: unsummed says so.
func Check(path string) (unsummed bool, err error) {
	b, err := Open(path)
	if err != nil {
		return false, err
	}
	defer b.Close()
	if err := b.Verify(); err != nil {
		return false, err
	}
	rest := make([]byte, headerSize-filledSum)
	if _, err := b.file.ReadAt(rest, filledSum); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	for _, zero := range rest[8:] {
		if zero != 0 {
			return false, fmt.Errorf("%s: %w: its header does not end in zeros", path, ErrBroken)
		}
	}
	want := binary.LittleEndian.Uint64(rest)
	if want == 0 {
		return true, nil
	}
	if got, err := b.filled(); err != nil || got != want {
		return false, errors.Join(err, fmt.Errorf("%s: %w: the checksum of its true classes and splits differs", path, ErrBroken))
	}
	return false, nil
}
