package regions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

func drawn(width, height int, colour func(x, y, c int) float64) *imaging.Image {
	im := &imaging.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height), Orientation: 1}
	for i := range im.Pix {
		im.Pix[i] = uint8(math.Round(colour(i/3%width, i/3/width, i%3)))
	}
	return im
}

// holes are regions of an image of 96×64: inside, at its edges, large, small, of two parts.
func holes() map[string]Region {
	return map[string]Region{
		"inside": Box(30, 20, 60, 45), "at the left": Box(0, 10, 25, 50), "corner": Box(72, 48, 96, 64), "most of it": Box(3, 3, 93, 61),
		"one pixel": Box(40, 40, 41, 41), "two": {Box(10, 10, 20, 50)[0], Box(50, 5, 90, 15)[0]}, "triangle": {{20, 10, 80, 30, 40, 60}},
	}
}

func hiddenBy(t *testing.T, im *imaging.Image, r Region) *imaging.Image {
	t.Helper()
	out, err := Hide(im, r, Pyramid, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is the same everywhere stays so; what rises evenly goes on rising.
func TestPyramidGoesOn(t *testing.T) {
	flat := drawn(96, 64, func(_, _, c int) float64 { return float64(40 + 70*c) })
	ramp := drawn(96, 64, func(x, y, c int) float64 { return 20 + 1.5*float64(x) + float64(c*y)/2 })
	for name, hole := range holes() {
		if got := hiddenBy(t, flat, hole); worst(got, flat) != 0 {
			t.Errorf("%s: an even image changes by %v", name, worst(got, flat))
		}
		left, top, right, bottom := hole.Bounds()
		if left == 0 || top == 0 || right == 96 || bottom == 64 {
			continue // at the edge of the image it ends level
		}
		if d := worst(hiddenBy(t, ramp, hole), ramp); d > 6 {
			t.Errorf("%s: an even rise of 142 changes by %v", name, d)
		}
	}
}

// The fill is that of a slow solver of Laplace's equation, within a few of 256 levels.
func TestPyramidIsHarmonic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var at [3][4]float64
	for c := range at {
		for k := range at[c] {
			at[c][k] = r.Float64() * 6
		}
	}
	im := drawn(96, 64, func(x, y, c int) float64 {
		return 128 + 50*math.Sin(float64(x)/9+at[c][0]) + 50*math.Sin(float64(y)/7+at[c][1]) + 20*math.Sin(float64(x+y)/3+at[c][2])
	})
	for name, hole := range holes() {
		got, want := hiddenBy(t, im, hole), laplace(im, pixels(hole, im.Width, im.Height))
		sum, n := 0.0, 0
		for i := range got.Pix {
			d := math.Abs(float64(got.Pix[i]) - want[i])
			if d > 12 {
				t.Errorf("%s: pixel %d, channel %d is %d, want %.1f", name, i/3, i%3, got.Pix[i], want[i])
				break
			}
			if got.Pix[i] != im.Pix[i] || d > 0 {
				sum, n = sum+d, n+1
			}
		}
		if n > 0 && sum/float64(n) > 2 {
			t.Errorf("%s: %.2f levels off on average", name, sum/float64(n))
		}
	}
}

// laplace solves by 20,000 rounds of Gauss–Seidel, from the mean.
func laplace(im *imaging.Image, inside []int) []float64 {
	v := make([]float64, len(im.Pix))
	for i, p := range im.Pix {
		v[i] = float64(p)
	}
	colour := meanOutside(im, inside)
	for _, p := range inside {
		for c := range 3 {
			v[3*p+c] = float64(colour[c])
		}
	}
	for round := range 20000 {
		moved := 0.0
		for _, p := range inside {
			x, y := p%im.Width, p/im.Width
			for c := range 3 {
				sum, n := 0.0, 0.0
				for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
					if a, b := x+d[0], y+d[1]; a >= 0 && b >= 0 && a < im.Width && b < im.Height {
						sum, n = sum+v[3*(b*im.Width+a)+c], n+1
					}
				}
				moved = math.Max(moved, math.Abs(sum/n-v[3*p+c]))
				v[3*p+c] = sum / n
			}
		}
		if moved < 1e-4 && round > 10 {
			break
		}
	}
	return v
}

func worst(a, b *imaging.Image) (most float64) {
	for i := range a.Pix {
		most = math.Max(most, math.Abs(float64(a.Pix[i])-float64(b.Pix[i])))
	}
	return most
}

// An image that is hidden whole has one colour.
func TestPyramidWithoutSurroundings(t *testing.T) {
	im := drawn(20, 10, func(x, y, c int) float64 { return float64(10*x + c) })
	got := hiddenBy(t, im, Box(0, 0, 20, 10))
	for i := range got.Pix {
		if got.Pix[i] != got.Pix[i%3] || got.Pix[i] < 80 || got.Pix[i] > 110 {
			t.Fatalf("value %d is %d", i, got.Pix[i])
		}
	}
}

func BenchmarkPyramid(b *testing.B) {
	for _, side := range []int{224, 1024} {
		im := drawn(side, side, func(x, y, c int) float64 { return float64((x*y + c) % 251) })
		b.Run(map[int]string{224: "224", 1024: "1024"}[side], func(b *testing.B) {
			for b.Loop() {
				if _, err := Hide(im, Box(float64(side)/4, float64(side)/4, float64(side)*3/4, float64(side)*3/4), Pyramid, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
