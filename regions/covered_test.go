package regions

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Boxes have an exact answer, and one may consist of parts that overlap.
func TestCovered(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	box := func() Region {
		x, y := 100*r.Float64(), 100*r.Float64()
		return Box(x, y, x+10+80*r.Float64(), y+10+80*r.Float64())
	}
	for range 200 {
		a, b := box(), box()
		want := overlap(a, b) / a.Area()
		if got := Covered(a, b); math.Abs(got-want) > 0.05 {
			t.Errorf("%v by %v: %v, want %v", a, b, got, want)
		}
		if got := Covered(a, append(append(Region{}, b...), b...)); math.Abs(got-want) > 0.05 {
			t.Errorf("%v by %v twice: %v, want %v", a, b, got, want)
		}
	}
	if got := Covered(Box(0, 0, 10, 10), nil); got != 0 {
		t.Errorf("by nothing: %v", got)
	}
	if got := Covered(nil, Box(0, 0, 10, 10)); got != 0 {
		t.Errorf("nothing: %v", got)
	}
}
