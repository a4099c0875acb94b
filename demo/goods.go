package demo

// drawGood draws one product: it stands on y = 0, is about 1 wide and up to 1.5 high, centred on x = 0.
// kind, 0…1, chooses among a class's sorts: the same for all products of an image.
func drawGood(s stream, c *canvas, class string, kind float64) {
	c.unmarked(func() { c.wash(ellipse(0.04, 0.01, 0.56, 0.07), ink, 0.28) })
	switch class {
	case "cake":
		drawCake(s, c, kind)
	case "chocolate":
		drawChocolate(s, c, kind)
	case "cereal":
		drawCereal(s, c)
	case "coffee":
		drawCoffee(s, c, kind)
	case "honey":
		drawHoney(s, c, kind)
	case "juice":
		drawJuice(s, c)
	case "milk":
		drawMilk(s, c)
	case "pasta":
		drawPasta(s, c, kind)
	}
}

// browns are the colours of chocolate.
var browns = []rgb{hex(0x4b2a1c), hex(0x5f3722), hex(0x3a2018), hex(0x74482c)}

// drawCake draws a layer cake, a slice, a ring cake or, often enough to confuse, a glazed chocolate cake scored in squares.
func drawCake(s stream, c *canvas, kind float64) {
	switch {
	case kind < 0.26:
		drawTablet(s, c, tablet{crumb: true})
	case kind < 0.6:
		drawLayerCake(s, c)
	case kind < 0.82:
		drawSlice(s, c)
	default:
		drawRingCake(s, c)
	}
}

// drawChocolate draws a bare tablet, a wrapped one, or a box of pralines.
func drawChocolate(s stream, c *canvas, kind float64) {
	switch {
	case kind < 0.62:
		drawTablet(s, c, tablet{})
	case kind < 0.86:
		drawTablet(s, c, tablet{wrapped: true})
	default:
		drawPralines(s, c)
	}
}

// tablet is a block of chocolate, or the cake that looks like one.
type tablet struct{ wrapped, crumb bool }

// drawTablet draws a block scored in squares, standing a little tilted. A cake differs by crumbs at its foot and a
// slightly rounder outline.
func drawTablet(s stream, c *canvas, t tablet) {
	w, h := s.in(0.78, 0.98), s.in(0.85, 1.15)
	colour := pick(s, browns...)
	round := 0.05
	if t.crumb {
		round = s.in(0.05, 0.09)
	}
	outline := rounded(-w/2, -h, w, h, round)
	c.fill(rounded(-w/2+0.05, -h+0.03, w, h-0.03, round), colour.shade(-0.4))
	c.fill(outline, colour)
	c.clipped(outline, func() { drawSquares(c, w, h, 3, 4, colour) })
	if t.wrapped {
		foil, paper := pick(s, gold, silver), pick(s, knits...)
		top := -h * s.in(0.45, 0.65)
		c.fill(poly(-w/2-0.03, top, -w/4, top-0.07, 0, top, w/4, top-0.07, w/2+0.03, top, w/2+0.03, 0, -w/2-0.03, 0), foil)
		c.fill(rect(-w/2-0.04, top+0.1, w+0.08, -top-0.1), paper)
		c.fill(rounded(-w*0.36, top+0.2, w*0.72, -top*0.4, 0.05), hex(0xf8efe0))
		c.fill(line(-w*0.24, top+0.2-top*0.2, w*0.24, top+0.2-top*0.2, 0.06), colour)
	}
	if t.crumb {
		for range 4 {
			c.fill(circle(s.in(-0.55, 0.55), s.in(-0.03, 0.02), s.in(0.012, 0.026)), colour.shade(0.1))
		}
	}
}

// drawSquares scores a block into columns × rows raised squares.
func drawSquares(c *canvas, w, h float64, columns, rows int, colour rgb) {
	cw, ch := w/float64(columns), h/float64(rows)
	for i := range columns {
		for j := range rows {
			x, y := -w/2+float64(i)*cw, -h+float64(j)*ch
			c.fill(rounded(x+0.03, y+0.03, cw-0.06, ch-0.06, 0.03), colour.shade(-0.25))
			c.fill(rounded(x+0.03, y+0.03, cw-0.09, ch-0.09, 0.03), colour.shade(0.17))
			c.fill(rounded(x+0.06, y+0.06, cw-0.13, ch-0.13, 0.02), colour.shade(0.05))
		}
	}
}

// drawPralines draws an open box of pralines.
func drawPralines(s stream, c *canvas) {
	box := pick(s, knits...)
	c.fill(rounded(-0.55, -0.9, 1.1, 0.9, 0.06), box)
	c.fill(rounded(-0.48, -0.83, 0.96, 0.76, 0.04), hex(0xf8efe0))
	for i := range 3 {
		for j := range 3 {
			x, y := -0.31+0.31*float64(i), -0.7+0.25*float64(j)
			colour := pick(s, browns...)
			c.fill(circle(x, y, 0.115), colour)
			c.wash(arc(0.03, x-0.07, y-0.03, x, y-0.06, x+0.07, y-0.02), pick(s, hex(0xf3dcb8), hex(0xd1495b), colour.shade(0.4)), 0.9)
		}
	}
}

