package regions

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// Frame is an upright rectangle in displayed pixels, and a grid of equal cells laid over it.
type Frame struct {
	Left, Top, Right, Bottom float64
	Columns, Rows            int
}

// Raster spreads what is positive on a map over the cells of a frame, row by row: each value is
// the share of all that is positive, in [0, 1], that lies in the cell. A map's cell counts as
// even inside; what a cell of the frame cuts off counts by its exact area. So shares add up to
// that of the frame (see Measure), whatever the map's own resolution, crop or orientation. ok is
// false for a map without a positive value, and for a frame without area.
func Raster(m *attribution.Map, f Frame) (shares []float32, ok bool) {
	positive := 0.0
	for _, v := range m.Values {
		positive += gain(v)
	}
	if positive == 0 || f.Right <= f.Left || f.Bottom <= f.Top {
		return nil, false
	}
	g := m.Geometry.Matrix
	across, down := sides(m)
	switch {
	case g[1] == 0 && g[3] == 0:
		return f.along(m, f.column(across, g[0], g[2]), f.row(down, g[4], g[5]), positive, false), true
	case g[0] == 0 && g[4] == 0: // turned by a quarter
		return f.along(m, f.column(down, g[1], g[2]), f.row(across, g[3], g[5]), positive, true), true
	}
	return f.across(m, positive), true
}

// gain is what a value adds to what is positive.
func gain(v float32) float64 {
	if v > 0 && !math.IsInf(float64(v), 0) {
		return float64(v)
	}
	return 0
}

// span is which cells of a frame one cell of a map touches along one side, and how much of its
// length lies in each.
type span struct {
	first int
	parts []float64
}

func (f Frame) column(cells side, scale, offset float64) []span {
	return spans(cells, scale, offset, f.Left, f.Right, f.Columns)
}

func (f Frame) row(cells side, scale, offset float64) []span {
	return spans(cells, scale, offset, f.Top, f.Bottom, f.Rows)
}

// spans lays cells of a map, whose edges lie at scale·i + offset, on n equal cells from low to high.
func spans(cells side, scale, offset, low, high float64, n int) []span {
	list := make([]span, cells.cells)
	unit := (high - low) / float64(n)
	for i := range list {
		begin, end := float64(i), float64(i+1)
		if i == 0 {
			begin = cells.from
		}
		if i == cells.cells-1 {
			end = cells.upTo
		}
		a, b := (scale*begin+offset-low)/unit, (scale*end+offset-low)/unit
		if a > b {
			a, b = b, a
		}
		length := b - a
		a, b = max(0, a), min(float64(n), b)
		if a >= b {
			continue
		}
		list[i].first = min(n-1, int(a))
		for k := list[i].first; k < n && float64(k) < b; k++ {
			list[i].parts = append(list[i].parts, (min(b, float64(k+1))-max(a, float64(k)))/length)
		}
	}
	return list
}

// along is Raster where the map's rows and columns lie along those of the frame, or, turned,
// across them.
func (f Frame) along(m *attribution.Map, columns, rows []span, positive float64, turned bool) []float32 {
	sum := make([]float64, f.Columns*f.Rows)
	line := make([]float64, f.Columns)
	for y, down := range rows {
		if down.parts == nil {
			continue
		}
		clear(line)
		for x, over := range columns {
			at := y*m.Width + x
			if turned {
				at = x*m.Width + y
			}
			if v := gain(m.Values[at]); v > 0 {
				for k, part := range over.parts {
					line[over.first+k] += v * part
				}
			}
		}
		for k, part := range down.parts {
			row := sum[(down.first+k)*f.Columns:][:f.Columns]
			for c, v := range line {
				row[c] += v * part
			}
		}
	}
	return normal(sum, positive)
}

// across is Raster for a map that lies at any angle.
func (f Frame) across(m *attribution.Map, positive float64) []float32 {
	sum := make([]float64, 0, f.Columns*f.Rows)
	w, h := (f.Right-f.Left)/float64(f.Columns), (f.Bottom-f.Top)/float64(f.Rows)
	for row := range f.Rows {
		for column := range f.Columns {
			left, top := f.Left+w*float64(column), f.Top+h*float64(row)
			inside := 0.0
			for i, part := range Coverage(m, Box(left, top, left+w, top+h)) {
				inside += gain(m.Values[i]) * part
			}
			sum = append(sum, inside)
		}
	}
	return normal(sum, positive)
}

func normal(sum []float64, whole float64) []float32 {
	shares := make([]float32, len(sum))
	for i, v := range sum {
		shares[i] = float32(v / whole)
	}
	return shares
}
