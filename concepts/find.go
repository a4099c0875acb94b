package concepts

import (
	"math"
	"math/rand/v2"
	"slices"
)

// The rules of what counts as found.
const (
	Returns  = 0.9 // cosine from which on a concept is the same as another
	Enough   = 0.8 // share of concepts that must return, for their number to be taken
	Fewest   = 2
	Most     = 10
	mostRows = 2000 // that are factorised; the others take the concepts found in these
)

// Options of Find.
type Options struct {
	K    int    // how many concepts; 0: the largest number from Fewest to Most of which Enough return
	Seed uint64 //
	// Each runs work(0) … work(n-1), in any order, at once if it likes; nil: one after the other.
	Each func(n int, work func(i int)) error
}

// Found are the concepts of a class.
type Found struct {
	Vectors Matrix    // concepts × channels, each of length 1
	Returns []float64 // of each: its smallest cosine with itself in the other factorisations
	Asked   bool      // the number was given, not found
	Settled bool      // at least Enough of them return
	Tried   []Try     // from Most down
}

// Try is a number of concepts and the share of them that return.
type Try struct {
	K     int     `json:"k"`
	Share float64 `json:"share"`
}

// Stable says whether a concept returns under another start and in both halves of the samples.
func (f *Found) Stable(concept int) bool { return f.Returns[concept] >= Returns }

// Find factorises v, which has places rows for each sample, one after another. It needs two samples.
func Find(v Matrix, places int, o Options) (*Found, error) {
	if o.Each == nil {
		o.Each = func(n int, work func(int)) error {
			for i := range n {
				work(i)
			}
			return nil
		}
	}
	s := &search{Options: o, all: sampled(v, places, 0, 1, o.Seed), halves: [2]Matrix{sampled(v, places, 0, 2, o.Seed), sampled(v, places, 1, 2, o.Seed)}}
	first, last := Most, Fewest
	if o.K > 0 {
		first, last = o.K, o.K
	}
	var best *Found
	var tried []Try
	for k := min(first, s.halves[0].Rows, s.halves[1].Rows, v.Columns); k >= 1 && k >= min(last, s.halves[1].Rows); k-- {
		found, err := s.try(k)
		if err != nil {
			return nil, err
		}
		share := found.share()
		tried = append(tried, Try{k, share})
		if best == nil || share > best.share() || found.Settled {
			best = found
		}
		if found.Settled {
			break
		}
	}
	best.Tried, best.Asked = tried, o.K > 0
	return best, nil
}

// sampled picks rows of every step-th sample, at most mostRows, spread over all of these.
func sampled(v Matrix, places, from, step int, seed uint64) Matrix {
	var rows []int
	for s := from; s < v.Rows/places; s += step {
		for p := range places {
			rows = append(rows, s*places+p)
		}
	}
	if most := mostRows / step; len(rows) > most {
		r := rand.New(rand.NewPCG(seed, uint64(from+10*step)))
		drawn := r.Perm(len(rows))[:most]
		slices.Sort(drawn)
		for i, d := range drawn {
			drawn[i] = rows[d]
		}
		rows = drawn
	}
	return v.Picked(rows)
}

type search struct {
	Options
	all    Matrix
	halves [2]Matrix
}

// quick is enough to tell whether concepts return, and what they are.
var quick = Stopping{Rounds: 120, Tolerance: 1e-3}

// try finds k concepts, in all samples twice and in both halves.
func (s *search) try(k int) (*Found, error) {
	of := []Matrix{s.all, s.all, s.halves[0], s.halves[1]}
	made := make([]Matrix, len(of))
	run := func(from, to int) error {
		return s.Each(to-from, func(i int) {
			made[from+i] = Factorise(of[from+i], promising(of[from+i], k, s.Seed+uint64(from+i)), quick).H
		})
	}
	if err := run(0, 2); err != nil {
		return nil, err
	}
	f := &Found{Vectors: unit(made[0]), Returns: Match(made[0], made[1])}
	if f.share() < Enough && s.K == 0 {
		return f, nil
	}
	if err := run(2, 4); err != nil {
		return nil, err
	}
	for _, other := range made[2:] {
		for i, c := range Match(made[0], other) {
			f.Returns[i] = min(f.Returns[i], c)
		}
	}
	f.Settled = f.share() >= Enough
	return f, nil
}

// starts is how many starts are tried a little: from one alone, two concepts often end as one.
const starts = 4

// promising is the start of several whose first rounds have led to the smallest error.
func promising(v Matrix, k int, seed uint64) (best Factors) {
	least := math.Inf(1)
	for i := range uint64(starts) {
		f := Factorise(v, Start(v, k, seed+1000*i), Stopping{Rounds: 12})
		if off := Missed(v, f); off < least {
			best, least = f, off
		}
	}
	return best
}

// share is that of the concepts that return.
func (f *Found) share() float64 {
	n := 0
	for i := range f.Returns {
		if f.Stable(i) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(f.Returns)))
}

// unit makes rows of length 1; one that is zero stays.
func unit(m Matrix) Matrix {
	out := NewMatrix(m.Rows, m.Columns)
	for i := range m.Rows {
		length := root(dot(m.Row(i), m.Row(i)))
		for c, v := range m.Row(i) {
			if length > 0 {
				out.Row(i)[c] = v / length
			}
		}
	}
	return out
}
