package main

import (
	"math"
	"testing"
)

func TestAverageAndDraw(t *testing.T) {
	m := &kept{Width: 4, Height: 2, Values: []float32{1, 2, 3, 4, 5, 6, 7, 8}}
	if got := m.average(2, 1); got[0] != 3.5 || got[1] != 5.5 {
		t.Errorf("average over two cells: %v", got)
	}
	// thirds of four: one cell and a third of the next
	if got := m.average(3, 1)[0]; math.Abs(float64(got)-(1+5+(2+6)/3.0)/(8/3.0)) > 1e-6 {
		t.Errorf("average over the first of three cells: %v", got)
	}
	same := m.draw(4, 2)
	for i, v := range m.Values {
		if same[i] != v {
			t.Errorf("drawn on its own cells: %v", same)
		}
	}
	// the centres of eight columns lie a quarter to either side of those of four
	got := m.draw(8, 2)
	for i, want := range []float32{1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4} {
		if got[i] != want {
			t.Errorf("column %d of eight: %v, want %v", i, got[i], want)
		}
	}
}

func TestMedianSkipsWhatIsMissing(t *testing.T) {
	if m := median([]float64{3, math.NaN(), 1, 2, 10}); m != 2.5 {
		t.Errorf("median %v, want 2.5", m)
	}
	if !math.IsNaN(median([]float64{math.NaN()})) {
		t.Error("a median of nothing")
	}
}

// The interval of 400 values from 0 to 1 is about the binomial one:
// 0.5 ± 1.96·√(0.25/400).
func TestBootstrap(t *testing.T) {
	values := make([]float64, 400)
	for i := range values {
		values[i] = float64((i*37)%400) / 399
	}
	low, high := bootstrap(values)
	if math.Abs(low-0.451) > 0.01 || math.Abs(high-0.549) > 0.01 {
		t.Errorf("interval %.3f to %.3f, want about 0.451 to 0.549", low, high)
	}
}

func TestNeeded(t *testing.T) {
	row := func(forwards int, values ...float64) result { return result{forwards: forwards, coarse: values} }
	list := []result{row(100, 0.5), row(400, 0.7), row(1600, 0.9)}
	for value, want := range map[float64]string{0.4: "100", 0.6: "200", 0.8: "800", 0.9: "1600", 0.95: "> 1600"} {
		if got := bounded(needed(list, row(1, value), []int{0}), 1600); got != want {
			t.Errorf("%v is reached after %s forwards, want %s", value, got, want)
		}
		if got, want := saving(row(1, value), list), want+" ("+want+"–"+want+")"; got != want {
			t.Errorf("of one photograph: %s, want %s", got, want)
		}
	}
	if r := nearest(list, 500); r.forwards != 400 {
		t.Errorf("nearest to 500: %d", r.forwards)
	}
	kept := shared([]result{row(1, 0.1, math.NaN(), 0.3), row(2, 0.4, 0.5, 0.6)})
	if len(kept[0].coarse) != 2 || kept[1].coarse[1] != 0.6 {
		t.Errorf("photographs that all have: %v", kept)
	}
}

func TestPaired(t *testing.T) {
	a, b := result{coarse: []float64{0.9, 0.5, math.NaN()}}, result{coarse: []float64{0.7, 0.6, 0.1}}
	difference, better := paired(a, b)
	if better != 1 || len(present(difference)) != 2 || math.Abs(difference[0]-0.2) > 1e-9 {
		t.Errorf("differences %v, better on %d", difference, better)
	}
}
