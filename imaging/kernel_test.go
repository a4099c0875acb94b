package imaging

import (
	"fmt"
	"testing"
)

// slowResize is Pillow's arithmetic written down plainly: the weights in full,
// one sum at a time. It is what the kernel is tested against without Python.
func slowResize(im *Image, w, h int, f Filter) *Image {
	columns, rows := pillowTaps(im.Width, w, 0, w, f), pillowTaps(im.Height, h, 0, h, f)
	wide := newImage(w, im.Height)
	for i := range wide.Pix {
		x, y, c := i/3%w, i/3/w, i%3
		wide.Pix[i] = slowSum(columns, x, func(at int) uint8 { return im.row(y)[3*at+c] })
	}
	out := newImage(w, h)
	for i := range out.Pix {
		y, at := i/3/w, i%(3*w)
		out.Pix[i] = slowSum(rows, y, func(row int) uint8 { return wide.row(row)[at] })
	}
	return out
}

func slowSum(t taps, i int, value func(at int) uint8) uint8 {
	sum := int64(1 << (precisionBits - 1))
	for k := range int(t.count[i]) {
		sum += int64(t.weights[i*t.size+k]) * int64(value(int(t.first[i])+k))
	}
	return uint8(min(255, max(0, sum>>precisionBits)))
}

// TestKernelEqualsDefinition runs the vector code and the plain code over sizes
// around their steps (two rows, four taps, sixteen bytes) and a strong reduction.
func TestKernelEqualsDefinition(t *testing.T) {
	defer useVectors(true)
	for _, vectors := range []bool{true, false} {
		t.Run(fmt.Sprintf("vectors=%v", useVectors(vectors)), func(t *testing.T) {
			for _, size := range [][4]int{{5, 3, 16, 7}, {16, 16, 5, 5}, {33, 2, 11, 1}, {1, 1, 3, 3}, {2, 9, 1, 4}, {47, 31, 46, 32}, {1500, 3, 2, 2}, {3, 1500, 2, 2}, {64, 64, 22, 21}} {
				im := testImage(size[0], size[1])
				for i := 0; i < len(im.Pix); i += 7 { // white and black edges overshoot
					im.Pix[i] = uint8(255 * (i / 7 % 2))
				}
				for _, f := range []Filter{Box, Bilinear, Hamming, Bicubic, Lanczos} {
					got, want := Resize(im, size[2], size[3], f, true), slowResize(im, size[2], size[3], f)
					if n, largest := differing(got.Pix, want.Pix); n != 0 {
						t.Errorf("%v %v: %d bytes differ, by at most %d", f, size, n, largest)
					}
				}
			}
		})
	}
}
