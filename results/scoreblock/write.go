// Package scoreblock is the file in which the output of a model for the samples of a chunk
// travels and is stored: every class's value, and embeddings. All scores come from it.
package scoreblock

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/sightline/sightline/workspace"
)

// Kind says what the values of a block are and how a score comes of one.
type Kind uint32

// Kinds of block.
const (
	SoftmaxLogits Kind = iota // values are logits, scores their softmax
	SigmoidLogits             // values are logits, each score the sigmoid of one
	PlainScores               // values are scores, as the graph hides the logits; logit = ln(score)
)

// Block is the output of a model for the samples of a chunk: what a worker
// delivers. All scores Sightline shows are computed from Values by Scores.
type Block struct {
	Samples   []int64   // ids
	Classes   int       // C
	Kind      Kind      //
	Values    []float32 // [n][C]
	Embedding []float32 // [n][D], or nil
}

// The file is little-endian. After the header of 64 bytes, for n samples, C
// classes and an embedding of D values:
//
//	int64   sample[n]
//	int32   truth[n]      class index or -1; filled in when the block is stored
//	int32   split[n]      index into the evaluation's splits or -1; likewise
//	float64 norm[n]       ln Σ exp(logit), 0 unless SoftmaxLogits
//	float32 values[C][n]  class by class, so that one class is one read
//	float32 embedding[n][D]
//
// The header is "SLBLOCK1", then uint32 n, C, D, kind, then a xxh3-64 of all
// after it except truth and split, then one of all that comes before and truth and split (0 in
// blocks of older versions), then zeros.
const (
	magic      = "SLBLOCK1"
	headerSize = 64
	filledSum  = 32 // where the second checksum is
)

type layout struct{ n, classes, dim int }

func (l layout) samples() int64   { return headerSize }
func (l layout) truth() int64     { return l.samples() + 8*int64(l.n) }
func (l layout) split() int64     { return l.truth() + 4*int64(l.n) }
func (l layout) norm() int64      { return l.split() + 4*int64(l.n) }
func (l layout) values() int64    { return l.norm() + 8*int64(l.n) }
func (l layout) embedding() int64 { return l.values() + 4*int64(l.n)*int64(l.classes) }
func (l layout) size() int64      { return l.embedding() + 4*int64(l.n)*int64(l.dim) }

// Write writes a block file, synced and in place or not at all. It needs
// no open workspace: a worker writes into the workspace's Incoming.
func Write(path string, b *Block) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("writing the block %s: %w", path, err)
	}
	l := b.layout()
	columns, norm := transpose(b.Values, l.n, l.classes), b.Norms()
	header := make([]byte, headerSize)
	copy(header, magic)
	for i, v := range []int{l.n, l.classes, l.dim, int(b.Kind)} {
		binary.LittleEndian.PutUint32(header[8+4*i:], uint32(v))
	}
	hash := xxh3.New()
	for _, part := range [][]byte{bytesOf(b.Samples), bytesOf(norm), bytesOf(columns), bytesOf(b.Embedding)} {
		hash.Write(part)
	}
	binary.LittleEndian.PutUint64(header[24:], hash.Sum64())
	unknown := make([]int32, 2*l.n)
	for i := range unknown {
		unknown[i] = -1
	}
	return workspace.WriteSynced(path, l.size(), func(f *os.File) error {
		return workspace.WriteParts(f, header, bytesOf(b.Samples), bytesOf(unknown), bytesOf(norm), bytesOf(columns), bytesOf(b.Embedding))
	})
}

func (b *Block) layout() layout {
	l := layout{n: len(b.Samples), classes: b.Classes}
	if l.n > 0 {
		l.dim = len(b.Embedding) / l.n
	}
	return l
}

func (b *Block) check() error {
	n := len(b.Samples)
	switch {
	case n == 0 || b.Classes < 1:
		return fmt.Errorf("it has %d samples and %d classes", n, b.Classes)
	case len(b.Values) != n*b.Classes:
		return fmt.Errorf("%d values are not %d samples × %d classes", len(b.Values), n, b.Classes)
	case len(b.Embedding)%n != 0:
		return fmt.Errorf("%d embedding values do not divide among %d samples", len(b.Embedding), n)
	case b.Kind > PlainScores:
		return fmt.Errorf("unknown kind %d", b.Kind)
	}
	return nil
}

// Norms gives each sample's ln Σ exp(logit), which turns a logit into a score.
func (b *Block) Norms() []float64 {
	norm := make([]float64, len(b.Samples))
	if b.Kind == SoftmaxLogits {
		for i := range norm {
			norm[i] = logSumExp(b.Values[i*b.Classes : (i+1)*b.Classes])
		}
	}
	return norm
}

func logSumExp(row []float32) float64 {
	top := math.Inf(-1)
	for _, v := range row {
		if !(float64(v) <= top) { // also takes NaN over
			top = float64(v)
		}
	}
	if math.IsInf(top, 0) || math.IsNaN(top) {
		return top
	}
	sum := 0.0
	for _, v := range row {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

// Score turns a stored value into the score of its class: the one definition
// of a score everywhere, so that tables, curves and exports agree to the bit.
func (k Kind) Score(value float32, norm float64) float32 {
	switch k {
	case SoftmaxLogits:
		return float32(math.Exp(float64(value) - norm))
	case SigmoidLogits:
		return float32(1 / (1 + math.Exp(-float64(value))))
	}
	return value
}

// Logit is what a map explains: the logit, or the logarithm of the score where
// the model hides it.
func (k Kind) Logit(value float32) float32 {
	if k == PlainScores {
		return float32(math.Log(float64(value)))
	}
	return value
}

// transpose turns [n][c] into [c][n].
func transpose(v []float32, n, c int) []float32 {
	out := make([]float32, len(v))
	const tile = 64
	for j0 := 0; j0 < c; j0 += tile {
		for i := range n {
			for j := j0; j < min(c, j0+tile); j++ {
				out[j*n+i] = v[i*c+j]
			}
		}
	}
	return out
}

// bytesOf views numbers as the little-endian bytes they are on the machines
// Sightline is built for (amd64, arm64).
func bytesOf[T int32 | int64 | float32 | float64](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}
