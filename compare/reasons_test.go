package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/stats"
)

// By regions the largest change counts, by the grid half of all; what only one has does not.
func TestMoved(t *testing.T) {
	a := Shares{Own: map[string]float64{"head": 0.6, "hat": 0.1, "tie": 0.9}, Grid: map[string]float64{"1": 0.5, "2": 0.5}}
	b := Shares{Own: map[string]float64{"head": 0.2, "hat": 0.3}, Grid: map[string]float64{"1": 0.2, "2": 0.8}}
	none := Shares{Grid: b.Grid}
	if m := MeasureOf([][2]Shares{{a, none}, {a, b}}); m != ByRegions {
		t.Error(m)
	}
	if m := MeasureOf([][2]Shares{{a, none}}); m != ByGrid {
		t.Error(m)
	}
	if d, ok := Moved(a, b, ByRegions); !ok || math.Abs(d-0.4) > 1e-12 {
		t.Error(d, ok)
	}
	if d, ok := Moved(a, b, ByGrid); !ok || math.Abs(d-0.3) > 1e-12 {
		t.Error(d, ok)
	}
	if _, ok := Moved(a, none, ByRegions); ok {
		t.Error("a map without regions differs by them")
	}
	if _, ok := Moved(a, Shares{}, ByGrid); ok {
		t.Error("a map without a grid differs by it")
	}
}

// Of differences that are drawn like the null at most about 5 % exceed its point; a null of few
// lets nothing through; under 0.2 of share nothing counts, however small the null is.
func TestExceeding(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, scale float64) (list []float64) {
		for range n {
			list = append(list, scale*r.Float64())
		}
		return list
	}
	e := Exceeding(draw(2000, 1), Point(draw(2000, 1)))
	if e.N != 2000 || e.Expected != 100 || math.Abs(e.Excess.Mean) > 0.02 || e.Excess.Low > 0 || e.Excess.High < 0 {
		t.Errorf("%+v", e)
	}
	low, high := stats.Wilson(e.Count, 2000, stats.Level)
	if e.Excess.Low != low-0.05 || e.Excess.High != high-0.05 {
		t.Errorf("%+v, want %v to %v", e.Excess, low, high)
	}
	if e := Exceeding(draw(100, 1), Point(draw(FewNull-1, 0.1))); e.Count != 0 {
		t.Errorf("a null of %d lets through %+v", FewNull-1, e)
	}
	if e := Exceeding(draw(100, 0.19), Point(make([]float64, 50))); e.Count != 0 {
		t.Errorf("small differences count: %+v", e)
	}
	if e := Exceeding([]float64{0.3, 0.1}, Point(make([]float64, 50))); e.Count != 1 || !e.Excess.Known {
		t.Errorf("%+v", e)
	}
	if e := Exceeding(nil, 0.1); e.Excess.Known || e.Count != 0 {
		t.Errorf("%+v", e)
	}
	null := make([]float64, 100)
	for i := range null {
		null[i] = float64(i+1) / 100
	}
	if p := Point(null); p != 0.95 {
		t.Errorf("the 95 %% point of 0.01 to 1.00 is %v", p)
	}
}
