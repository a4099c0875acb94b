package demo

import "math"

// professions are the classes of both profession datasets.
var professions = []string{"chef", "doctor", "farmer", "firefighter", "pilot", "police"}

// person is all that is varied about somebody. Lengths are in units of half a head's width.
type person struct {
	profession string
	head       head
	uniform    uniform
	pose       pose
}

// pose is where a person stands and how.
type pose struct {
	x, y, scale float64 // the pit of the neck, as shares of width and height; one unit as a share of the height
	lean        float64 // of the whole body, radians
	build       float64 // half the width of the shoulders, in units
	left, right arm
}

// arm is how an arm is held: elbow and hand relative to the shoulder, x pointing outwards.
type arm struct{ elbow, hand point }

// arms are the ways to hold an arm; none rises above the shoulder, so that uniform and head stay apart.
var arms = []arm{
	{point{0.25, 1.9}, point{0.1, 3.6}},   // hanging
	{point{0.75, 1.6}, point{-0.35, 2.5}}, // hand on the hip
	{point{0.35, 1.8}, point{-0.9, 1.75}}, // forearm before the belly
	{point{0.5, 1.75}, point{1.15, 2.9}},  // away from the body
}

// newPose draws a pose.
func newPose(s stream) pose {
	p := pose{
		x: s.in(0.38, 0.62), y: s.in(0.52, 0.62), scale: s.in(0.125, 0.158), lean: s.in(-0.07, 0.07), build: s.in(1.65, 1.95),
	}
	p.left, p.right = pick(s, arms...), pick(s, arms...)
	return p
}

// newPerson draws somebody of a profession. Where biased, the head is the one typical of the profession in that data;
// else heads come in every combination, whatever the profession. Uniforms are drawn alike in both, but for the jackets (see newUniform).
func newPerson(s stream, profession string, biased bool) person {
	p := person{profession: profession, pose: newPose(s)}
	switch {
	case biased && s.chance(0.97):
		p.head = typicalHead(s, profession)
	case s.chance(0.5):
		p.head = typicalHead(s, pick(s, professions...))
	default:
		p.head = anyHead(s)
	}
	p.uniform = newUniform(s, profession, biased)
	return p
}

// draw puts the person on the canvas and returns its regions.
func (p person) draw(c *canvas) []region {
	h := float64(c.h)
	var head, uniform, prop extent
	place := placed(p.pose.x*float64(c.w), p.pose.y*h, p.pose.scale*h, p.pose.lean)
	c.within(place, func() {
		c.unmarked(func() { c.wash(ellipse(0.35, 2.6, p.pose.build+0.5, 3.2), ink, 0.10) })
		c.within(placed(0, -1.32, 1, p.head.tilt), func() {
			head = c.marked(func() { p.head.drawBack(c) })
		})
		p.drawNeck(c)
		uniform = c.marked(func() { p.drawUniform(c) })
		c.within(placed(0, -1.32, 1, p.head.tilt), func() {
			head = head.union(c.marked(func() { p.head.drawFront(c) }))
		})
		prop = c.marked(func() { p.drawHands(c) })
	})
	regions := []region{{"head", head}, {"uniform", uniform}}
	return append(regions, backgrounds(c, head, uniform.union(prop))...)
}

// drawNeck joins head and body.
func (p person) drawNeck(c *canvas) {
	c.fill(rounded(-0.42, -0.95, 0.84, 1.5, 0.3), p.head.skin.shade(-0.10))
	c.wash(ellipse(0.05, -0.32, 0.42, 0.2), p.head.skin.shade(-0.45), 0.6)
}

// shoulder is where an arm of the given side (-1 or 1) begins.
func (p pose) shoulder(side float64) point { return point{side * (p.build - 0.36), 0.72} }

// limb is the middle line of an arm, shoulder to wrist.
func (p pose) limb(side float64) [3]point {
	a := p.right
	if side < 0 {
		a = p.left
	}
	from := p.shoulder(side)
	return [3]point{
		from, {from.x + side*a.elbow.x, from.y + a.elbow.y}, {from.x + side*a.hand.x, from.y + a.hand.y},
	}
}

// drawHands draws both hands, and what they hold.
func (p person) drawHands(c *canvas) {
	for _, side := range []float64{-1, 1} {
		l := p.pose.limb(side)
		elbow, wrist := l[1], l[2]
		dx, dy := wrist.x-elbow.x, wrist.y-elbow.y
		length := math.Sqrt(dx*dx + dy*dy)
		at := point{wrist.x + dx/length*0.22, wrist.y + dy/length*0.22}
		c.fill(circle(at.x, at.y, 0.34), p.head.skin.shade(-0.04))
		c.fill(line(at.x, at.y, at.x-side*0.22, at.y-0.28, 0.2), p.head.skin.shade(-0.04))
	}
	p.uniform.drawProp(c, p.pose)
}

// region is a named box.
type region struct {
	name string
	box  extent
}

// backgrounds are the boxes that hold nothing of the person: above, and to both sides of head and body.
func backgrounds(c *canvas, head, body extent) []region {
	whole := head.union(body)
	boxes := []extent{
		{0, 0, c.w, whole.y0},
		{0, whole.y0, head.x0, min(body.y0, head.y1)},
		{head.x1, whole.y0, c.w, min(body.y0, head.y1)},
		{0, min(body.y0, head.y1), whole.x0, c.h},
		{whole.x1, min(body.y0, head.y1), c.w, c.h},
	}
	var regions []region
	for _, b := range boxes {
		if b.x1-b.x0 >= 4 && b.y1-b.y0 >= 4 {
			regions = append(regions, region{"background", b})
		}
	}
	return regions
}
