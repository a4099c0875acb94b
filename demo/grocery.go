package demo

// groceries are the classes of the groceries dataset.
var groceries = []string{"cake", "cereal", "chocolate", "coffee", "honey", "juice", "milk", "pasta"}

// groceryScene draws one to four products of a class on a shelf or a table.
func groceryScene(s stream, class string, c *canvas) []region {
	side := float64(min(c.w, c.h))
	size, rows := s.in(0.36, 0.52)*side, 1
	count := 1 + s.IntN(3)
	if s.chance(0.4) {
		size, rows = s.in(0.25, 0.31)*side, 2
		count = 2 + s.IntN(3)
	}
	floors := drawFurniture(s, c, rows)
	kind := s.Float64()
	var regions []region
	for i := range count {
		floor := floors[i%rows]
		inRow := (count + rows - 1 - i%rows) / rows
		x := (float64(i/rows) + 0.5 + s.in(-0.14, 0.14)) / float64(inRow)
		x = 0.5 + (x-0.5)*0.82
		scale := size * s.in(0.9, 1.08) * min(1, 2.4/float64(inRow))
		box := c.marked(func() {
			c.within(placed(x*float64(c.w), floor*float64(c.h), scale, s.in(-0.03, 0.03)), func() { drawGood(s, c, class, kind) })
		})
		if !box.empty() {
			regions = append(regions, region{"item", box})
		}
	}
	return regions
}

// drawFurniture draws a shelf or a table and returns the heights on which things stand, as shares of the image's.
func drawFurniture(s stream, c *canvas, rows int) []float64 {
	var floors []float64
	c.within(matrix{a: float64(c.w) / 100, e: float64(c.h) / 100}, func() {
		if rows == 1 && s.chance(0.6) {
			floors = drawTable(s, c)
			return
		}
		floors = drawShelf(s, c, rows)
	})
	return floors
}

// drawTable draws a table with a cloth or planks before a wall.
func drawTable(s stream, c *canvas) []float64 {
	edge := s.in(56, 66)
	wall := pick(s, walls...)
	c.paint(rect(0, 0, 100, 100), vertical(0, edge, wall.shade(0.2), wall.shade(-0.08)))
	if s.chance(0.5) {
		x := s.in(8, 60)
		c.fill(rect(x, 6, 32, 34), hex(0xf6f3ec))
		c.paint(rect(x+2, 8, 28, 30), vertical(8, 38, hex(0xa9d4ec), hex(0xe8f4f6)))
		c.fill(rect(x+15, 8, 2, 30), hex(0xf6f3ec))
	}
	if s.chance(0.5) {
		cloth := pick(s, knits...).shade(0.45)
		c.fill(rect(0, edge, 100, 50), hex(0xfaf6ee))
		for i := range 8 {
			at := float64(i) * 14
			c.wash(rect(at, edge, 7, 50), cloth, 0.7)
			c.wash(rect(0, edge+at*0.7, 100, 4.9), cloth, 0.7)
		}
	} else {
		wood := pick(s, hex(0xc89b6a), hex(0x9a6b45), hex(0xdcb98c), hex(0x7d5a48))
		c.fill(rect(0, edge, 100, 50), wood)
		for i := range 4 {
			c.wash(rect(0, edge+float64(i)*11, 100, 0.8), wood.shade(-0.4), 0.6)
		}
	}
	c.wash(rect(0, edge, 100, 1.4), ink, 0.2)
	drawClutter(s, c, edge+2)
	return []float64{(edge + s.in(15, 24)) / 100}
}

// drawShelf draws the boards of a shop's shelf with price tags.
func drawShelf(s stream, c *canvas, rows int) []float64 {
	back := pick(s, walls...).shade(-0.1)
	c.paint(rect(0, 0, 100, 100), vertical(0, 100, back, back.shade(-0.25)))
	board := pick(s, hex(0xe9e4da), hex(0xc89b6a), hex(0x8a6238), hex(0xaab4bd))
	heights := []float64{s.in(80, 86)}
	if rows == 2 {
		heights = []float64{s.in(42, 46), s.in(88, 92)}
	}
	var floors []float64
	for _, y := range heights {
		c.wash(rect(0, y+5, 100, 4), ink, 0.25)
		c.fill(rect(0, y-3, 100, 4), board.shade(0.2))
		c.fill(rect(0, y+1, 100, 5), board.shade(-0.12))
		for x := s.in(4, 14); x < 92; x += s.in(18, 30) {
			c.fill(rounded(x, y+1.8, 9, 3.4, 0.6), hex(0xfdf7d8))
			c.fill(line(x+1.6, y+3.5, x+5.4, y+3.5, 1), hex(0xd1495b))
		}
		floors = append(floors, (y-0.5)/100)
	}
	return floors
}

// drawClutter puts a cup, a plant or nothing on the far side of a table.
func drawClutter(s stream, c *canvas, y float64) {
	x := pick(s, s.in(6, 16), s.in(84, 94))
	switch s.IntN(3) {
	case 0:
		for i := range 5 {
			c.fill(blob(x, y-8, x-8+4*float64(i)-1.6, y-26-2*float64(i%2), x-8+4*float64(i)+1.6, y-22), hex(0x5f9560).shade(-0.1*float64(i%3)))
		}
		c.fill(poly(x-5, y-10, x+5, y-10, x+4, y, x-4, y), hex(0xc9704a))
	case 1:
		colour := pick(s, knits...)
		c.fill(append(circle(x+5, y-5, 3.4), reversed(circle(x+5, y-5, 2))...), colour.shade(-0.2))
		c.fill(rounded(x-5, y-10, 10, 10, 2), colour)
	}
}
