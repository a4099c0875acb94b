package regions

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// manyPolygons is the number above which a region's polygons are added up together.
const manyPolygons = 64

// Coverage is the share of every map cell, row by row, that lies both in the
// region and in the image, in [0, 1].
func Coverage(m *attribution.Map, region Region) []float64 {
	g := m.Geometry
	visible := region.Within(0, 0, float64(g.DisplayWidth), float64(g.DisplayHeight))
	covered := make([]float64, m.Width*m.Height)
	polygons := visible.mapped(g.Invert).stretched(m).Within(0, 0, float64(m.Width), float64(m.Height))
	many := len(region) > manyPolygons // such as a mask's: an array for each would cost too much
	c := newCells(m.Width, m.Height)
	for _, p := range polygons {
		c.outline(p, many && p.signed() < 0)
		if !many {
			c.addTo(covered)
			c = newCells(m.Width, m.Height)
		}
	}
	if many {
		c.addTo(covered)
	}
	return covered
}

func newCells(width, height int) *cells {
	return &cells{width: width, height: height, areas: make([]float64, (width+2)*height)}
}

// outline adds all edges of a polygon, in the other direction if so asked.
func (c *cells) outline(p Polygon, reversed bool) {
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		if reversed {
			c.edge(p[j], p[j+1], p[i], p[i+1])
		} else {
			c.edge(p[i], p[i+1], p[j], p[j+1])
		}
	}
}

// cells adds up, edge by edge, the exact area of a polygon in every cell of a grid
// of unit cells. An edge that goes down covers what lies to its right, one that goes
// up takes it away again. Kept per cell is what it has more than its left
// neighbour, so that an edge costs as much as it is long, and nothing inside the
// outline is visited.
type cells struct {
	width, height int
	areas         []float64 // width + 2 in a row: what lies to the right of the grid, too
}

// edge adds an edge inside the grid, row by row.
func (c *cells) edge(x0, y0, x1, y1 float64) {
	sign := 1.0
	if y0 > y1 {
		x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
	}
	if y0 == y1 {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	for row := int(y0); row < c.height && float64(row) < y1; row++ {
		top, bottom := math.Max(y0, float64(row)), math.Min(y1, float64(row+1))
		c.piece(c.areas[row*(c.width+2):(row+1)*(c.width+2)], x0+(top-y0)*slope, x0+(bottom-y0)*slope, sign*(bottom-top))
	}
}

// piece adds the part of an edge within a row, of a signed height, column by column.
func (c *cells) piece(row []float64, from, to, height float64) {
	left, right := math.Max(0, math.Min(from, to)), math.Min(float64(c.width), math.Max(from, to))
	for at := left; ; {
		column := math.Floor(at)
		end := math.Min(right, column+1)
		part := height
		if right > left {
			part *= (end - at) / (right - left)
		}
		// The cell itself has what is right of the part's middle, the next one all.
		beyond := part * ((at+end)/2 - column)
		row[int(column)] += part - beyond
		row[int(column)+1] += beyond
		if end >= right {
			return
		}
		at = end
	}
}

// addTo adds the areas, at most 1 in all, to cells.
func (c *cells) addTo(covered []float64) {
	for y := range c.height {
		sum := 0.0
		for x, more := range c.areas[y*(c.width+2):][:c.width] {
			sum += more
			at := y*c.width + x
			covered[at] = math.Min(1, covered[at]+math.Abs(sum))
		}
	}
}
