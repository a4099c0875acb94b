package trust

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// RISE's kernel at 224: scipy.ndimage.gaussian_filter with σ = 5 of a delta in a
// window of 11, mirrored at its ends; the values were computed apart.
func TestBlurKernelIsRISEs(t *testing.T) {
	want := []float64{0.08795815, 0.08889612, 0.0904742, 0.09219112, 0.09348939, 0.09398206, 0.09348939, 0.09219112, 0.0904742, 0.08889612, 0.08795815}
	got := blurKernel(224)
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-8 {
			t.Errorf("value %d: %v, want %v", i, got[i], want[i])
		}
	}
	for side, length := range map[int]int{8: 3, 32: 3, 96: 5, 128: 7, 299: 15, 384: 19} {
		kernel := blurKernel(side)
		sum := 0.0
		for _, v := range kernel {
			sum += v
		}
		if len(kernel) != length || math.Abs(sum-1) > 1e-12 {
			t.Errorf("side %d: %d values that sum to %v, want %d and 1", side, len(kernel), sum, length)
		}
	}
}

// The blur agrees with a two-dimensional convolution written out, in both layouts.
func TestBlurAgreesWithItsDefinition(t *testing.T) {
	const channels, height, width = 2, 9, 70
	r := rand.New(rand.NewPCG(1, 1))
	at := func(layout imaging.Layout, c, y, x int) int {
		if layout == imaging.NHWC {
			return (y*width+x)*channels + c
		}
		return (c*height+y)*width + x
	}
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		input := make([]float32, channels*height*width)
		for i := range input {
			input[i] = float32(r.NormFloat64())
		}
		got, kernel := blurred(input, channels, height, width, layout), blurKernel(width)
		radius := len(kernel) / 2
		for c := range channels {
			for y := range height {
				for x := range width {
					want := 0.0
					for dy := -radius; dy <= radius; dy++ {
						for dx := -radius; dx <= radius; dx++ {
							if yy, xx := y+dy, x+dx; yy >= 0 && yy < height && xx >= 0 && xx < width {
								want += kernel[dy+radius] * kernel[dx+radius] * float64(input[at(layout, c, yy, xx)])
							}
						}
					}
					if v := float64(got[at(layout, c, y, x)]); math.Abs(v-want) > 1e-5 {
						t.Fatalf("%s, channel %d at %d,%d: %v, want %v", layout, c, x, y, v, want)
					}
				}
			}
		}
	}
}

// Cells change places whole: where they are of one size, the values are the same
// ones, and every cell of the result is a cell of the image.
func TestRearrangeMovesWholeCells(t *testing.T) {
	const channels, side, grid = 3, 12, 4
	input := make([]float32, channels*side*side)
	for i := range input {
		pixel, channel := i%(side*side), i/(side*side)
		input[i] = float32(1000*channel + pixel)
	}
	out, again := make([]float32, len(input)), make([]float32, len(input))
	rearrange(out, input, channels, side, side, imaging.NCHW, grid, 5, 0)
	rearrange(again, input, channels, side, side, imaging.NCHW, grid, 5, 1)
	moved, equal, seen := 0, 0, map[float32]bool{}
	for i, v := range out {
		seen[v] = true
		pixel := i % (side * side)
		x, y := pixel%side, pixel/side
		from := int(v) % 1000
		if from%side%3 != x%3 || from/side%3 != y%3 || int(v)/1000 != i/(side*side) {
			t.Fatalf("value %d at %d,%d is not at its place in its cell", int(v), x, y)
		}
		if from != pixel {
			moved++
		}
		if again[i] == v {
			equal++
		}
	}
	if len(seen) != len(input) {
		t.Errorf("%d different values, want %d", len(seen), len(input))
	}
	if moved < len(input)/2 || equal > len(input)/2 {
		t.Errorf("%d values moved, %d the same in another order", moved, equal)
	}
}

func TestRearrangeUnevenCellsAndLayouts(t *testing.T) {
	const channels, height, width = 2, 11, 13
	first, last := make([]float32, channels*height*width), make([]float32, channels*height*width)
	for c := range channels {
		for p := range height * width {
			first[c*height*width+p] = float32(1 + 1000*c + p)
			last[p*channels+c] = float32(1 + 1000*c + p)
		}
	}
	a, b := make([]float32, len(first)), make([]float32, len(first))
	rearrange(a, first, channels, height, width, imaging.NCHW, 4, 9, 3)
	rearrange(b, last, channels, height, width, imaging.NHWC, 4, 9, 3)
	for c := range channels {
		for p := range height * width {
			if x, y := a[c*height*width+p], b[p*channels+c]; x != y || x == 0 {
				t.Fatalf("channel %d, pixel %d: %v channels first, %v last", c, p, x, y)
			}
		}
	}
}
