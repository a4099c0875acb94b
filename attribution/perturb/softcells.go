package perturb

import (
	"math"
)

// softGrid is cellGrid with soft edges: the mask is exactly the cell's bit at the
// cell's centre, and goes over linearly to the neighbours' at theirs, as RISE's
// masks do without their shifts. A cell then stands for the places around it too,
// with weights that fall to zero at its neighbours' centres; the weights of all
// cells at a place add up to one. Hard edges are shapes of their own, which models
// answer to.
type softGrid struct {
	*cellGrid
	across, down []knot // between which cells each column and row of pixels lies
}

func newSoftGrid(c coalitions, columns, rows, width, height int) *softGrid {
	return &softGrid{newCellGrid(c, columns, rows, width, height), softKnots(width, columns), softKnots(height, rows)}
}

// softKnots interpolates between the centres of cells along a side of n pixels;
// beyond the outermost centres it stays with the outermost cell.
func softKnots(n, cells int) []knot {
	knots := make([]knot, n)
	for p := range knots {
		at := (float64(p)+0.5)*float64(cells)/float64(n) - 0.5
		at = math.Min(math.Max(at, 0), float64(cells-1))
		a := min(int(at), max(cells-2, 0))
		knots[p] = knot{a, min(a+1, cells-1), float32(at - float64(a))}
	}
	return knots
}

func (d *softGrid) painter() painter {
	return &softPainter{softGrid: d, kept: make([]float32, d.columns*d.rows), line: make([]float32, d.columns)}
}

// softPainter draws one coalition with soft edges.
type softPainter struct {
	*softGrid
	kept []float32
	line []float32 // the cells' bits, interpolated down to a row of pixels
}

func (p *softPainter) load(i int) { p.coalitions.load(i, p.kept) }

func (p *softPainter) row(y int, keep []float32) {
	k := p.down[y]
	upper, lower := p.kept[k.a*p.columns:], p.kept[k.b*p.columns:]
	for c := range p.line {
		p.line[c] = (1-k.t)*upper[c] + k.t*lower[c]
	}
	for x, k := range p.across {
		keep[x] = (1-k.t)*p.line[k.a] + k.t*p.line[k.b]
	}
}

// cells writes the bits themselves: what is estimated is a bit's effect.
func (p *softPainter) cells(keep []float32) { copy(keep, p.kept) }
