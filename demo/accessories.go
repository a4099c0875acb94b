package demo

// drawNeckwear draws collars and what is worn around the neck, over any jacket.
func (u uniform) drawNeckwear(c *canvas) {
	switch u.profession {
	case "chef":
		if u.tied {
			c.fill(blob(-0.56, -0.02, 0, 0.16, 0.56, -0.02, 0.5, 0.26, 0, 0.46, -0.5, 0.26), u.trim)
			c.fill(poly(-0.12, 0.3, 0.12, 0.3, 0.36, 0.86, -0.02, 0.72, -0.34, 0.84), u.trim.shade(-0.15))
			return
		}
		c.fill(rounded(-0.55, -0.08, 1.1, 0.34, 0.14), u.main.shade(-0.15))
	case "doctor":
		u.drawStethoscope(c)
	case "firefighter":
		c.fill(rounded(-0.66, -0.14, 1.32, 0.48, 0.18), u.main.shade(-0.3))
		c.fill(rounded(-0.66, 0.02, 1.32, 0.12, 0.05), hex(0xe6e04a))
	default:
		colour := u.shirt().shade(0.22)
		for _, side := range []float64{-1, 1} {
			c.fill(poly(side*0.02, 0.28, side*0.58, -0.14, side*0.78, 0.12, side*0.36, 0.6), colour)
		}
	}
}

// drawSleeveMarks draws what a profession wears on its sleeves, inside the sleeve.
func (u uniform) drawSleeveMarks(c *canvas, l [3]point, side float64) {
	switch u.profession {
	case "firefighter":
		c.fill(across(l[0], l[1], 0.72, 1, 0.4), hex(0xe6e04a))
		c.fill(across(l[0], l[1], 0.72, 1, 0.15), hex(0xd8dde2))
		c.fill(across(l[1], l[2], 0.7, 1, 0.34), hex(0xe6e04a))
	case "police":
		c.fill(circle(l[0].x+side*0.12, l[0].y+0.62, 0.27), gold.shade(-0.1))
		c.fill(circle(l[0].x+side*0.12, l[0].y+0.62, 0.15), hex(0x2f4468))
	case "pilot":
		c.fill(rounded(l[0].x-0.4, l[0].y-0.46, 0.8, 0.5, 0.1), ink)
		for i := range 3 {
			c.fill(rect(l[0].x-0.34+0.26*float64(i), l[0].y-0.5, 0.13, 0.58), gold)
		}
		if u.main.luma() < 0.5 {
			for i := range 3 {
				c.fill(across(l[1], l[2], 0.55+0.13*float64(i), 1, 0.1), gold)
			}
		}
	case "farmer":
		if u.variant < 3 {
			for i := range 8 {
				c.wash(across(l[0], l[1], 0.2*float64(i), 1, 0.12), u.second.shade(-0.45), 0.45)
				c.wash(across(l[1], l[2], 0.2*float64(i), 1, 0.12), u.second.shade(-0.45), 0.45)
			}
		}
	}
}

// drawProp draws what one hand holds.
func (u uniform) drawProp(c *canvas, p pose) {
	if u.prop == propNone {
		return
	}
	at := p.limb(u.propSide)[2]
	c.within(placed(at.x, at.y, 1, 0), func() {
		switch u.prop {
		case propMug:
			c.fill(append(circle(0.42*u.propSide, -0.1, 0.26), reversed(circle(0.42*u.propSide, -0.1, 0.15))...), u.propColour.shade(-0.2))
			c.fill(rounded(-0.36, -0.5, 0.72, 0.82, 0.1), u.propColour)
			c.fill(ellipse(0, -0.5, 0.36, 0.1), hex(0x4a2c20))
		case propClipboard:
			c.fill(rounded(-0.6, -0.7, 1.2, 1.5, 0.08), hex(0x8a6238))
			c.fill(rect(-0.5, -0.55, 1.0, 1.25), hex(0xfbfaf6))
			for i := range 4 {
				c.fill(line(-0.35, -0.3+0.24*float64(i), 0.3, -0.3+0.24*float64(i), 0.06), steel)
			}
			c.fill(rounded(-0.2, -0.8, 0.4, 0.2, 0.05), steel)
		case propPhone:
			c.fill(rounded(-0.22, -0.55, 0.44, 0.85, 0.08), ink)
			c.fill(rounded(-0.17, -0.47, 0.34, 0.68, 0.04), hex(0x9fd0e6))
		case propBag:
			c.fill(arc(0.09, -0.3, 0.5, 0, -0.05, 0.3, 0.5), u.propColour.shade(-0.4))
			c.fill(rounded(-0.6, 0.45, 1.2, 1.1, 0.12), u.propColour)
			c.fill(circle(0, 0.95, 0.2), u.propColour.shade(0.5))
		}
	})
}
