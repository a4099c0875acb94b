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
