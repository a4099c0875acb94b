package concepts

import (
	"math"
	"math/rand/v2"
)

// Factors are non-negative matrices of which W·H is near to a third: W has a row per row of it, H one
// per concept.
type Factors struct {
	W Matrix // rows × concepts
	H Matrix // concepts × columns

	Rounds int // that were taken
}

// Stopping says when a factorisation ends.
type Stopping struct {
	Rounds    int     // at most; 0: 200
	Tolerance float64 // of the projected gradient, relative to the first round's; 0: 1e-4
}

// Start draws factors for v as scikit-learn's init="random" does: absolute values of a Gaussian with
// the deviation √(mean of v ÷ k). The same seed gives the same factors.
func Start(v Matrix, k int, seed uint64) Factors {
	sum := 0.0
	for _, x := range v.Values {
		sum += float64(x)
	}
	scale := math.Sqrt(sum / float64(max(1, len(v.Values))) / float64(k))
	r := rand.New(rand.NewPCG(seed, 0xc0ce9))
	f := Factors{W: NewMatrix(v.Rows, k), H: NewMatrix(k, v.Columns)}
	for _, m := range []Matrix{f.H, f.W} {
		for i := range m.Values {
			m.Values[i] = float32(scale * math.Abs(r.NormFloat64()))
		}
	}
	return f
}

// Factorise makes the squared error of W·H smaller, from a start, by coordinate descent: each value
// in turn takes its best, with all others fixed (HALS; Cichocki & Phan 2009, "Fast local algorithms
// for large scale nonnegative matrix and tensor factorizations"; scikit-learn's solver "cd"). v must
// not be negative.
func Factorise(v Matrix, start Factors, s Stopping) Factors {
	if s.Rounds == 0 {
		s.Rounds = 200
	}
	if s.Tolerance == 0 {
		s.Tolerance = 1e-4
	}
	f, first := start, 0.0
	for f.Rounds = 1; f.Rounds <= s.Rounds; f.Rounds++ {
		moved := descend(f.W, times(f.H, f.H), times(v, f.H))
		wv := crossed(f.W, v)
		moved += descendColumns(f.H, crossed(f.W, f.W), wv)
		if f.Rounds == 1 {
			first = moved
		}
		if moved <= s.Tolerance*first {
			break
		}
	}
	f.Rounds = min(f.Rounds, s.Rounds)
	return f
}

// descend improves every row of w: gram is H·Hᵀ, target V·Hᵀ. It returns the sum of the absolute
// projected gradients.
func descend(w, gram, target Matrix) (moved float64) {
	for i := range w.Rows {
		moved += descendRow(w.Row(i), gram, target.Row(i))
	}
	return moved
}

func descendRow(row []float32, gram Matrix, target []float32) (moved float64) {
	for t := range row {
		slope := -target[t]
		for r, g := range gram.Row(t) {
			slope += g * row[r]
		}
		projected := slope
		if row[t] == 0 {
			projected = min(0, slope)
		}
		moved += math.Abs(float64(projected))
		if curve := gram.Row(t)[t]; curve > 0 {
			row[t] = max(row[t]-slope/curve, 0)
		}
	}
	return moved
}

// descendColumns is descend of h's columns: gram is Wᵀ·W, target Wᵀ·V. It goes by concepts, as h lies.
func descendColumns(h, gram, target Matrix) (moved float64) {
	slope := make([]float32, h.Columns)
	for t := range h.Rows {
		row, want := h.Row(t), target.Row(t)
		for c := range slope {
			slope[c] = -want[c]
		}
		for r, g := range gram.Row(t) {
			for c, v := range h.Row(r) {
				slope[c] += g * v
			}
		}
		curve := gram.Row(t)[t]
		for c, s := range slope {
			if row[c] > 0 || s < 0 {
				moved += math.Abs(float64(s))
			}
			if curve > 0 {
				row[c] = max(row[c]-s/curve, 0)
			}
		}
	}
	return moved
}

// Weights is how much of each concept is in every row of v: the W of the smallest error for a given H.
func Weights(v, h Matrix) Matrix {
	w, gram, target := NewMatrix(v.Rows, h.Rows), times(h, h), times(v, h)
	for range 100 {
		before := append([]float32(nil), w.Values...)
		descend(w, gram, target)
		most, change := float32(0), float32(0)
		for i, x := range w.Values {
			most, change = max(most, x), max(change, max(x-before[i], before[i]-x))
		}
		if change <= 1e-5*most {
			break
		}
	}
	return w
}

// Missed is the share of the squared sum of v that W·H does not give: 0 is exact, 1 as bad as nothing.
func Missed(v Matrix, f Factors) float64 {
	var off, all float64
	made := make([]float32, v.Columns)
	for i := range v.Rows {
		clear(made)
		for t, weight := range f.W.Row(i) {
			for c, x := range f.H.Row(t) {
				made[c] += weight * x
			}
		}
		for c, x := range v.Row(i) {
			d := float64(x) - float64(made[c])
			off, all = off+d*d, all+float64(x)*float64(x)
		}
	}
	if all == 0 {
		return 0
	}
	return off / all
}
