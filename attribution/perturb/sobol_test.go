package perturb

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution/internal/testkit"
)

// The product of |4x−2| weighted by a, the "g-function" of the literature, has
// known total indices (Saltelli & Sobol' 1995): with V = 1 ÷ (3·(1+a)²) per
// factor, V·Π(1+V of the others) ÷ (Π(1+V) − 1).
func TestSobolOfTheGFunction(t *testing.T) {
	t.Parallel()
	a := []float64{0, 0.5, 3, 9, 99, 99, 99, 1, 9}
	g := &game{side: 3, value: func(keep []float64) float64 {
		product := 1.0
		for c, x := range keep {
			product *= (math.Abs(4*x-2) + a[c]) / (1 + a[c])
		}
		return product
	}}
	all := 1.0
	for _, v := range a {
		all *= 1 + 1/(3*(1+v)*(1+v))
	}
	m := testkit.Explain(t, Sobol{Grid: 3, Designs: 4096}, g, g.request())
	for c, v := range a {
		v = 1 / (3 * (1 + v) * (1 + v))
		if want := v * all / (1 + v) / (all - 1); math.Abs(float64(m.Values[c])-want) > 0.05 { // other seeds: ± 0.02
			t.Errorf("cell %d: %.4f, want %.4f", c, m.Values[c], want)
		}
	}
	if want := 4096*10 + 1; m.Evaluations != want || g.runs != want {
		t.Errorf("%d evaluations, %d run, want %d", m.Evaluations, g.runs, want)
	}
}

// In an additive model an index is the cell's share of the sum of squares.
func TestSobolOfAnAdditiveModel(t *testing.T) {
	g := &game{side: 4, value: func(keep []float64) float64 {
		sum := 100.0
		for c, x := range keep {
			sum += float64(c-5) * x
		}
		return sum
	}}
	squares := 0.0
	for c := range 16 {
		squares += float64(c-5) * float64(c-5)
	}
	for c, v := range testkit.Explain(t, Sobol{Grid: 4, Designs: 2000}, g, g.request()).Values {
		if want := float64(c-5) * float64(c-5) / squares; math.Abs(float64(v)-want) > 0.02 {
			t.Errorf("cell %d: %.4f, want %.4f", c, v, want)
		}
	}
}

// Degrees fill every interval once, and only the named cell moves.
func TestOneAtATime(t *testing.T) {
	const cells, designs = 6, 10
	d := newOneAtATime(cells, designs, 3)
	first, keep := make([]float32, cells), make([]float32, cells)
	var before, after [cells][designs]int
	for i := range d.count() {
		d.load(i, keep)
		moved := i%(cells+1) - 1
		if moved < 0 {
			copy(first, keep)
		}
		for c := range cells {
			switch {
			case moved < 0:
				before[c][int(keep[c]*designs)]++
			case c == moved:
				after[c][int(keep[c]*designs)]++
			case keep[c] != first[c]:
				t.Fatalf("image %d: cell %d moved too", i, c)
			}
		}
	}
	for c := range cells {
		for k := range designs {
			if before[c][k] != 1 || after[c][k] != 1 {
				t.Errorf("cell %d has %d and %d degrees in interval %d, want one each", c, before[c][k], after[c][k], k)
			}
		}
	}
}

// Total indices add up to one at least, with few designs too: their sum was 0.71 where one of 32
// first images made the variance too large.
func TestSobolIndicesAddUpToOneAtLeast(t *testing.T) {
	g := &game{side: 8, value: func(keep []float64) float64 {
		sum := 0.0
		for c, x := range keep {
			sum += float64(c%7-3) * x
		}
		return sum
	}}
	below := 0
	for seed := range uint64(12) {
		r := g.request()
		r.Seed = seed
		sum := 0.0
		for _, v := range testkit.Explain(t, Sobol{}, g, r).Values {
			sum += float64(v)
		}
		if sum < 1-1e-5 || sum > 2.5 { // exact: 1; a variance of 32 values may be half of what it should be
			t.Errorf("seed %d: the indices add up to %.3f", seed, sum)
		}
		if sum < 1+1e-5 {
			below++
		}
	}
	if below < 3 {
		t.Errorf("in %d of 12 runs was the variance bounded: expected about half", below)
	}
}
