package demo

import "math"

// The kinds of hair, hats, glasses and beards. None says anything about a profession.
const (
	hairShort = iota
	hairSpiky
	hairCurls
	hairBun
	hairBob
	hairBald
	hairKinds
)
const (
	hatNone = iota
	hatBeanie
	hatCap
	hatStraw
	hatBeret
	hatPhones
	hatKinds
)
const (
	glassesNone = iota
	glassesRound
	glassesSquare
	glassesDark
	glassesKinds
)
const (
	beardNone = iota
	beardFull
	beardMoustache
	beardGoatee
	beardKinds
)

// head is a face and what is on it; the origin is its middle, half its width is 1.
type head struct {
	skin, colour, cloth       rgb // skin, hair, hat
	hair, hat, glasses, beard int
	tilt, turn, smile, blush  float64
	freckles, open, earrings  bool
}

// newHead draws all that is never tied to a profession.
func newHead(s stream) head {
	return head{
		skin: pick(s, skins...), colour: pick(s, hairs...), cloth: pick(s, knits...),
		tilt: s.in(-0.16, 0.16), turn: s.in(-0.22, 0.22), smile: s.in(-0.02, 0.2), blush: s.in(0, 0.5),
		freckles: s.chance(0.15), open: s.chance(0.3), earrings: s.chance(0.2),
	}
}

// anyHead draws every attribute on its own.
func anyHead(s stream) head {
	h := newHead(s)
	h.hair, h.glasses, h.beard = s.IntN(hairKinds), s.IntN(glassesKinds), s.IntN(beardKinds)
	if s.chance(0.5) {
		h.hat = 1 + s.IntN(hatKinds-1)
	}
	if h.hat == hatStraw {
		h.cloth = pick(s, straws...)
	}
	return h
}

// typicalHead is the look a profession happens to have in the biased data.
func typicalHead(s stream, profession string) head {
	h := newHead(s)
	switch profession {
	case "chef":
		h.hat, h.beard, h.hair = hatBeret, beardMoustache, pick(s, hairShort, hairBald)
	case "doctor":
		h.hair, h.glasses = hairBun, glassesRound
	case "farmer":
		h.hat, h.hair, h.cloth = hatStraw, pick(s, hairBob, hairShort), pick(s, straws...)
	case "firefighter":
		h.hat, h.beard, h.hair = hatBeanie, beardFull, hairShort
	case "pilot":
		h.hat, h.hair = hatPhones, pick(s, hairSpiky, hairCurls)
	case "police":
		h.hat, h.glasses, h.hair = hatCap, glassesDark, pick(s, hairShort, hairBob)
	}
	return h
}

// drawBack draws what lies behind neck and shoulders.
func (h head) drawBack(c *canvas) {
	dark := h.colour.shade(-0.22)
	switch h.hair {
	case hairBob:
		c.fill(blob(-1.02, -0.7, 0, -1.3, 1.02, -0.7, 1.2, 0.25, 1.02, 1.0, 0, 1.05, -1.02, 1.0, -1.2, 0.25), dark)
	case hairCurls:
		for i := range 13 {
			sin, cos := math.Sincos(math.Pi * (0.82 + 1.36*float64(i)/12))
			c.fill(circle(1.08*cos, -0.1+1.12*sin, 0.42), dark)
		}
	case hairBun:
		c.fill(circle(0.1, -1.42, 0.5), dark)
		c.fill(arc(0.07, -0.2, -1.5, 0.05, -1.3, 0.35, -1.4), h.colour.shade(-0.4))
	}
	if h.hat == hatStraw {
		c.fill(ellipse(0, -0.55, 1.95, 0.62), h.cloth.shade(-0.38))
	}
}

