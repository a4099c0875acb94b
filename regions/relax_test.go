package regions

import (
	"math/rand/v2"
	"testing"
)

// The short way for cells with four neighbours gives the bits of the long one.
func TestRelaxWithinEqualsAtEdge(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	a := newSurface(9, 7)
	for i := range a.values {
		a.values[i] = r.Float32() * 255
	}
	b := newSurface(9, 7)
	copy(b.values, a.values)
	for y := 1; y < 6; y++ {
		for x := 1; x < 8; x++ {
			a.relaxWithin(9*y+x, 1.7)
			b.relaxAtEdge(9*y+x, 1.7)
		}
	}
	for i, v := range a.values {
		if v != b.values[i] {
			t.Fatalf("value %d: %v, %v", i, v, b.values[i])
		}
	}
}
