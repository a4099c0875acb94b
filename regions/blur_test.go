package regions

import (
	"math/rand/v2"
	"testing"
)

// Every value is the mean of those within the radius, the outermost repeating beyond the ends: the bits of a running sum.
func TestBoxBlurIsAMean(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for range 300 {
		n, lanes, radius := 1+r.IntN(20), 1+r.IntN(9), r.IntN(30)
		step := lanes + r.IntN(3)
		values := make([]float32, (n-1)*step+lanes)
		for i := range values {
			values[i] = r.Float32() * 255
		}
		want := slowBlur(values, lanes, n, step, radius)
		boxBlur(values, make([]float32, len(values)), make([]float64, lanes), n, step, radius)
		for i := range values {
			if values[i] != want[i] {
				t.Fatalf("%d groups of %d, %d apart, radius %d: value %d is %v, want %v", n, lanes, step, radius, i, values[i], want[i])
			}
		}
	}
}

func slowBlur(values []float32, lanes, n, step, radius int) []float32 {
	blurred := make([]float32, len(values))
	copy(blurred, values)
	for c := range lanes {
		at := func(i int) float64 { return float64(values[min(max(i, 0), n-1)*step+c]) }
		sum := 0.0
		for i := -radius; i <= radius; i++ {
			sum += at(i)
		}
		for i := range n {
			blurred[i*step+c] = float32(sum / float64(2*radius+1))
			sum += at(i+radius+1) - at(i-radius)
		}
	}
	return blurred
}
