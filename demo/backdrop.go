package demo

// walls are the quiet colours of backgrounds.
var walls = []rgb{
	hex(0xcfe3e2), hex(0xf1ddc4), hex(0xdcd6ea), hex(0xd7e3c7), hex(0xf3d3c9), hex(0xc9d8ea), hex(0xe8e2d6), hex(0xb9c9c2),
}

// backdrop draws one of several places behind a person; which one says nothing about the profession.
func backdrop(s stream, c *canvas) {
	scenes := []func(stream, *canvas){sceneStudio, sceneKitchen, sceneStreet, sceneFields, sceneOffice, sceneWindow}
	c.within(matrix{a: float64(c.w) / 100, e: float64(c.h) / 100}, func() { scenes[s.IntN(len(scenes))](s, c) })
}

// sceneStudio is a plain wall with a disc of light.
func sceneStudio(s stream, c *canvas) {
	wall := pick(s, walls...)
	c.paint(rect(0, 0, 100, 100), vertical(0, 100, wall.shade(0.15), wall.shade(-0.15)))
	c.fill(circle(s.in(30, 70), s.in(25, 55), s.in(28, 44)), wall.shade(0.35))
	for range 3 {
		c.wash(circle(s.in(0, 100), s.in(0, 100), s.in(2, 7)), wall.shade(-0.25), 0.5)
	}
}

// sceneKitchen is a tiled wall with a shelf of jars.
func sceneKitchen(s stream, c *canvas) {
	wall := pick(s, walls...)
	c.fill(rect(0, 0, 100, 100), wall)
	for i := range 11 {
		at := float64(i) * 10
		c.fill(rect(at, 0, 0.7, 100), wall.shade(0.4))
		c.fill(rect(0, at, 100, 0.7), wall.shade(0.4))
	}
	y := s.in(24, 40)
	c.fill(rect(0, y, 100, 2.6), hex(0x8a6238))
	for x := s.in(2, 8); x < 96; x += s.in(9, 15) {
		colour, h := pick(s, knits...), s.in(7, 15)
		c.fill(rounded(x, y-h, 7, h, 1.5), colour)
		c.fill(rounded(x+0.8, y-h-2.2, 5.4, 2.6, 0.6), colour.shade(-0.4))
		c.fill(rect(x, y-h*0.65, 7, h*0.3), hex(0xf6f3ec))
	}
}

// sceneStreet is a skyline under a sky.
func sceneStreet(s stream, c *canvas) {
	sky := pick(s, hex(0xbfe0ee), hex(0xf6d7b0), hex(0xcdd3e6), hex(0x46557f))
	c.paint(rect(0, 0, 100, 100), vertical(0, 80, sky, sky.shade(0.5)))
	for layer := range 2 {
		tint := sky.mix(hex(0x5d6a88), 0.35+0.3*float64(layer))
		for x := s.in(-10, -2); x < 100; x += s.in(13, 22) {
			w, top := s.in(11, 20), s.in(22, 50)+12*float64(layer)
			c.fill(rect(x, top, w, 100), tint)
			for wy := top + 4; wy < 92; wy += 8 {
				for wx := x + 2; wx < x+w-3; wx += 5 {
					if s.chance(0.5) {
						c.fill(rect(wx, wy, 2.4, 3.6), tint.shade(0.4))
					}
				}
			}
		}
	}
}

// sceneFields is rolling hills with trees.
func sceneFields(s stream, c *canvas) {
	sky := pick(s, hex(0xbfe3f2), hex(0xfbe3b9), hex(0xdbe7ef))
	c.paint(rect(0, 0, 100, 100), vertical(0, 70, sky, sky.shade(0.55)))
	c.fill(circle(s.in(10, 90), s.in(10, 28), s.in(6, 9)), hex(0xfdf0c0))
	greens := []rgb{hex(0x9cc08a), hex(0x7fae73), hex(0x5f9560)}
	for i, green := range greens {
		y := 46 + 14*float64(i) + s.in(-4, 4)
		c.fill(blob(-30, y+10, 10, y-s.in(0, 8), 50, y+s.in(-3, 6), 90, y-s.in(0, 8), 130, y+10, 130, 140, -30, 140), green)
	}
	for range 4 {
		x, y, r := s.in(0, 100), s.in(42, 60), s.in(4, 8)
		c.fill(rect(x-0.8, y, 1.6, r*1.6), hex(0x7a5a3c))
		c.fill(circle(x, y-r*0.3, r), hex(0x4f8a5a).shade(s.in(-0.15, 0.15)))
	}
}

// sceneOffice is a wall with framed prints and a plant.
func sceneOffice(s stream, c *canvas) {
	wall := pick(s, walls...)
	c.fill(rect(0, 0, 100, 100), wall)
	c.fill(rect(0, 74, 100, 26), wall.shade(-0.28))
	c.fill(rect(0, 72.5, 100, 2), wall.shade(0.45))
	for _, x := range []float64{s.in(4, 14), s.in(72, 80)} {
		y, w := s.in(10, 24), s.in(15, 22)
		c.fill(rect(x, y, w, w*1.2), ink)
		c.fill(rect(x+1.2, y+1.2, w-2.4, w*1.2-2.4), hex(0xf6f3ec))
		c.fill(circle(x+w/2, y+w*0.6, w*0.25), pick(s, knits...))
	}
	x := pick(s, 9.0, 91.0)
	for i := range 5 {
		c.fill(blob(x, 76, x-9+4.5*float64(i)-2, 56-3*float64(i%2), x-9+4.5*float64(i)+2, 60), hex(0x5f9560).shade(-0.1*float64(i%3)))
	}
	c.fill(poly(x-5, 74, x+5, 74, x+4, 88, x-4, 88), hex(0xc9704a))
}

// sceneWindow is a big window with clouds.
func sceneWindow(s stream, c *canvas) {
	wall, sky := pick(s, walls...).shade(-0.12), pick(s, hex(0xa9d4ec), hex(0xf3cfa6), hex(0xbcc8e2))
	c.fill(rect(0, 0, 100, 100), wall)
	c.paint(rect(6, 8, 88, 66), vertical(8, 74, sky, sky.shade(0.6)))
	for range 4 {
		x, y := s.in(10, 85), s.in(14, 60)
		for k := range 4 {
			c.wash(ellipse(x+4*float64(k)-6, y-2*float64(k%2), 5, 3.4), hex(0xffffff), 0.75)
		}
	}
	for _, x := range []float64{5, 34, 64, 92} {
		c.fill(rect(x, 6, 2.4, 70), wall.shade(0.5))
	}
	c.fill(rect(3, 5, 94, 3), wall.shade(0.5))
	c.fill(rect(3, 73, 94, 4), wall.shade(0.5))
}
