package regions

import (
	"math/rand/v2"
	"testing"
)

// Many rounds under way at once give the bits of one round after the other, cell by cell.
func TestRelaxTogetherEqualsOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		a := newSurface(1+r.IntN(17), 1+r.IntN(17))
		share := r.Float64()
		for i := range a.weight {
			if r.Float64() < share {
				a.weight[i] = 1
			}
			for c := range 3 {
				a.values[lanes*i+c] = r.Float32() * 255
			}
		}
		b := newSurface(a.width, a.height)
		copy(b.values, a.values)
		copy(b.weight, a.weight)
		rounds, beyond := r.IntN(23), 1+r.Float32()
		a.relaxTimes(rounds, beyond)
		for range rounds {
			for i := range b.weight {
				if !b.known(i) {
					b.relaxCell(i, beyond)
				}
			}
		}
		for i, v := range a.values {
			if v != b.values[i] {
				t.Fatalf("%d × %d, %d rounds, value %d: %v, one by one %v", a.width, a.height, rounds, i, v, b.values[i])
			}
		}
	}
}

// relaxCell is a step of the relaxation as one reads it in a book.
func (s *surface) relaxCell(i int, beyond float32) {
	x, y := i%s.width, i/s.width
	for c := range 3 {
		sum, n := float32(0), float32(0)
		for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			if nx, ny := x+d[0], y+d[1]; nx >= 0 && ny >= 0 && nx < s.width && ny < s.height {
				sum, n = sum+s.values[lanes*(ny*s.width+nx)+c], n+1
			}
		}
		if n > 0 {
			v := &s.values[lanes*i+c]
			*v += beyond * (sum/n - *v)
		}
	}
}