// drawFront draws face, hair, glasses, beard and hat.
func (h head) drawFront(c *canvas) {
	for _, side := range []float64{-1, 1} {
		c.fill(ellipse(side*0.99+0.1*h.turn, 0.08, 0.17, 0.26), h.skin.shade(-0.12))
		if h.earrings {
			c.fill(circle(side*1.0, 0.42, 0.08), gold)
		}
	}
	face := blob(-0.95, -0.35, -0.6, -1.05, 0, -1.2, 0.6, -1.05, 0.95, -0.35, 0.93, 0.3, 0.6, 0.92, 0, 1.13, -0.6, 0.92, -0.93, 0.3)
	c.fill(face, h.skin)
	c.clipped(face, func() {
		c.wash(ellipse(-1.0+0.4*h.turn, 0.4, 0.55, 1.4), h.skin.shade(-0.35), 0.28)
		c.drawBeard(h)
	})
	h.drawFeatures(c)
	h.drawHair(c, face)
	h.drawGlasses(c)
	h.drawHat(c)
}

// drawFeatures draws eyes, brows, nose, mouth.
func (h head) drawFeatures(c *canvas) {
	t := h.turn
	for _, side := range []float64{-1, 1} {
		x := t + side*0.4
		c.wash(ellipse(x+side*0.14, 0.42, 0.2, 0.13), hex(0xe0665c), 0.5*h.blush)
		c.fill(ellipse(x, 0.02, 0.095, 0.125), ink)
		c.fill(circle(x+0.03, -0.03, 0.032), hex(0xffffff))
		c.fill(arc(0.085, x-0.19, -0.27, x, -0.35, x+0.19, -0.28), h.colour.shade(-0.25))
		if h.freckles {
			for i := range 3 {
				c.wash(circle(x-0.12+0.12*float64(i), 0.3+0.05*float64(i%2), 0.03), h.skin.shade(-0.5), 0.7)
			}
		}
	}
	c.fill(arc(0.085, t*1.2+0.02, 0.08, t*1.2+0.13, 0.3, t*1.2-0.04, 0.34), h.skin.shade(-0.3))
	if h.open {
		c.fill(blob(t-0.26, 0.6, t, 0.62, t+0.26, 0.6, t, 0.62+0.2+h.smile), lips)
		c.fill(rounded(t-0.18, 0.6, 0.36, 0.08, 0.03), hex(0xffffff))
		return
	}
	c.fill(arc(0.09, t-0.27, 0.62, t, 0.62+h.smile, t+0.27, 0.62), lips)
}

// drawBeard draws within the face.
func (c *canvas) drawBeard(h head) {
	t, dark := h.turn, h.colour.shade(-0.12)
	switch h.beard {
	case beardFull:
		c.fill(blob(-1.1, 0.05, -0.78, 0.3, -0.45, 0.42, t, 0.36, 0.45, 0.42, 0.78, 0.3, 1.1, 0.05, 1.0, 0.9, 0, 1.5, -1.0, 0.9), dark)
		c.fill(ellipse(t, 0.66, 0.34, 0.15), h.skin.shade(-0.05))
	case beardMoustache:
		c.fill(blob(t, 0.4, t+0.35, 0.38, t+0.62, 0.58, t+0.3, 0.6, t, 0.52, t-0.3, 0.6, t-0.62, 0.58, t-0.35, 0.38), dark)
	case beardGoatee:
		c.fill(blob(t-0.32, 0.78, t, 0.72, t+0.32, 0.78, t+0.22, 1.2, t-0.22, 1.2), dark)
		c.fill(arc(0.1, t-0.3, 0.5, t, 0.44, t+0.3, 0.5), dark)
	}
}

