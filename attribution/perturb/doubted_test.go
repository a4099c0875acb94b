package perturb

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution/internal/testkit"
)

// games of interacting cells, whose total indices add up to well above one.
var games = map[string]func(keep []float64) float64{
	"products of three cells": func(keep []float64) float64 {
		sum := 0.0
		for c := range keep {
			sum += float64(c%5) * keep[c] * keep[(c+1)%len(keep)] * keep[(c+2)%len(keep)]
		}
		return sum
	},
	"g-function": func(keep []float64) float64 {
		product := 1.0
		for c, x := range keep {
			a := float64(c % 9)
			product *= (math.Abs(4*x-2) + a) / (1 + a)
		}
		return product
	},
	"a kink": func(keep []float64) float64 {
		sum := 1.0
		for c, x := range keep {
			sum += float64(c%7-3) * x
		}
		return math.Max(0, sum)
	},
}

// spread is the mean and the standard deviation of numbers.
func spread(of []float64) (mean, deviation float64) {
	for _, v := range of {
		mean += v / float64(len(of))
	}
	for _, v := range of {
		deviation += (v - mean) * (v - mean) / float64(len(of)-1)
	}
	return mean, math.Sqrt(deviation)
}

// What a map says of its own error is what other seeds show of it.
func TestSobolStatesItsError(t *testing.T) {
	t.Parallel()
	const seeds, cells = 20, 16
	for name, value := range games {
		g := &game{side: 4, value: value}
		var index [cells][]float64
		var sums, cellErrors, sumErrors []float64
		for seed := range uint64(seeds) {
			r := g.request()
			r.Seed = seed
			m := testkit.Explain(t, Sobol{Grid: 4}, g, r)
			sum := 0.0
			for c, v := range m.Values {
				index[c] = append(index[c], float64(v))
				sum += float64(v)
			}
			sums, cellErrors, sumErrors = append(sums, sum), append(cellErrors, m.CellError), append(sumErrors, m.SumError)
		}
		largest, varies := 0.0, 0.0
		for _, values := range index {
			mean, deviation := spread(values)
			largest, varies = max(largest, mean), varies+deviation/cells
		}
		near(t, name+", a cell", cellErrors, varies/largest)
		mean, deviation := spread(sums)
		near(t, name+", the sum", sumErrors, deviation/mean)
	}
}

// near holds the mean of stated errors within a factor of 1.5 of the true one.
func near(t *testing.T, what string, stated []float64, want float64) {
	t.Helper()
	if got, _ := spread(stated); !(got < 1.5*want && want < 1.5*got) {
		t.Errorf("%s: errors of %.3f are stated, seeds vary by %.3f", what, got, want)
	} else {
		t.Logf("%s: stated %.3f, seeds vary by %.3f", what, got, want)
	}
}

// The short ways give what leaving out one design after the other and starting anew gives; a
// design that is not complete yet does not count.
func TestSobolErrorsLeaveOutOneDesign(t *testing.T) {
	const cells, designs = 3, 6
	score := func(i int) float64 { return math.Sin(float64(i*i)) + float64(i%5) }
	from := func(left int) *jansen {
		e := &jansen{base: 0.5, moved: make([]float64, cells), times: make([]int, cells)}
		for i := range designs * (cells + 1) {
			if i/(cells+1) != left {
				e.add(i, nil, score(i))
			}
		}
		return e
	}
	var index [cells][]float64
	var sums []float64
	for left := range designs {
		e := from(left)
		variance := (e.sum2 - e.sum*e.sum/e.n) / (e.n - 1)
		sum := 0.0
		for c := range cells {
			v := e.moved[c] / (2 * float64(e.times[c])) / variance
			index[c], sum = append(index[c], v), sum+v
		}
		sums = append(sums, sum)
	}
	wantCell, largest := 0.0, 0.0
	const inflated = (designs - 1) * (designs - 1) / float64(designs) // of the variance between estimates that leave one out
	for _, values := range index {
		mean, deviation := spread(values)
		wantCell, largest = wantCell+deviation*math.Sqrt(inflated)/cells, max(largest, mean)
	}
	mean, deviation := spread(sums)
	e := from(-1)
	e.add(designs*(cells+1), nil, 3)
	e.add(designs*(cells+1)+1, nil, 99)
	cell, sum := e.errors()
	if want := deviation * math.Sqrt(inflated) / mean; math.Abs(cell-wantCell/largest) > 1e-9 || math.Abs(sum-want) > 1e-9 {
		t.Errorf("errors of %v and %v, want %v and %v", cell, sum, wantCell/largest, want)
	}
}

// Where nothing varies, or from two designs, no error is known.
func TestSobolErrorsThatAreNotKnown(t *testing.T) {
	still := &game{side: 2, value: func([]float64) float64 { return 3 }}
	moving := &game{side: 2, value: func(keep []float64) float64 { return keep[0] }}
	for _, m := range []struct {
		g       *game
		designs int
	}{{still, 8}, {moving, 2}} {
		if made := testkit.Explain(t, Sobol{Grid: 2, Designs: m.designs}, m.g, m.g.request()); made.CellError != 0 || made.SumError != 0 {
			t.Errorf("%d designs: errors of %v and %v", m.designs, made.CellError, made.SumError)
		}
	}
}
