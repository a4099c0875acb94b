package demo

import "math"

// norm is the length of a vector.
func norm(x, y float64) float64 { return math.Sqrt(x*x + y*y) }

// drawChef: double-breasted, two columns of buttons, an apron below.
func (u uniform) drawChef(c *canvas) {
	seam, button := u.main.shade(-0.30), u.trim.shade(-0.25)
	if u.main.luma() < 0.5 {
		seam, button = u.main.shade(0.30), hex(0xf4f1ea)
	}
	c.fill(arc(0.08, u.mirror*0.42, -0.1, u.mirror*0.95, 0.7, u.mirror*0.95, 1.4, u.mirror*0.9, 5), seam)
	for row := range 4 {
		for _, side := range []float64{-1, 1} {
			c.fill(circle(side*0.5, 0.72+0.52*float64(row), 0.15), button)
			c.wash(circle(side*0.5-0.04, 0.68+0.52*float64(row), 0.05), hex(0xffffff), 0.7)
		}
	}
	if u.variant < 3 {
		apron := pick3(u.variant, hex(0xf4f1ea), u.second.shade(-0.2), ink)
		c.fill(rect(-3, 2.75, 6, 4), apron)
		c.fill(rect(-3, 2.68, 6, 0.2), apron.shade(-0.25))
		c.fill(line(0.25, 2.85, 0.5, 3.6, 0.14), apron.shade(-0.25))
		c.fill(line(0.15, 2.85, 0.05, 3.5, 0.14), apron.shade(-0.25))
	}
}

// pick3 chooses by number.
func pick3(i int, a, b, c rgb) rgb { return [3]rgb{a, b, c}[i%3] }

// drawDoctor: an open coat over a shirt, a stethoscope, pens in the pocket.
func (u uniform) drawDoctor(c *canvas) {
	shirt := u.second.shade(0.35)
	c.fill(poly(-0.48, -0.4, 0.48, -0.4, 0.28, 1.6, 0.5, 6, -0.5, 6, -0.28, 1.6), shirt)
	lapel := u.main.shade(-0.14)
	if u.main.luma() < 0.5 {
		lapel = u.main.shade(0.14)
	}
	for _, side := range []float64{-1, 1} {
		c.fill(poly(side*0.46, -0.3, side*0.98, 0.25, side*0.72, 0.55, side*0.9, 0.72, side*0.28, 1.7), lapel)
	}
	c.fill(rounded(u.mirror*1.0-0.36, 1.5, 0.72, 0.8, 0.1), lapel)
	for i, pen := range []rgb{hex(0xd1495b), hex(0x3f5d9b)} {
		c.fill(line(u.mirror*1.0-0.12+0.24*float64(i), 1.3, u.mirror*1.0-0.12+0.24*float64(i), 1.6, 0.09), pen)
	}
}

// drawStethoscope hangs around the neck.
func (u uniform) drawStethoscope(c *canvas) {
	m := u.mirror
	tube := hex(0x2b2a33)
	if u.main.luma() < 0.3 {
		tube = hex(0xd1495b)
	}
	c.fill(arc(0.13, -0.62, 0.02, -0.66, 0.7, -0.3, 1.25, 0, 1.5), tube)
	c.fill(arc(0.13, 0.62, 0.02, 0.66, 0.7, 0.3, 1.25, 0, 1.5), tube)
	c.fill(arc(0.13, 0, 1.5, m*0.12, 2.0, m*0.5, 2.2), tube)
	c.fill(circle(m*0.6, 2.25, 0.28), silver)
	c.fill(circle(m*0.6, 2.25, 0.16), steel)
}

// drawFarmer: dungarees with straps, buckles and a bib pocket over a checked shirt.
func (u uniform) drawFarmer(c *canvas) {
	if u.variant < 3 {
		for i := range 9 {
			at := -2.2 + 0.55*float64(i)
			c.wash(rect(at, -1, 0.2, 7), u.second.shade(-0.45), 0.45)
			c.wash(rect(-3, at+1.6, 6, 0.2), u.second.shade(0.55), 0.45)
		}
	}
	stitch := u.main.shade(0.4)
	for _, side := range []float64{-1, 1} {
		c.fill(poly(side*0.62, -0.3, side*1.0, -0.3, side*0.98, 1.3, side*0.58, 1.3), u.main)
	}
	c.fill(rounded(-1.05, 1.05, 2.1, 2.2, 0.18), u.main)
	c.fill(rect(-3, 2.6, 6, 4), u.main)
	c.wash(rect(-3, 2.62, 6, 0.07), stitch, 0.8)
	c.fill(rounded(-0.55, 1.5, 1.1, 0.85, 0.14), u.main.shade(-0.22))
	c.wash(line(-0.5, 1.6, 0.5, 1.6, 0.06), stitch, 0.9)
	c.wash(line(0, 1.6, 0, 2.25, 0.05), stitch, 0.8)
	for _, side := range []float64{-1, 1} {
		c.fill(circle(side*0.78, 1.22, 0.17), gold)
		c.fill(circle(side*0.78, 1.22, 0.08), gold.shade(-0.4))
	}
}