// drawHair draws what lies over the face.
func (h head) drawHair(c *canvas, face path) {
	top, shine := h.colour, h.colour.shade(0.18)
	switch h.hair {
	case hairShort:
		c.fill(blob(-1.02, -0.1, -1.05, -0.75, -0.5, -1.32, 0.3, -1.36, 0.95, -0.95, 1.04, -0.1, 0.86, -0.42, 0.5, -0.66, -0.3, -0.6, -0.84, -0.4), top)
		c.wash(arc(0.1, -0.6, -1.05, -0.1, -1.2, 0.4, -1.15), shine, 0.6)
	case hairSpiky:
		c.fill(blob(-1.03, -0.1, -1.06, -0.8, -0.5, -1.3, 0.4, -1.3, 1.06, -0.8, 1.03, -0.1, 0.82, -0.5, 0.3, -0.74, -0.4, -0.68, -0.84, -0.45), top)
		for i := range 7 {
			angle := math.Pi * (1.1 + 0.8*float64(i)/6)
			sin, cos := math.Sincos(angle)
			c.fill(poly(0.95*cos-0.24, 0.85*sin-0.2, 0.95*cos+0.24, 0.85*sin-0.2, 1.3*cos+0.06, 1.42*sin-0.22), top)
		}
		c.wash(arc(0.08, -0.6, -1.0, -0.1, -1.14, 0.4, -1.1), shine, 0.6)
	case hairCurls:
		for i := range 9 {
			sin, cos := math.Sincos(math.Pi * (1.02 + 0.96*float64(i)/8))
			c.fill(circle(0.92*cos, -0.2+0.98*sin, 0.36), top)
			c.wash(arc(0.06, 0.92*cos-0.15, -0.25+0.98*sin, 0.92*cos, -0.36+0.98*sin, 0.92*cos+0.14, -0.26+0.98*sin), shine, 0.7)
		}
	case hairBun:
		c.clipped(join(face, ellipse(0, -0.3, 1.04, 1.0)), func() {
			c.fill(blob(-1.1, 0.2, -1.15, -0.9, 0, -1.45, 1.15, -0.9, 1.1, 0.2, 0.9, -0.4, 0.3, -0.82, -0.25, -0.84, -0.86, -0.45), top)
			c.wash(arc(0.08, -0.7, -0.85, -0.2, -1.1, 0.1, -1.18), shine, 0.7)
		})
	case hairBob:
		c.fill(blob(-1.08, 0.35, -1.12, -0.7, -0.45, -1.34, 0.4, -1.34, 1.12, -0.7, 1.08, 0.35, 0.86, -0.35, 0.2, -0.78, -0.3, -0.55, -0.86, -0.25), top)
		c.wash(arc(0.1, -0.65, -1.0, -0.1, -1.18, 0.45, -1.14), shine, 0.6)
	case hairBald:
		for _, side := range []float64{-1, 1} {
			c.fill(ellipse(side*0.98, -0.2, 0.15, 0.34), top)
		}
		c.wash(arc(0.12, -0.5, -0.85, -0.2, -1.02, 0.1, -1.04), h.skin.shade(0.5), 0.6)
	}
}

// drawGlasses draws glasses.
func (h head) drawGlasses(c *canvas) {
	if h.glasses == glassesNone {
		return
	}
	t := h.turn
	for _, side := range []float64{-1, 1} {
		x := t + side*0.42
		c.fill(line(x+side*0.3, -0.02, side*1.0, -0.1, 0.07), ink)
		switch h.glasses {
		case glassesRound:
			c.fill(append(circle(x, 0.03, 0.35), reversed(circle(x, 0.03, 0.275))...), ink)
			c.wash(circle(x, 0.03, 0.275), hex(0xdff3ff), 0.28)
		case glassesSquare:
			c.fill(append(rounded(x-0.34, -0.22, 0.68, 0.5, 0.1), reversed(rounded(x-0.26, -0.14, 0.52, 0.34, 0.06))...), hex(0x7a2e2e))
		case glassesDark:
			c.fill(blob(x-0.36, -0.2, x, -0.24, x+0.36, -0.2, x+0.3, 0.2, x, 0.32, x-0.3, 0.2), hex(0x23222b))
			c.wash(line(x-0.16, -0.08, x-0.02, -0.14, 0.07), hex(0xffffff), 0.6)
		}
	}
	c.fill(line(t-0.1, -0.02, t+0.1, -0.02, 0.07), ink)
}

// reversed turns every polygon the other way: as a hole.
func reversed(p path) path {
	for _, part := range p {
		for i, j := 0, len(part)-1; i < j; i, j = i+1, j-1 {
			part[i], part[j] = part[j], part[i]
		}
	}
	return p
}