// drawLayerCake draws layers of sponge and cream with icing, cherries or candles.
func drawLayerCake(s stream, c *canvas) {
	sponge, cream := pick(s, hex(0xe9bf7d), hex(0x7a4a2e), hex(0xd98e8e)), pick(s, hex(0xfdf3e3), hex(0xf7c9d0), hex(0xfbe9b5))
	c.fill(ellipse(0, -0.02, 0.62, 0.07), hex(0xeef1f2))
	c.fill(rounded(-0.5, -0.66, 1.0, 0.64, 0.08), sponge)
	c.fill(rect(-0.5, -0.4, 1.0, 0.1), cream)
	icing := pick(s, cream, hex(0xf2a0b0), hex(0xf9f4ec), hex(0xb5dccb))
	c.fill(rounded(-0.52, -0.74, 1.04, 0.2, 0.1), icing)
	for i := range 6 {
		x := -0.43 + 0.172*float64(i)
		c.fill(line(x, -0.6, x, -0.6+s.in(0.02, 0.16), 0.15), icing)
	}
	if s.chance(0.5) {
		for i := range 3 {
			x := -0.3 + 0.3*float64(i)
			c.fill(circle(x, -0.8, 0.085), hex(0xc52f3d))
			c.fill(circle(x-0.03, -0.83, 0.022), hex(0xffffff))
			c.fill(arc(0.02, x, -0.86, x+0.04, -0.95, x+0.1, -0.98), hex(0x4f7a3c))
		}
		return
	}
	for i := range 4 {
		x := -0.33 + 0.22*float64(i)
		c.fill(line(x, -0.76, x, -0.98, 0.05), pick(s, knits...))
		c.fill(ellipse(x, -1.05, 0.032, 0.055), hex(0xf7b733))
	}
}

// drawSlice draws a wedge of cake on a plate.
func drawSlice(s stream, c *canvas) {
	sponge, cream := pick(s, hex(0xe9bf7d), hex(0x7a4a2e), hex(0xb6553f)), pick(s, hex(0xfdf3e3), hex(0xf7c9d0))
	c.fill(ellipse(0, -0.04, 0.62, 0.08), hex(0xf3f5f6))
	c.fill(ellipse(0, -0.05, 0.46, 0.05), hex(0xd9dfe2))
	c.fill(poly(-0.45, -0.05, 0.45, -0.05, 0.45, -0.6, -0.45, -0.48), sponge)
	c.fill(poly(-0.45, -0.22, 0.45, -0.24, 0.45, -0.34, -0.45, -0.3), cream)
	c.fill(poly(-0.46, -0.46, 0.46, -0.58, 0.46, -0.72, -0.46, -0.56), cream)
	c.fill(poly(-0.46, -0.56, 0.46, -0.72, 0.2, -0.78), cream.shade(0.3))
	c.fill(blob(0.2, -0.72, 0.1, -0.84, 0.22, -0.93, 0.34, -0.84), hex(0xcf3a45))
	c.fill(blob(0.14, -0.92, 0.22, -0.98, 0.3, -0.92, 0.22, -0.9), hex(0x4f8a4a))
}

// drawRingCake draws a ring cake dusted with sugar.
func drawRingCake(s stream, c *canvas) {
	crust := pick(s, hex(0xb9793f), hex(0x8d5530), hex(0xcf9a52))
	c.fill(ellipse(0, -0.02, 0.64, 0.07), hex(0xeef1f2))
	c.fill(blob(-0.55, -0.06, -0.56, -0.32, -0.4, -0.58, 0, -0.66, 0.4, -0.58, 0.56, -0.32, 0.55, -0.06, 0, 0), crust)
	for i := range 5 {
		x := -0.4 + 0.2*float64(i)
		c.wash(arc(0.03, x*0.6, -0.6, x*0.95, -0.35, x, -0.05), crust.shade(-0.4), 0.6)
	}
	c.fill(ellipse(0, -0.56, 0.15, 0.05), crust.shade(-0.45))
	sugar := blob(-0.42, -0.46, -0.3, -0.6, 0, -0.67, 0.3, -0.6, 0.42, -0.46, 0.28, -0.4, 0.14, -0.48, 0, -0.41, -0.15, -0.49, -0.28, -0.4)
	c.wash(sugar, pick(s, hex(0xffffff), hex(0xf7d9e0)), 0.9)
	c.fill(ellipse(0, -0.58, 0.13, 0.035), crust.shade(-0.45))
}
