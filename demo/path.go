package demo

import "math"

// point is a place in the coordinates of whatever is being drawn; y grows downwards.
type point struct{ x, y float64 }

// path is a filled outline: polygons whose union is meant, all turning the same way (see [canvas.fill]). Curves are
// flattened when they are made: shapes are small, so that 16 to 48 corners look round.
type path [][]point

// poly is a polygon through x0, y0, x1, y1, …
func poly(coords ...float64) path {
	points := make([]point, 0, len(coords)/2)
	for i := 0; i+1 < len(coords); i += 2 {
		points = append(points, point{coords[i], coords[i+1]})
	}
	return path{wound(points)}
}

// wound turns a polygon so that its signed area is positive: overlapping parts then add up instead of cancelling out.
func wound(points []point) []point {
	area := 0.0
	for i, p := range points {
		q := points[(i+1)%len(points)]
		area += p.x*q.y - q.x*p.y
	}
	if area < 0 {
		for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
			points[i], points[j] = points[j], points[i]
		}
	}
	return points
}

// rect is an upright rectangle from its left top corner.
func rect(x, y, w, h float64) path { return poly(x, y, x+w, y, x+w, y+h, x, y+h) }

// rounded is a rectangle with corners of radius r.
func rounded(x, y, w, h, r float64) path {
	r = min(r, w/2, h/2)
	var points []point
	corners := [4]point{{x + w - r, y + r}, {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}}
	for c, centre := range corners {
		for i := range 7 {
			sin, cos := math.Sincos((float64(c-1) + float64(i)/6) * math.Pi / 2)
			points = append(points, point{centre.x + r*cos, centre.y + r*sin})
		}
	}
	return path{wound(points)}
}

// ellipse has radii rx and ry.
func ellipse(x, y, rx, ry float64) path {
	points := make([]point, 40)
	for i := range points {
		sin, cos := math.Sincos(float64(i) * 2 * math.Pi / float64(len(points)))
		points[i] = point{x + rx*cos, y + ry*sin}
	}
	return path{wound(points)}
}

// circle has radius r.
func circle(x, y, r float64) path { return ellipse(x, y, r, r) }

// star has n rays between radii r and inner.
func star(x, y, r, inner float64, n int) path {
	points := make([]point, 2*n)
	for i := range points {
		radius := r
		if i%2 == 1 {
			radius = inner
		}
		sin, cos := math.Sincos(float64(i)*math.Pi/float64(n) - math.Pi/2)
		points[i] = point{x + radius*cos, y + radius*sin}
	}
	return path{wound(points)}
}

// curve samples a smooth (Catmull-Rom) line through the points x0, y0, x1, y1, …; closed joins the ends.
func curve(closed bool, coords ...float64) []point {
	n := len(coords) / 2
	at := func(i int) point {
		if closed {
			i = (i + n) % n
		} else {
			i = max(0, min(n-1, i))
		}
		return point{coords[2*i], coords[2*i+1]}
	}
	spans := n
	if !closed {
		spans = n - 1
	}
	var points []point
	for i := range spans {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		for k := range 8 {
			t := float64(k) / 8
			points = append(points, point{spline(a.x, b.x, c.x, d.x, t), spline(a.y, b.y, c.y, d.y, t)})
		}
	}
	if !closed {
		points = append(points, at(n-1))
	}
	return points
}

// spline is the Catmull-Rom polynomial between b (t = 0) and c (t = 1).
func spline(a, b, c, d, t float64) float64 {
	return b + t/2*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
}

// blob is the smooth closed shape through the points.
func blob(coords ...float64) path { return path{wound(curve(true, coords...))} }

// stroke is a line of the given width with round ends and joints.
func stroke(points []point, width float64) path {
	r := width / 2
	var p path
	for i, a := range points {
		p = append(p, circle(a.x, a.y, r)...)
		if i+1 == len(points) {
			break
		}
		b := points[i+1]
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Sqrt(dx*dx + dy*dy)
		if length == 0 {
			continue
		}
		nx, ny := -dy/length*r, dx/length*r
		p = append(p, poly(a.x+nx, a.y+ny, b.x+nx, b.y+ny, b.x-nx, b.y-ny, a.x-nx, a.y-ny)...)
	}
	return p
}

// line is a straight stroke.
func line(x0, y0, x1, y1, width float64) path {
	return stroke([]point{{x0, y0}, {x1, y1}}, width)
}

// arc is a smooth stroke through the points.
func arc(width float64, coords ...float64) path { return stroke(curve(false, coords...), width) }

// join is the union of paths.
func join(paths ...path) path {
	var all path
	for _, p := range paths {
		all = append(all, p...)
	}
	return all
}

// matrix is an affine map: X = a·x + b·y + c, Y = d·x + e·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

// apply maps one point.
func (m matrix) apply(p point) point {
	return point{m.a*p.x + m.b*p.y + m.c, m.d*p.x + m.e*p.y + m.f}
}

// times is the map that applies n first, then m.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.d, m.a*n.b + m.b*n.e, m.a*n.c + m.b*n.f + m.c,
		m.d*n.a + m.e*n.d, m.d*n.b + m.e*n.e, m.d*n.c + m.e*n.f + m.f,
	}
}

// inverse undoes m.
func (m matrix) inverse() matrix {
	det := m.a*m.e - m.b*m.d
	return matrix{
		m.e / det, -m.b / det, (m.b*m.f - m.c*m.e) / det,
		-m.d / det, m.a / det, (m.c*m.d - m.a*m.f) / det,
	}
}

// placed scales, turns (radians) and then moves to x, y.
func placed(x, y, scale, angle float64) matrix {
	sin, cos := math.Sincos(angle)
	return matrix{scale * cos, -scale * sin, x, scale * sin, scale * cos, y}
}
