package regions

import "github.com/sightline/sightline/attribution"

// side is one side of a map: so many cells, of which the outermost reach to the input's edges.
type side struct {
	cells      int
	from, upTo float64 // the edges, in cells
}

func sides(m *attribution.Map) (across, down side) {
	left, top, right, bottom := m.Geometry.Bounds()
	return side{m.Width, left, right}, side{m.Height, top, bottom}
}

// length is that of a cell.
func (s side) length(cell int) float64 {
	long := 1.0
	if cell == 0 {
		long -= s.from
	}
	if cell == s.cells-1 {
		long += s.upTo - float64(s.cells)
	}
	return long
}

// even is a place were all cells as long as the inner ones.
func (s side) even(x float64) float64 {
	last := float64(s.cells - 1)
	switch {
	case s.cells == 1:
		return (x - s.from) / (s.upTo - s.from)
	case x < 1:
		return 1 - (1-x)/(1-s.from)
	case x > last:
		return last + (x-last)/(s.upTo-last)
	}
	return x
}

// stretched is a region in a map's cells were all cells as long as the inner ones: what it covers
// of each cell stays the same.
func (r Region) stretched(m *attribution.Map) Region {
	if m.Geometry.Edges == [4]float64{} {
		return r
	}
	across, down := sides(m)
	out := make(Region, len(r))
	for i, p := range r {
		out[i] = p.bent(0, 1).bent(0, float64(across.cells-1)).bent(1, 1).bent(1, float64(down.cells-1))
	}
	return out.mapped(func(x, y float64) (float64, float64) { return across.even(x), down.even(y) })
}

// bent is an outline with a corner wherever it crosses the line on which a coordinate is at.
func (p Polygon) bent(axis int, at float64) Polygon {
	var out Polygon
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		out = append(out, p[i], p[i+1])
		if a, b := p[i+axis]-at, p[j+axis]-at; a*b < 0 {
			t := a / (a - b)
			out = append(out, p[i]+t*(p[j]-p[i]), p[i+1]+t*(p[j+1]-p[i+1]))
		}
	}
	return out
}
