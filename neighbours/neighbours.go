// Package neighbours finds the vectors that are most similar to one, exactly.
//
// Similarity is the cosine (Cosine). An Index holds each vector as a code of one byte per value,
// and how far the code is from the vector. A query scans the codes, which bounds every
// cosine from both sides, and computes the cosine of those alone that may be among the
// k largest. So the result is that of computing all of them, proven for each query; equal
// cosines come in the order of their ids.
//
// The scan is a kernel in C with AVX-512 VNNI or AVX2 where the processor has them, else Go
// (Kernels). It imports the standard library and x/sys only.
package neighbours

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Cosine is the cosine of the angle between two vectors of the same length, in float64, summed in
// order. It is NaN for a vector of zeros, or one that is not finite.
func Cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i, v := range a {
		x, y := float64(v), float64(b[i])
		dot, aa, bb = dot+x*y, aa+x*x, bb+y*y
	}
	c := dot / (math.Sqrt(aa) * math.Sqrt(bb))
	if math.IsInf(c, 0) {
		return math.NaN()
	}
	return c
}

// Rows reads vectors: Row fills into with that of a row, and may be called concurrently.
type Rows interface {
	Row(row int, into []float32) error
}

// Index finds the nearest of n vectors. It may be used concurrently.
type Index struct {
	ids    []int64 // of the rows
	dim    int
	padded int       // length of a code, a multiple of lane
	codes  []uint8   // [n][padded]: value ÷ scale, rounded, plus middle
	scale  []float32 // of a row: 0 for one that is nothing's neighbour
	rest   []float32 // Euclidean distance of the vector of length 1 from its code, rounded up
	rows   Rows
	kernel Kernel
}

const (
	lane   = 64   // bytes that a kernel takes at once
	middle = 128  // of codes: kernels multiply bytes without sign by bytes with one
	slop   = 1e-6 // more than float64 and float32 lose by rounding
)

// New makes the index of n vectors of dim values. The ids must be distinct.
func New(ids []int64, dim int, rows Rows) (*Index, error) {
	x := &Index{ids: ids, dim: dim, padded: (dim + lane - 1) / lane * lane, rows: rows, kernel: Kernels()[0]}
	x.codes = make([]uint8, len(ids)*x.padded)
	x.scale, x.rest = make([]float32, len(ids)), make([]float32, len(ids))
	err := x.inParts(len(ids), func(from, to int) error {
		row := make([]float32, dim)
		for i := from; i < to; i++ {
			if err := rows.Row(i, row); err != nil {
				return fmt.Errorf("vector %d: %w", i, err)
			}
			x.scale[i], x.rest[i] = encode(row, x.code(i))
		}
		return nil
	})
	return x, err
}

// Len is how many vectors there are, Dim how many values each has.
func (x *Index) Len() int { return len(x.ids) }

// Dim is the length of the vectors.
func (x *Index) Dim() int { return x.dim }

// ID is that of a row.
func (x *Index) ID(row int) int64 { return x.ids[row] }

// Bytes is how much memory the index takes.
func (x *Index) Bytes() int64 { return int64(len(x.codes)) + 16*int64(len(x.ids)) }

func (x *Index) code(row int) []uint8 { return x.codes[row*x.padded : (row+1)*x.padded] }

// encode writes the code of a vector, and returns its scale and rest; a scale of 0 means that the
// vector has no direction.
func encode(v []float32, code []uint8) (scale, rest float32) {
	var square float64
	var most float32
	for _, f := range v {
		square += float64(f) * float64(f)
		if f < 0 {
			f = -f
		}
		if f > most {
			most = f
		}
	}
	for i := len(v); i < len(code); i++ {
		code[i] = middle
	}
	length := math.Sqrt(square)
	if !(length > 0) || math.IsInf(length, 0) {
		return 0, 0
	}
	scale = float32(float64(most) / length / 127)
	unit, step, missed := 1/length, float64(scale), 0.0
	codes := unit / step
	code = code[:len(v)]
	for i, f := range v {
		c := int32(float64(f)*codes + middle + 0.5) // 1 to 255
		code[i] = uint8(c)
		off := float64(f)*unit - float64(c-middle)*step
		missed += off * off
	}
	return scale, math.Nextafter32(float32(math.Sqrt(missed)), 2)
}

// Hit is a vector that was found.
type Hit struct {
	Row    int
	ID     int64
	Cosine float64
}

// before orders hits: the most similar first, equal ones by id.
func before(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.ID, b.ID))
}

// Found is the result of a query.
type Found struct {
	Hits     []Hit // the most similar first
	Rescored int   // vectors whose cosine was computed
}

