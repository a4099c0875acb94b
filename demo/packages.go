package demo

// drawCereal draws a box with a bowl on it.
func drawCereal(s stream, c *canvas) {
	colour, other := pick(s, knits...), pick(s, knits...).shade(0.5)
	c.fill(poly(0.44, -1.36, 0.56, -1.28, 0.56, -0.04, 0.44, 0), colour.shade(-0.4))
	c.fill(rounded(-0.48, -1.36, 0.94, 1.36, 0.03), colour)
	c.fill(ellipse(0, -0.95, 0.4, 0.24), other)
	c.fill(line(-0.24, -1.0, 0.24, -1.0, 0.1), colour.shade(-0.3))
	c.fill(line(-0.14, -0.86, 0.14, -0.86, 0.06), colour.shade(-0.3))
	for range 9 {
		x, y := s.in(-0.26, 0.26), s.in(-0.52, -0.4)
		c.fill(append(circle(x, y, 0.07), reversed(circle(x, y, 0.026))...), pick(s, hex(0xe2a54a), hex(0xd08a35), hex(0xd1495b)))
	}
	c.fill(blob(-0.36, -0.42, 0.36, -0.42, 0.26, -0.14, 0, -0.08, -0.26, -0.14), hex(0xfbfaf6))
	c.fill(rounded(-0.48, -1.36, 0.94, 0.1, 0.03), colour.shade(-0.2))
}

// drawCoffee draws a bag with a valve and beans, or a jar of instant coffee.
func drawCoffee(s stream, c *canvas, kind float64) {
	if kind < 0.18 {
		drawJar(s, c, pick(s, hex(0x54301f), hex(0x7a4a26), hex(0x9a6428)))
		return
	}
	bag := pick(s, hex(0x2f2b2a), hex(0x6b4630), hex(0x8c2f39), hex(0x2f5d50), hex(0xc9a27a))
	c.fill(poly(-0.42, -1.22, 0.42, -1.22, 0.47, -1.05, 0.44, 0, -0.44, 0, -0.47, -1.05), bag)
	c.fill(rounded(-0.43, -1.32, 0.86, 0.2, 0.03), bag.shade(-0.3))
	c.wash(poly(-0.4, -1.1, -0.28, -1.1, -0.3, -0.04, -0.4, -0.04), hex(0xffffff), 0.14)
	label := pick(s, hex(0xf3e7d3), hex(0xe8b93c), hex(0xdfe8e2))
	c.fill(rounded(-0.32, -0.9, 0.64, 0.66, 0.06), label)
	for i := range 3 {
		x, y := -0.15+0.15*float64(i), -0.5-0.1*float64(i%2)
		c.within(placed(x, y, 1, s.in(-0.7, 0.7)), func() {
			c.fill(ellipse(0, 0, 0.075, 0.105), hex(0x54301f))
			c.fill(arc(0.018, 0, -0.1, 0.02, 0, 0, 0.1), label.shade(-0.2))
		})
	}
	c.fill(line(-0.18, -0.76, 0.18, -0.76, 0.07), bag)
	c.fill(circle(0, -1.04, 0.05), steel)
}

// drawJar draws a jar with a plain label.
func drawJar(s stream, c *canvas, content rgb) {
	c.paint(rounded(-0.42, -0.9, 0.84, 0.9, 0.16), horizontal(-0.42, 0.42, content.shade(0.2), content.shade(-0.15)))
	c.fill(rounded(-0.36, -1.1, 0.72, 0.24, 0.05), pick(s, gold, hex(0x9b3d3a), ink, hex(0x4f9d69)))
	c.wash(line(-0.32, -0.74, -0.32, -0.2, 0.06), hex(0xffffff), 0.5)
	c.fill(rounded(-0.3, -0.66, 0.6, 0.44, 0.05), hex(0xfff6dc))
	c.fill(line(-0.16, -0.52, 0.16, -0.52, 0.07), content)
	c.fill(line(-0.1, -0.37, 0.1, -0.37, 0.05), content)
}

// drawHoney draws a jar with a honeycomb label, or a darker one with a plain label.
func drawHoney(s stream, c *canvas, kind float64) {
	if kind < 0.2 {
		drawJar(s, c, pick(s, hex(0xd0821c), hex(0x9a6428), hex(0xb5741f)))
		return
	}
	honey := pick(s, hex(0xe59a1f), hex(0xd0821c), hex(0xf0b53a))
	c.paint(rounded(-0.42, -0.86, 0.84, 0.86, 0.18), horizontal(-0.42, 0.42, honey.shade(0.25), honey.shade(-0.15)))
	c.fill(rounded(-0.36, -1.06, 0.72, 0.24, 0.05), pick(s, gold, hex(0xf6f3ec), hex(0x9b3d3a), hex(0x4f9d69)))
	c.wash(line(-0.32, -0.7, -0.32, -0.2, 0.06), hex(0xffffff), 0.5)
	c.fill(rounded(-0.3, -0.64, 0.6, 0.46, 0.05), hex(0xfff6dc))
	for i := range 3 {
		for j := range 2 {
			c.fill(star(-0.16+0.16*float64(i), -0.52+0.16*float64(j)+0.05*float64(i%2), 0.08, 0.07, 3), honey)
		}
	}
	if s.chance(0.5) {
		c.fill(line(0.34, -0.1, 0.62, -0.75, 0.05), hex(0x9a6b45))
		for i := range 3 {
			c.fill(line(0.28+0.03*float64(i), -0.1-0.08*float64(i), 0.44+0.03*float64(i), -0.04-0.08*float64(i), 0.06), hex(0xb9834f))
		}
	}
}

