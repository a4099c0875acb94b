package imaging

// Geometry tells where the pixels of a model's input come from in the original
// image as it is displayed (upright, as browsers show it).
type Geometry struct {
	InputWidth    int `json:"input_width"`
	InputHeight   int `json:"input_height"`
	DisplayWidth  int `json:"display_width"`
	DisplayHeight int `json:"display_height"`
	// Matrix maps input coordinates (x, y), continuous with pixel centres at
	// +0.5, to displayed coordinates: X = m0·x + m1·y + m2, Y = m3·x + m4·y + m5.
	Matrix [6]float64 `json:"matrix"`
	// Edges are the left, top, right and bottom of the model's input, in the same
	// coordinates, where they are not 0, 0, InputWidth and InputHeight: see Laid.
	Edges [4]float64 `json:"edges,omitzero"`
}

// Apply maps a point of the model's input to the displayed image.
func (g Geometry) Apply(x, y float64) (float64, float64) { return affine(g.Matrix).apply(x, y) }

// Invert maps a point of the displayed image to the model's input.
func (g Geometry) Invert(x, y float64) (float64, float64) {
	return affine(g.Matrix).invert().apply(x, y)
}

// Inverse returns Invert as a function that is cheap to call once per pixel.
func (g Geometry) Inverse() func(x, y float64) (float64, float64) {
	return affine(g.Matrix).invert().apply
}

// InverseMatrix is Matrix the other way: from the displayed image to the model's input.
func (g Geometry) InverseMatrix() [6]float64 { return affine(g.Matrix).invert() }

// Scaled returns the geometry of a map of mapWidth×mapHeight cells spread
// evenly over the input: its matrix maps cell coordinates to displayed pixels.
func (g Geometry) Scaled(mapWidth, mapHeight int) Geometry {
	sx := float64(g.InputWidth) / float64(mapWidth)
	sy := float64(g.InputHeight) / float64(mapHeight)
	g.Matrix = affine(g.Matrix).after(affine{sx, 0, 0, 0, sy, 0})
	g.InputWidth, g.InputHeight = mapWidth, mapHeight
	return g
}

// A Line says where the middles of cells lie along one side of a model's input: that of cell i
// at First + i·Step, in pixels, the middle of the first pixel at 0. Step 0: it is not known.
type Line struct{ First, Step float64 }

// offset is where cell 0 would begin, were it as long as a step.
func (l Line) offset() float64 { return l.First + 0.5 - l.Step/2 }

// fits reports whether so many cells lie on so many pixels other than evenly, and each on some.
func (l Line) fits(cells, pixels int) bool {
	first, last := -l.offset()/l.Step, (float64(pixels)-l.offset())/l.Step
	even := l.Step*float64(cells) == float64(pixels) && l.offset() == 0
	return l.Step > 0 && !even && first < 1 && last > float64(cells-1)
}

// Laid returns the geometry of a map of mapWidth×mapHeight cells whose middles lie where the
// lines say; along a side whose line is not known, they are spread evenly. The outermost cells
// reach to the edges of the input, which may make them longer or shorter than the others.
func (g Geometry) Laid(mapWidth, mapHeight int, across, down Line) Geometry {
	if !across.fits(mapWidth, g.InputWidth) && !down.fits(mapHeight, g.InputHeight) {
		return g.Scaled(mapWidth, mapHeight)
	}
	place := func(l Line, cells, pixels int) (step, offset, first, last float64) {
		if !l.fits(cells, pixels) {
			return float64(pixels) / float64(cells), 0, 0, float64(cells)
		}
		return l.Step, l.offset(), -l.offset() / l.Step, (float64(pixels) - l.offset()) / l.Step
	}
	sx, x, left, right := place(across, mapWidth, g.InputWidth)
	sy, y, top, bottom := place(down, mapHeight, g.InputHeight)
	g.Matrix = affine(g.Matrix).after(affine{sx, 0, x, 0, sy, y})
	g.InputWidth, g.InputHeight, g.Edges = mapWidth, mapHeight, [4]float64{left, top, right, bottom}
	return g
}

// Bounds are the left, top, right and bottom of the model's input in cells.
func (g Geometry) Bounds() (left, top, right, bottom float64) {
	if g.Edges == [4]float64{} {
		return 0, 0, float64(g.InputWidth), float64(g.InputHeight)
	}
	return g.Edges[0], g.Edges[1], g.Edges[2], g.Edges[3]
}

// affine is a 2×3 matrix in row order.
type affine [6]float64

func (m affine) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[1]*y + m[2], m[3]*x + m[4]*y + m[5]
}

// after returns the map that applies n first, then m.
func (m affine) after(n affine) affine {
	return affine{
		m[0]*n[0] + m[1]*n[3], m[0]*n[1] + m[1]*n[4], m[0]*n[2] + m[1]*n[5] + m[2],
		m[3]*n[0] + m[4]*n[3], m[3]*n[1] + m[4]*n[4], m[3]*n[2] + m[4]*n[5] + m[5],
	}
}

// invert returns the inverse of m, which must not be singular.
func (m affine) invert() affine {
	det := m[0]*m[4] - m[1]*m[3]
	a, b, c, d := m[4]/det, -m[1]/det, -m[3]/det, m[0]/det
	return affine{a, b, -(a*m[2] + b*m[5]), c, d, -(c*m[2] + d*m[5])}
}