// drawFirefighter: a turnout coat with reflective bands and clasps.
func (u uniform) drawFirefighter(c *canvas) {
	c.fill(rect(-0.14, -0.4, 0.28, 7), u.main.shade(-0.35))
	c.band(1.35)
	if u.variant%2 == 0 {
		c.band(2.75)
	}
	for _, side := range []float64{-1, 1} {
		if u.variant < 2 {
			c.fill(rect(side*1.0-0.17, -0.5, 0.34, 1.9), hex(0xe6e04a))
			c.fill(rect(side*1.0-0.06, -0.5, 0.12, 1.9), silver)
		}
	}
	for i := range 3 {
		y := 0.75 + 1.15*float64(i)
		c.fill(rounded(-0.32, y, 0.64, 0.16, 0.06), steel)
		c.fill(rounded(-0.1, y-0.04, 0.2, 0.24, 0.05), silver)
	}
}

// band is a reflective stripe around the chest.
func (c *canvas) band(y float64) {
	c.fill(rect(-3, y, 6, 0.46), hex(0xe6e04a))
	c.fill(rect(-3, y+0.15, 6, 0.16), hex(0xd8dde2))
}

// drawPilot: a shirt or blazer with tie, wings, epaulettes (drawn with the sleeves) and buttons.
func (u uniform) drawPilot(c *canvas) {
	if u.main.luma() < 0.5 {
		c.fill(poly(-0.5, -0.4, 0.5, -0.4, 0, 1.75), hex(0xf4f1ea))
		for _, side := range []float64{-1, 1} {
			c.fill(poly(side*0.46, -0.3, side*0.85, 0.1, side*0.8, 0.62, side*0.05, 1.8), u.main.shade(0.12))
			c.fill(circle(side*0.3, 2.05, 0.11), gold)
			c.fill(circle(side*0.3, 2.6, 0.11), gold)
		}
	} else {
		c.wash(line(0, 0.2, 0, 6, 0.07), u.main.shade(-0.4), 0.8)
	}
	c.drawWings(u.mirror*0.98, 1.15)
	c.drawTie(ink.mix(u.trim, 0.25))
}

// drawWings is the pilot's badge.
func (c *canvas) drawWings(x, y float64) {
	for _, side := range []float64{-1, 1} {
		c.fill(blob(x, y-0.08, x+side*0.3, y-0.2, x+side*0.62, y-0.14, x+side*0.4, y+0.06, x, y+0.12), gold)
	}
	c.fill(circle(x, y, 0.17), gold.shade(-0.2))
	c.fill(circle(x, y, 0.09), hex(0xfff0b0))
}

// drawTie is a long tie.
func (c *canvas) drawTie(colour rgb) {
	c.fill(poly(-0.1, 0.28, 0.1, 0.28, 0.24, 1.9, 0, 2.2, -0.24, 1.9), colour)
	c.fill(poly(-0.17, 0.0, 0.17, 0.0, 0.1, 0.32, -0.1, 0.32), colour.shade(0.12))
}

// drawPolice: shirt with badge, flap pockets, radio strap, belt.
func (u uniform) drawPolice(c *canvas) {
	dark := u.main.shade(-0.28)
	c.wash(line(0, 0.2, 0, 6, 0.08), dark, 0.9)
	for _, side := range []float64{-1, 1} {
		c.fill(rounded(side*0.98-0.4, 1.35, 0.8, 0.85, 0.1), u.main.shade(-0.12))
		c.fill(poly(side*0.98-0.42, 1.3, side*0.98+0.42, 1.3, side*0.98+0.36, 1.55, side*0.98, 1.68, side*0.98-0.36, 1.55), dark)
	}
	shine := gold
	if u.variant%2 == 1 {
		shine = silver
	}
	c.fill(star(u.mirror*1.16, 0.86, 0.42, 0.25, 7), shine)
	c.fill(circle(u.mirror*1.16, 0.86, 0.14), shine.shade(-0.35))
	c.fill(rounded(-u.mirror*1.1-0.34, 0.95, 0.68, 0.2, 0.05), shine)
	c.fill(rect(-3, 2.85, 6, 0.42), ink)
	c.fill(rounded(-0.26, 2.83, 0.52, 0.46, 0.06), shine)
	for _, x := range []float64{-1.2, 1.2} {
		c.fill(rounded(x-0.24, 2.8, 0.48, 0.7, 0.08), ink.shade(0.1))
	}
	if u.tied {
		c.drawTie(ink)
	}
}