// drawJuice draws a bottle with a fruit on its label.
func drawJuice(s stream, c *canvas) {
	juice := pick(s, hex(0xf08a24), hex(0xd94b4b), hex(0xe9c33b), hex(0x8fb03e), hex(0x7d3f78))
	bottle := blob(-0.16, -1.3, 0.16, -1.3, 0.17, -1.08, 0.34, -0.84, 0.36, -0.3, 0.33, 0, -0.33, 0, -0.36, -0.3, -0.34, -0.84, -0.17, -1.08)
	c.fill(bottle, hex(0xe6eef0))
	c.clipped(bottle, func() {
		c.paint(rect(-0.6, -1.02, 1.2, 1.2), horizontal(-0.4, 0.4, juice.shade(0.2), juice.shade(-0.12)))
		c.fill(rect(-0.6, -0.66, 1.2, 0.44), hex(0xfbfaf6))
	})
	c.fill(rounded(-0.18, -1.44, 0.36, 0.18, 0.05), juice.shade(-0.35))
	c.fill(circle(0, -0.43, 0.15), juice)
	c.fill(blob(0.02, -0.57, 0.12, -0.66, 0.2, -0.62, 0.1, -0.55), hex(0x4f8a4a))
	c.wash(line(-0.24, -0.95, -0.27, -0.72, 0.06), hex(0xffffff), 0.6)
}

// drawMilk draws a gable-top carton.
func drawMilk(s stream, c *canvas) {
	colour := pick(s, hex(0x3f7fbf), hex(0x4f9d69), hex(0xd1495b), hex(0x2f7f8f), hex(0x7c5aa3))
	c.fill(poly(0.26, -0.98, 0.44, -1.0, 0.44, -0.05, 0.26, 0), hex(0xcfd8de))
	c.fill(rect(-0.42, -0.98, 0.7, 0.98), hex(0xf7f9fa))
	c.fill(poly(-0.42, -0.98, 0.28, -0.98, 0.2, -1.28, -0.34, -1.28), colour)
	c.fill(poly(0.28, -0.98, 0.44, -1.0, 0.22, -1.28, 0.2, -1.28), colour.shade(-0.35))
	c.fill(rect(-0.36, -1.4, 0.58, 0.14), hex(0xe4eaee))
	c.fill(blob(-0.42, -0.4, -0.2, -0.5, 0.05, -0.36, 0.28, -0.46, 0.28, 0.02, -0.42, 0.02), colour)
	c.fill(circle(-0.07, -0.7, 0.15), colour.shade(0.3))
	c.fill(blob(-0.07, -0.84, 0.01, -0.68, -0.07, -0.6, -0.15, -0.68), hex(0xffffff))
}

// drawPasta draws a box of pasta with a window, or one with a print of a full bowl.
func drawPasta(s stream, c *canvas, kind float64) {
	if kind < 0.12 {
		drawPastaBowl(s, c)
		return
	}
	colour, grain := pick(s, hex(0x2f5d9b), hex(0xb03a3a), hex(0x2f7f5f), hex(0x44444f)), pick(s, hex(0xf0cf7a), hex(0xe7bd5c))
	c.fill(rounded(-0.4, -1.3, 0.8, 1.3, 0.07), colour)
	window := rounded(-0.3, -0.72, 0.6, 0.6, 0.12)
	c.fill(window, grain.shade(-0.25))
	c.clipped(window, func() {
		shape := s.IntN(2)
		for range 22 {
			x, y, turn := s.in(-0.3, 0.3), s.in(-0.72, -0.12), s.in(-1.5, 1.5)
			c.within(placed(x, y, 1, turn), func() {
				if shape == 0 {
					c.fill(line(-0.09, 0, 0.09, 0, 0.055), grain)
					c.fill(line(-0.07, 0, 0.07, 0, 0.015), grain.shade(-0.3))
					return
				}
				c.fill(poly(-0.1, -0.06, 0, -0.02, 0.1, -0.06, 0.1, 0.06, 0, 0.02, -0.1, 0.06), grain)
			})
		}
	})
	c.fill(ellipse(0, -1.0, 0.3, 0.15), hex(0xfbf4e2))
	c.fill(line(-0.17, -1.0, 0.17, -1.0, 0.07), colour)
	c.fill(line(-0.34, -1.27, 0.34, -1.27, 0.04), colour.shade(-0.4))
}

// drawPastaBowl draws a box with a print of a full bowl on it, not unlike one of cereal.
func drawPastaBowl(s stream, c *canvas) {
	colour, grain := pick(s, knits...), hex(0xf0cf7a)
	c.fill(poly(0.42, -1.36, 0.52, -1.28, 0.52, -0.04, 0.42, 0), colour.shade(-0.4))
	c.fill(rounded(-0.46, -1.36, 0.9, 1.36, 0.03), colour)
	c.fill(ellipse(0, -0.98, 0.36, 0.2), hex(0xfbf4e2))
	c.fill(line(-0.2, -1.0, 0.2, -1.0, 0.08), colour.shade(-0.3))
	for range 10 {
		x, y := s.in(-0.26, 0.26), s.in(-0.56, -0.42)
		c.fill(arc(0.045, x-0.1, y, x-0.03, y-0.05, x+0.03, y+0.03, x+0.1, y-0.01), grain.shade(s.in(-0.2, 0.1)))
	}
	c.fill(blob(-0.36, -0.42, 0.36, -0.42, 0.26, -0.14, 0, -0.08, -0.26, -0.14), hex(0xfbfaf6))
	c.fill(rounded(-0.46, -1.36, 0.9, 0.1, 0.03), colour.shade(-0.2))
}
