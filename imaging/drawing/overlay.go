package drawing

import (
	"fmt"

	"github.com/sightline/sightline/imaging"
)

// Options say how values become colour. The zero value draws the whole
// map at half opacity with a colour map that suits its sign.
type Options struct {
	// ColourMap is a name; "" is inferno for maps without negative values and
	// balance for signed ones.
	ColourMap string
	// Opacity of the colours, 0..1; 0 means 0.5.
	Opacity float64
	// Min and Max are the values at the ends of the colour map; both 0 means the
	// map's own range (symmetric around zero for a diverging colour map). In maps
	// of more than FineMap values the strongest 1 % of each sign lie beyond it:
	// one pixel of many would else leave the others without colour.
	Min, Max float64
	// Threshold, 0..1, hides what is weaker than this share of the range (of the
	// distance from zero for a diverging colour map).
	Threshold float64
	// Cells draws each cell in one colour instead of interpolating.
	Cells bool
}

// Overlay blends a map of w×h values, in rows, over im, which must be upright;
// g.Matrix maps map cells (continuous, w×h) to displayed pixels: see
// imaging.Geometry.Scaled. Pixels the model never saw stay as they are. It fails on
// maps with NaN or infinite values rather than draw them. The image that it returns is
// a new one; its Release is the caller's.
func Overlay(im *imaging.Image, values []float32, w, h int, g imaging.Geometry, o Options) (*imaging.Image, error) {
	if im.Orientation.Rotated() {
		return nil, fmt.Errorf("overlay: the image is stored with orientation %d: pass im.Upright()", im.Orientation)
	}
	if w < 1 || h < 1 || len(values) != w*h {
		return nil, fmt.Errorf("overlay: %d values for a map of %d×%d", len(values), w, h)
	}
	scale, err := newScale(values, o)
	if err != nil {
		return nil, err
	}
	out := im.Clone()
	cells := &grid{levels: scale.levels(values), w: w, h: h, nearest: o.Cells}
	m := g.InverseMatrix()
	across, down := side{w, 0, float64(w), o.Cells}, side{h, 0, float64(h), o.Cells}
	if g.Edges != [4]float64{} {
		across.from, down.from, across.upTo, down.upTo = g.Bounds()
	}
	switch {
	case m[1] == 0 && m[3] == 0:
		cells.paint(out, across.axis(out.Width, m[0], m[2]), down.axis(out.Height, m[4], m[5]), scale.blender())
	case m[0] == 0 && m[4] == 0: // turned by a quarter
		cells.transpose()
		cells.paint(out, down.axis(out.Width, m[3], m[5]), across.axis(out.Height, m[1], m[2]), scale.blender())
	default:
		cells.paintEach(out, across, down, g.Inverse(), scale.blender())
	}
	return out, nil
}

// grid is the cells of a map as levels (see scale.levels), in rows.
type grid struct {
	levels  []float64
	w, h    int
	nearest bool // each pixel has the level of the cell it lies in
}

func (g *grid) transpose() {
	turned := make([]float64, len(g.levels))
	for y := range g.h {
		for x := range g.w {
			turned[x*g.h+y] = g.levels[y*g.w+x]
		}
	}
	g.levels, g.w, g.h = turned, g.h, g.w
}

// paint blends over an image whose pixels lie along the map's rows and columns. A row of
// pixels needs the two rows of cells beside it mixed once, in its own proportion.
func (g *grid) paint(im *imaging.Image, columns, rows axis, b *blender) {
	line := make([]float64, g.w)
	for y := rows.first; y < rows.end; y++ {
		above, below, part := g.row(rows.low[y]), g.row(rows.high[y]), rows.part[y]
		for c := range line {
			line[c] = above[c] + (below[c]-above[c])*part
		}
		row := im.Pix[3*im.Width*y : 3*im.Width*(y+1)]
		for x := columns.first; x < columns.end; x++ {
			left := line[columns.low[x]]
			b.over(row[3*x:3*x+3:3*x+3], left+(line[columns.high[x]]-left)*columns.part[x])
		}
	}
}

func (g *grid) row(y int32) []float64 { return g.levels[int(y)*g.w : (int(y)+1)*g.w] }

// paintEach is paint for pixels that lie in any direction.
func (g *grid) paintEach(im *imaging.Image, across, down side, inverse func(x, y float64) (float64, float64), b *blender) {
	for y := range im.Height {
		for x := range im.Width {
			cx, cy := inverse(float64(x)+0.5, float64(y)+0.5)
			if across.holds(cx) && down.holds(cy) {
				at := 3 * (y*im.Width + x)
				b.over(im.Pix[at:at+3:at+3], g.at(cx, cy))
			}
		}
	}
}

// at reads a level at a continuous position inside the map.
func (g *grid) at(x, y float64) float64 {
	x0, x1, fx := between(x, g.w, g.nearest)
	y0, y1, fy := between(y, g.h, g.nearest)
	above, below := g.row(y0), g.row(y1)
	left, right := above[x0]+(below[x0]-above[x0])*fy, above[x1]+(below[x1]-above[x1])*fy
	return left + (right-left)*fx
}

// axis tells, for the pixels along one side of an image, between which of a map's cells
// they lie.
type axis struct {
	first, end int // the pixels that lie in the map: [first, end)
	low, high  []int32
	part       []float64 // how far from low to high
}

// side is one side of a map: so many cells, of which the outermost reach to where the model's
// input ends.
type side struct {
	cells      int
	from, upTo float64
	nearest    bool
}

func (s side) holds(at float64) bool { return at >= s.from && at <= s.upTo }

// axis is that of so many pixels; the centre of pixel p lies at scale·(p + 0.5) + offset of
// the cells.
func (s side) axis(pixels int, scale, offset float64) axis {
	a := axis{low: make([]int32, pixels), high: make([]int32, pixels), part: make([]float64, pixels)}
	for p := range pixels {
		at := scale*(float64(p)+0.5) + offset
		if !s.holds(at) {
			continue
		}
		if a.end == 0 {
			a.first = p
		}
		a.end = p + 1
		a.low[p], a.high[p], a.part[p] = between(at, s.cells, s.nearest)
	}
	return a
}

// between tells between the centres of which of so many cells a continuous position lies,
// and how far from the first to the second; or, for nearest, in which cell.
func between(at float64, cells int, nearest bool) (low, high int32, part float64) {
	if nearest {
		cell := int32(max(0, min(cells-1, int(at))))
		return cell, cell, 0
	}
	at = max(0, at-0.5)
	low = int32(min(cells-1, int(at)))
	return low, min(int32(cells-1), low+1), at - float64(low)
}
