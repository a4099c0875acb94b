package regions

import (
	"fmt"
	"math"
)

// Polygon is a closed outline x₀, y₀, x₁, y₁, … in displayed pixels. It must
// not cross itself; its direction does not matter.
type Polygon []float64

// Region is one or more polygons that do not overlap one another.
type Region []Polygon

// Box is the region of an upright rectangle.
func Box(left, top, right, bottom float64) Region {
	return Region{{left, top, right, top, right, bottom, left, bottom}}
}

// New makes a region of a kind and points as a dataset keeps them: "box" is two
// opposite corners (x, y, x, y), "polygon" an outline, "mask" a width and a height in
// pixels and runs of pixels, down the columns, in turn outside and inside.
func New(kind string, points []float64) (Region, error) {
	switch {
	case kind == "box" && len(points) == 4:
		return Box(points[0], points[1], points[2], points[3]), nil
	case kind == "polygon" && len(points) >= 6 && len(points)%2 == 0:
		return Region{points}, nil
	case kind == "mask":
		return mask(points)
	}
	return nil, fmt.Errorf("a region of kind %q cannot have %d coordinates: a box has 4, a polygon at least 6", kind, len(points))
}

// Bounds is the smallest upright rectangle around the region; zeros if empty.
func (r Region) Bounds() (left, top, right, bottom float64) {
	left, top, right, bottom = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range r {
		for i := 0; i+1 < len(p); i += 2 {
			left, right = math.Min(left, p[i]), math.Max(right, p[i])
			top, bottom = math.Min(top, p[i+1]), math.Max(bottom, p[i+1])
		}
	}
	if left > right {
		return 0, 0, 0, 0
	}
	return left, top, right, bottom
}

// Area is the region's area in square pixels.
func (r Region) Area() float64 {
	sum := 0.0
	for _, p := range r {
		sum += p.area()
	}
	return sum
}

// Moved is the region shifted by (dx, dy).
func (r Region) Moved(dx, dy float64) Region {
	return r.mapped(func(x, y float64) (float64, float64) { return x + dx, y + dy })
}

// Contains says whether a point lies inside.
func (r Region) Contains(x, y float64) bool {
	for _, p := range r {
		if p.contains(x, y) {
			return true
		}
	}
	return false
}

// Within is the part of the region inside an upright rectangle.
func (r Region) Within(left, top, right, bottom float64) Region {
	var out Region
	for _, p := range r {
		p = p.clip(0, left, 1).clip(0, right, -1).clip(1, top, 1).clip(1, bottom, -1)
		if len(p) >= 6 {
			out = append(out, p)
		}
	}
	return out
}

func (r Region) mapped(f func(x, y float64) (float64, float64)) Region {
	out := make(Region, len(r))
	for i, p := range r {
		q := make(Polygon, len(p))
		for j := 0; j+1 < len(p); j += 2 {
			q[j], q[j+1] = f(p[j], p[j+1])
		}
		out[i] = q
	}
	return out
}

// area is the area inside.
func (p Polygon) area() float64 { return math.Abs(p.signed()) }

// signed is the area by the shoelace formula: negative for one of the two directions.
func (p Polygon) signed() float64 {
	sum := 0.0
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		sum += p[i]*p[j+1] - p[j]*p[i+1]
	}
	return sum / 2
}

// contains counts the edges a ray to the right crosses.
func (p Polygon) contains(x, y float64) bool {
	inside := false
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		if (p[i+1] > y) != (p[j+1] > y) && x < p[i]+(y-p[i+1])/(p[j+1]-p[i+1])*(p[j]-p[i]) {
			inside = !inside
		}
	}
	return inside
}

// clip keeps the side of the line coordinate = at on which sign·(coordinate −
// at) ≥ 0; axis 0 is x, 1 is y (Sutherland & Hodgman 1974). A concave outline
// may come out with edges that run along the line and back; they have no area.
func (p Polygon) clip(axis int, at, sign float64) Polygon {
	var out Polygon
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		a, b := sign*(p[i+axis]-at), sign*(p[j+axis]-at)
		if a >= 0 {
			out = append(out, p[i], p[i+1])
		}
		if (a > 0 && b < 0) || (a < 0 && b > 0) {
			t := a / (a - b)
			out = append(out, p[i]+t*(p[j]-p[i]), p[i+1]+t*(p[j+1]-p[i+1]))
		}
	}
	return out
}