// Nearest finds the k vectors that are most similar to a query, among the rows that allowed says; nil
// allows all. Vectors without a direction are never found.
func (x *Index) Nearest(query []float32, k int, allowed func(row int) bool) (Found, error) {
	if len(query) != x.dim {
		return Found{}, fmt.Errorf("the vector has %d values, those of the index %d", len(query), x.dim)
	}
	q := x.quantise(query)
	if q.scale == 0 || k <= 0 {
		return Found{}, nil
	}
	cosines := make([]float32, len(x.ids)) // between that less and that plus the bound
	lows := make([]*lowest, 0, 8)
	var mu sync.Mutex
	err := x.inParts(len(x.ids), func(from, to int) error {
		low := &lowest{most: k}
		x.scan(q, from, to, cosines, allowed, low)
		mu.Lock()
		defer mu.Unlock()
		lows = append(lows, low)
		return nil
	})
	if err != nil {
		return Found{}, err
	}
	all := &lowest{most: k}
	for _, low := range lows {
		for _, v := range low.values {
			all.offer(v)
		}
	}
	return x.rescore(query, q, cosines, all.least(), k)
}

// quantised is a query as kernels take it.
type quantised struct {
	code  []int8
	sum   int32 // of the code
	scale float64
	rest  float64
}

func (x *Index) quantise(query []float32) quantised {
	code := make([]uint8, x.padded)
	scale, rest := encode(query, code)
	q := quantised{code: make([]int8, x.padded), scale: float64(scale), rest: float64(rest)}
	for i, c := range code {
		q.code[i] = int8(int(c) - middle)
		q.sum += int32(q.code[i])
	}
	return q
}

// bound is how far the cosine of a row may be from that of the codes: what the row's code misses, times
// the query of length 1, and what the query's code misses, times the row's code.
func (x *Index) bound(q quantised, row int) float64 {
	rest := float64(x.rest[row])
	return rest + q.rest*(1+rest) + slop
}

// piece is how many rows a kernel is given at once: their sums stay in the cache.
const piece = 4096

// scan fills cosines of rows from…to, −∞ for those that are not to be found, and offers the least that each
// can be.
func (x *Index) scan(q quantised, from, to int, cosines []float32, allowed func(int) bool, low *lowest) {
	sums := make([]int32, piece)
	for at := from; at < to; at += piece {
		n := min(piece, to-at)
		x.kernel.Dot(x.codes[at*x.padded:(at+n)*x.padded], q.code, sums[:n])
		for i := range n {
			row := at + i
			if x.scale[row] == 0 || allowed != nil && !allowed(row) {
				cosines[row] = float32(math.Inf(-1))
				continue
			}
			c := float64(sums[i]-middle*q.sum) * q.scale * float64(x.scale[row])
			cosines[row] = float32(c)
			low.offer(c - x.bound(q, row))
		}
	}
}

// rescore computes the cosines that can be at least as large as the k-th largest can be small.
func (x *Index) rescore(query []float32, q quantised, cosines []float32, least float64, k int) (Found, error) {
	var candidates []int
	for row, c := range cosines {
		if float64(c)+x.bound(q, row) >= least && !math.IsInf(float64(c), -1) {
			candidates = append(candidates, row)
		}
	}
	hits := make([]Hit, len(candidates))
	err := x.inParts(len(candidates), func(from, to int) error {
		v := make([]float32, x.dim)
		for i := from; i < to; i++ {
			row := candidates[i]
			if err := x.rows.Row(row, v); err != nil {
				return fmt.Errorf("vector %d: %w", row, err)
			}
			hits[i] = Hit{Row: row, ID: x.ids[row], Cosine: Cosine(query, v)}
		}
		return nil
	})
	slices.SortFunc(hits, before)
	return Found{Hits: hits[:min(k, len(hits))], Rescored: len(hits)}, err
}

// inParts divides 0…n among the processors; small work is done here.
func (x *Index) inParts(n int, do func(from, to int) error) error {
	parts := min(runtime.GOMAXPROCS(0), (n+piece-1)/piece)
	if parts <= 1 {
		return do(0, n)
	}
	failed := make([]error, parts)
	var all sync.WaitGroup
	for p := range parts {
		all.Go(func() { failed[p] = do(n*p/parts, n*(p+1)/parts) })
	}
	all.Wait()
	return cmp.Or(failed...)
}

// lowest keeps the largest of the values offered, as many as most.
type lowest struct {
	most   int
	values floatHeap
}

func (l *lowest) offer(v float64) {
	switch {
	case len(l.values) < l.most:
		heap.Push(&l.values, v)
	case v > l.values[0]:
		l.values[0] = v
		heap.Fix(&l.values, 0)
	}
}

// least is the smallest of those kept, −∞ while there are fewer.
func (l *lowest) least() float64 {
	if len(l.values) < l.most {
		return math.Inf(-1)
	}
	return l.values[0]
}

type floatHeap []float64

func (h floatHeap) Len() int           { return len(h) }
func (h floatHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h floatHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *floatHeap) Push(v any)        { *h = append(*h, v.(float64)) }
func (h *floatHeap) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}
