package neighbours

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Lists are the nearest neighbours of every row of an index. A row is not its own neighbour.
type Lists struct {
	K       int       // neighbours of a row at most
	Rows    []int32   // [n][K], the most similar first, equal ones by id; None where there are no more
	Cosines []float32 // [n][K], of them, rounded; 0 beside None
}

// None stands in a list in place of a neighbour. A row without a direction has no others, and is nobody's.
const None int32 = -1

// Len is how many rows there are.
func (l *Lists) Len() int {
	if l.K == 0 {
		return 0
	}
	return len(l.Rows) / l.K
}

// Of is the list of a row, without None.
func (l *Lists) Of(row int) (rows []int32, cosines []float32) {
	rows, cosines = l.Rows[row*l.K:(row+1)*l.K], l.Cosines[row*l.K:(row+1)*l.K]
	n := slices.Index(rows, None)
	if n < 0 {
		n = l.K
	}
	return rows[:n], cosines[:n]
}

const (
	tile   = 64  // queries that a block of codes is compared with while it lies in the cache
	blocks = 512 // rows of such a block
)

// Lists finds the k nearest neighbours of every row, each as Nearest does, so that they are exact and
// the same however many cores there are. report, which may be nil, is told of rows that are done, one call at a
// time; it may wait.
func (x *Index) Lists(ctx context.Context, k int, report func(done int)) (*Lists, error) {
	return x.lists(ctx, len(x.ids), k, report, func(row int, v []float32) (quantised, int, error) {
		if err := x.rows.Row(row, v); err != nil {
			return quantised{}, row, err
		}
		return x.coded(row), row, nil
	})
}

// ListsOf finds the k rows that are nearest to each of n vectors, none of which is a row, as Lists does.
func (x *Index) ListsOf(ctx context.Context, others Rows, n, k int, report func(done int)) (*Lists, error) {
	return x.lists(ctx, n, k, report, func(i int, v []float32) (quantised, int, error) {
		if err := others.Row(i, v); err != nil {
			return quantised{}, -1, err
		}
		return x.quantise(v), -1, nil
	})
}

// lists finds the nearest of what ask gives, tile by tile: the vector, its code, and the row that it is, or -1.
func (x *Index) lists(ctx context.Context, n, k int, report func(int), ask func(int, []float32) (quantised, int, error)) (*Lists, error) {
	l := &Lists{K: k, Rows: make([]int32, n*k), Cosines: make([]float32, n*k)}
	for i := range l.Rows {
		l.Rows[i] = None
	}
	if k <= 0 {
		return l, nil
	}
	tiles := (n + tile - 1) / tile
	failed := make([]error, min(runtime.GOMAXPROCS(0), tiles))
	var next atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for w := range failed {
		all.Go(func() {
			for t := int(next.Add(1)) - 1; t < tiles && failed[w] == nil; t = int(next.Add(1)) - 1 {
				from, to := t*tile, min((t+1)*tile, n)
				if failed[w] = cmp.Or(ctx.Err(), x.list(l, from, to, ask)); report != nil {
					mu.Lock()
					done += to - from
					report(done)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return l, cmp.Or(failed...)
}

// asking is a vector whose neighbours are looked for.
type asking struct {
	quantised
	vector     []float32
	at         int // where its list stands
	row        int // that it is; -1
	low        lowest
	candidates []candidate
}

type candidate struct {
	row  int32
	most float32 // that its cosine can be, rounded up
}

// list fills the lists from…to.
func (x *Index) list(l *Lists, from, to int, ask func(int, []float32) (quantised, int, error)) error {
	asked := make([]asking, 0, to-from)
	for at := from; at < to; at++ {
		v := make([]float32, x.dim)
		q, row, err := ask(at, v)
		if err != nil {
			return fmt.Errorf("vector %d: %w", at, err)
		}
		if q.scale != 0 {
			asked = append(asked, asking{quantised: q, vector: v, at: at, row: row, low: lowest{most: l.K}})
		}
	}
	sums := make([]int32, blocks)
	for at := 0; at < len(x.ids); at += blocks {
		n := min(blocks, len(x.ids)-at)
		codes := x.codes[at*x.padded : (at+n)*x.padded]
		for i := range asked {
			x.kernel.Dot(codes, asked[i].code, sums[:n])
			asked[i].consider(x, at, sums[:n])
		}
	}
	other := make([]float32, x.dim)
	for i := range asked {
		if err := asked[i].settle(x, l, other); err != nil {
			return err
		}
	}
	return nil
}

// coded is a row as kernels take it: its code less middle.
func (x *Index) coded(row int) quantised {
	q := quantised{code: make([]int8, x.padded), scale: float64(x.scale[row]), rest: float64(x.rest[row])}
	for i, c := range x.code(row) {
		q.code[i] = int8(int(c) - middle)
		q.sum += int32(q.code[i])
	}
	return q
}

// consider offers the least that cosines with rows from at can be, and keeps those that may be among the largest.
func (a *asking) consider(x *Index, at int, sums []int32) {
	least, shift := a.low.least(), middle*a.sum
	for i, sum := range sums {
		row := at + i
		c := float64(sum-shift) * a.scale * float64(x.scale[row])
		bound := x.bound(a.quantised, row)
		if c+bound < least || row == a.row || x.scale[row] == 0 {
			continue
		}
		a.candidates = append(a.candidates, candidate{int32(row), math.Nextafter32(float32(c+bound), 4)})
		if c-bound > least {
			a.low.offer(c - bound)
			least = a.low.least()
		}
	}
	if len(a.candidates) > 16*a.low.most+1024 {
		a.prune()
	}
}

// prune leaves out what cannot be among the largest any more.
func (a *asking) prune() {
	least := a.low.least()
	a.candidates = slices.DeleteFunc(a.candidates, func(c candidate) bool { return float64(c.most) < least })
}

// settle computes the cosines of the candidates, and writes the list.
func (a *asking) settle(x *Index, l *Lists, other []float32) error {
	a.prune()
	hits := make([]Hit, 0, len(a.candidates))
	for _, c := range a.candidates {
		if err := x.rows.Row(int(c.row), other); err != nil {
			return fmt.Errorf("vector %d: %w", c.row, err)
		}
		hits = append(hits, Hit{Row: int(c.row), ID: x.ids[c.row], Cosine: Cosine(a.vector, other)})
	}
	slices.SortFunc(hits, before)
	for i, h := range hits[:min(l.K, len(hits))] {
		l.Rows[a.at*l.K+i], l.Cosines[a.at*l.K+i] = int32(h.Row), float32(h.Cosine)
	}
	return nil
}
