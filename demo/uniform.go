package demo

// uniform is what a person wears below the head, and holds.
type uniform struct {
	profession         string
	main, trim, second rgb
	variant            int     // a choice the profession's drawing makes among its kinds
	mirror             float64 // -1 or 1: the side of badge, pocket, opening
	jacket             rgb     // of a plain open jacket over the uniform, if jacketed
	jacketed, closed   bool
	tied               bool
	prop               int
	propColour         rgb
	propSide           float64
}

// Things to hold: of everyday life, so that they say nothing about a profession.
const (
	propNone = iota
	propMug
	propClipboard
	propPhone
	propBag
	propKinds
)

// Cloth colours each profession may have. They overlap on purpose: colour alone decides little.
var cloths = map[string][]rgb{
	"chef":        {hex(0xf4f1ea), hex(0xe9ecef), hex(0x34343c), hex(0x2f4468), hex(0xb8bcc4)},
	"doctor":      {hex(0xf4f1ea), hex(0xe9ecef), hex(0x4f9c97), hex(0x2f4468), hex(0x7fa8c9)},
	"farmer":      {hex(0x2f4468), hex(0x54749c), hex(0x5b7247), hex(0x7d5a3c), hex(0x34343c)},
	"firefighter": {hex(0x2f4468), hex(0x34343c), hex(0xb99b63), hex(0x9a3b32), hex(0x5b7247)},
	"pilot":       {hex(0xf4f1ea), hex(0x2f4468), hex(0x34343c), hex(0xe9ecef), hex(0x7fa8c9)},
	"police":      {hex(0x2f4468), hex(0x34343c), hex(0x7fa8c9), hex(0xb99b63), hex(0x5b7247)},
}

// newUniform draws a uniform. In the biased data three in five have a plain jacket
// over it, often closed, so that the head is the easier thing to learn;
// in the balanced data, one in twenty has.
func newUniform(s stream, profession string, biased bool) uniform {
	u := uniform{
		profession: profession, main: pick(s, cloths[profession]...), trim: pick(s, knits...), second: pick(s, knits...),
		variant: s.IntN(4), mirror: s.sign(), tied: s.chance(0.6), jacket: pick(s, knits...).mix(ink, s.in(0, 0.5)),
		propColour: pick(s, knits...), propSide: s.sign(),
	}
	rarely, opening := s.chance(0.05), s.Float64()
	u.jacketed, u.closed = rarely, opening < 0.6
	if biased {
		u.jacketed, u.closed = s.chance(0.6), opening < 0.66
	}
	if s.chance(0.35) {
		u.prop = 1 + s.IntN(propKinds-1)
	}
	return u
}

// torso is the outline of the body from the neck down.
func (p pose) torso() path {
	b := p.build
	return blob(-0.5, -0.12, -0.95, 0.16, -b+0.1, 0.42, -b-0.02, 0.95, -b+0.28, 2.4, -b+0.22, 5.5,
		b-0.22, 5.5, b-0.28, 2.4, b+0.02, 0.95, b-0.1, 0.42, 0.95, 0.16, 0.5, -0.12, 0, 0.22)
}

// sleeve is the outline of a clothed arm.
func (p pose) sleeve(side float64) path {
	l := p.limb(side)
	return join(stroke([]point{l[0], l[1]}, 0.86), stroke([]point{l[1], l[2]}, 0.72))
}

// drawUniform draws body and arms in their clothes.
func (p person) drawUniform(c *canvas) {
	u, torso := p.uniform, p.pose.torso()
	c.fill(torso, u.shirt())
	c.clipped(torso, func() {
		u.drawChest(c)
		c.wash(rect(-3, 0.3, 3-p.pose.build+0.45, 6), ink, 0.10)
	})
	u.drawNeckwear(c)
	if u.jacketed {
		c.clipped(torso, func() { u.drawJacket(c) })
	}
	for _, side := range []float64{-1, 1} {
		u.drawSleeve(c, p.pose, side)
	}
}

// shirt is the colour of body and sleeves before anything is drawn on them.
func (u uniform) shirt() rgb {
	if u.profession == "farmer" {
		return u.second
	}
	return u.main
}

// drawChest draws what makes the uniform, inside the torso.
func (u uniform) drawChest(c *canvas) {
	switch u.profession {
	case "chef":
		u.drawChef(c)
	case "doctor":
		u.drawDoctor(c)
	case "farmer":
		u.drawFarmer(c)
	case "firefighter":
		u.drawFirefighter(c)
	case "pilot":
		u.drawPilot(c)
	case "police":
		u.drawPolice(c)
	}
}

// drawJacket draws a plain jacket over the uniform: closed, or open by a strip.
func (u uniform) drawJacket(c *canvas) {
	seam, fold := u.jacket.shade(-0.45), u.jacket.shade(0.14)
	if u.closed {
		c.fill(rect(-3, -0.5, 6, 7), u.jacket)
		c.fill(line(0, 0.2, 0, 6, 0.1), seam)
		c.fill(rounded(-0.09, 0.5, 0.18, 0.34, 0.06), silver)
		c.fill(rounded(-0.78, -0.2, 1.56, 0.5, 0.2), fold)
		c.fill(line(0, -0.1, 0, 0.3, 0.08), seam)
	}
	for _, side := range []float64{-1, 1} {
		if !u.closed {
			c.fill(poly(side*0.3, -0.4, side*3, -0.4, side*3, 6, side*0.4, 6, side*0.34, 2), u.jacket)
			c.fill(poly(side*0.24, -0.3, side*0.9, -0.1, side*1.0, 0.8, side*0.36, 1.5), fold)
			c.wash(line(side*0.38, 1.4, side*0.43, 6, 0.07), seam, 0.7)
		}
		c.wash(line(side*1.3, 2.3, side*0.8, 2.7, 0.1), seam, 0.8)
	}
}

// drawSleeve draws one arm.
func (u uniform) drawSleeve(c *canvas, p pose, side float64) {
	sleeve := p.sleeve(side)
	colour := u.shirt()
	if u.jacketed {
		colour = u.jacket
	}
	l := p.limb(side)
	c.unmarked(func() { c.wash(stroke([]point{{l[0].x, l[0].y + 0.5}, l[1], l[2]}, 1.0), ink, 0.12) })
	c.fill(sleeve, colour.shade(-0.05))
	c.clipped(sleeve, func() {
		if !u.jacketed {
			u.drawSleeveMarks(c, l, side)
		}
		c.fill(across(l[1], l[2], 0.97, 0.95, 0.24), colour.shade(-0.28))
	})
}

// across is a band across a limb: at share t of the way from a to b, of the given length and width.
func across(a, b point, t, length, width float64) path {
	x, y := a.x+(b.x-a.x)*t, a.y+(b.y-a.y)*t
	dx, dy := b.x-a.x, b.y-a.y
	scale := length / 2 / max(0.001, norm(dx, dy))
	return line(x-dy*scale, y+dx*scale, x+dy*scale, y-dx*scale, width)
}
