package demo

import "math"

// drawHat draws what is worn on the head.
func (h head) drawHat(c *canvas) {
	switch h.hat {
	case hatBeanie:
		h.drawBeanie(c)
	case hatCap:
		h.drawCap(c)
	case hatStraw:
		h.drawStraw(c)
	case hatBeret:
		h.drawBeret(c)
	case hatPhones:
		h.drawPhones(c)
	}
}

// drawBeanie draws a knitted hat with a pompom.
func (h head) drawBeanie(c *canvas) {
	crown := blob(-1.06, -0.5, -1.0, -1.15, -0.5, -1.62, 0, -1.72, 0.5, -1.62, 1.0, -1.15, 1.06, -0.5, 0, -0.62)
	c.fill(circle(0, -1.82, 0.33), h.cloth.shade(0.45))
	for i := range 7 {
		sin, cos := math.Sincos(float64(i) * 2 * math.Pi / 7)
		c.fill(circle(0.2*cos, -1.82+0.2*sin, 0.14), h.cloth.shade(0.6))
	}
	c.fill(crown, h.cloth)
	c.clipped(crown, func() {
		for i := range 9 {
			x := -1.0 + 0.25*float64(i)
			c.wash(arc(0.06, x*0.35, -1.75, x*0.9, -1.2, x, -0.5), h.cloth.shade(-0.35), 0.5)
		}
	})
	c.fill(rounded(-1.12, -0.82, 2.24, 0.42, 0.18), h.cloth.shade(0.16))
	for i := range 10 {
		x := -0.98 + 0.218*float64(i)
		c.wash(line(x, -0.75, x, -0.48, 0.05), h.cloth.shade(-0.35), 0.5)
	}
}

// drawCap draws a baseball cap, its peak to the side the face is turned to.
func (h head) drawCap(c *canvas) {
	side := 1.0
	if h.turn < 0 {
		side = -1
	}
	crown := blob(-1.06, -0.52, -0.98, -1.15, -0.45, -1.5, 0.45, -1.5, 0.98, -1.15, 1.06, -0.52, 0, -0.6)
	c.fill(crown, h.cloth)
	c.clipped(crown, func() {
		c.fill(ellipse(side*0.35, -0.85, 0.62, 0.75), h.cloth.shade(0.55))
		c.wash(arc(0.05, 0, -1.5, -0.25*side, -1.1, -0.3*side, -0.5), h.cloth.shade(-0.4), 0.7)
	})
	c.fill(circle(0, -1.5, 0.09), h.cloth.shade(-0.3))
	c.fill(blob(-0.55*side, -0.66, 0.4*side, -0.72, 1.3*side, -0.62, 1.72*side, -0.36, 1.0*side, -0.38, 0.1*side, -0.42, -0.6*side, -0.46), h.cloth.shade(-0.3))
}

// drawStraw draws a wide-brimmed straw hat.
func (h head) drawStraw(c *canvas) {
	c.fill(blob(-1.95, -0.5, -1.1, -0.88, 0, -0.98, 1.1, -0.88, 1.95, -0.5, 1.05, -0.5, 0, -0.58, -1.05, -0.5), h.cloth)
	crown := blob(-0.92, -0.75, -0.86, -1.3, -0.5, -1.66, 0.5, -1.66, 0.86, -1.3, 0.92, -0.75, 0, -0.9)
	c.fill(crown, h.cloth.shade(0.08))
	c.clipped(crown, func() {
		for i := range 6 {
			y := -1.6 + 0.16*float64(i)
			c.wash(arc(0.045, -1, y+0.08, 0, y-0.02, 1, y+0.08), h.cloth.shade(-0.4), 0.45)
		}
		c.fill(arc(0.24, -1, -0.88, 0, -0.99, 1, -0.88), hex(0x9b3d3a))
	})
	c.wash(arc(0.05, -1.7, -0.52, -0.9, -0.74, 0, -0.8, 0.9, -0.74, 1.7, -0.52), h.cloth.shade(-0.4), 0.45)
}

// drawBeret draws a beret, hanging to one side.
func (h head) drawBeret(c *canvas) {
	c.fill(blob(-1.05, -0.72, -1.42, -1.02, -1.1, -1.5, -0.2, -1.68, 0.7, -1.5, 1.08, -1.0, 0.95, -0.66, 0, -0.8), h.cloth)
	c.wash(blob(-1.2, -1.0, -0.9, -1.36, -0.2, -1.5, -0.5, -1.2, -0.9, -1.0), h.cloth.shade(0.35), 0.6)
	c.fill(arc(0.2, -1.0, -0.62, 0, -0.8, 0.98, -0.62), h.cloth.shade(-0.3))
	c.fill(line(-0.2, -1.66, -0.14, -1.86, 0.12), h.cloth.shade(-0.3))
}

// drawPhones draws headphones.
func (h head) drawPhones(c *canvas) {
	c.fill(arc(0.2, -1.12, 0, -1.1, -0.7, -0.6, -1.32, 0, -1.48, 0.6, -1.32, 1.1, -0.7, 1.12, 0), hex(0x3a3c46))
	c.wash(arc(0.06, -0.75, -1.2, 0, -1.5, 0.6, -1.35), hex(0xffffff), 0.45)
	for _, side := range []float64{-1, 1} {
		c.fill(rounded(side*1.14-0.22, -0.35, 0.44, 0.85, 0.2), h.cloth)
		c.fill(rounded(side*1.28-0.1, -0.25, 0.2, 0.65, 0.1), h.cloth.shade(-0.35))
	}
}
