package imaging

// #cgo CFLAGS: -O3
// #include "resample_kernel.h"
import "C"

import (
	"math"
	"unsafe"
)

// precisionBits is the number of fractional bits of a weight in Pillow's 8-bit
// resampling (PRECISION_BITS in Resample.c).
const precisionBits = 32 - 8 - 2

// taps are the weights of one direction of a resize: output position i is the
// sum of weights[i*size+k] × input[first[i]+k], 0 ≤ k < count[i].
type taps struct {
	first, count []int32
	weights      []int32
	size         int
}

// pillowTaps computes the weights for output positions [from, to) of a resize
// from in to out pixels (precompute_coeffs and normalize_coeffs_8bpc).
func pillowTaps(in, out, from, to int, f Filter) taps {
	scale := float64(in) / float64(out)
	filterScale := max(scale, 1)
	support := f.support() * filterScale
	inverse := 1 / filterScale
	n := to - from
	size := (int(math.Ceil(support))*2 + 1 + 3) / 4 * 4 // the kernel takes four at a time
	t := taps{first: make([]int32, n), count: make([]int32, n), size: size, weights: make([]int32, n*size)}
	exact := make([]float64, size)
	for i := range n {
		center := float64((float64(from+i) + 0.5) * scale)
		first := max(0, int(center-support+0.5))
		count := min(in, int(center+support+0.5)) - first
		sum := 0.0
		for k := range count {
			exact[k] = f.at((float64(k+first) - center + 0.5) * inverse)
			sum += exact[k]
		}
		if sum == 0 {
			sum = 1
		}
		for k := range count {
			t.weights[i*size+k] = fixedPoint(exact[k] / sum)
		}
		t.first[i], t.count[i] = int32(first), int32(count)
	}
	return t
}

// fixedPoint rounds half away from zero.
func fixedPoint(w float64) int32 {
	w = float64(w * (1 << precisionBits))
	if w < 0 {
		return int32(-0.5 + w)
	}
	return int32(0.5 + w)
}

// splitWeights lays t's weights out for sl_horizontal: each w = high·2¹¹ + low,
// and for every four taps high0 high1 low0 low1 high2 high3 low2 low3.
func (t taps) splitWeights() []int16 {
	const lowBits = 11
	quads := make([]int16, 2*len(t.weights))
	for i, w := range t.weights {
		at := i/2*4 + i%2
		quads[at], quads[at+2] = int16(w>>lowBits), int16(w&(1<<lowBits-1))
	}
	return quads
}

// span returns the range of input positions that t reads.
func (t taps) span() (from, to int) {
	last := len(t.first) - 1
	return int(t.first[0]), int(t.first[last] + t.count[last])
}

// window is the part [x0,x1)×[y0,y1) of an image of width×height pixels.
type window struct {
	width, height  int
	x0, y0, x1, y1 int
}

func (w window) w() int { return w.x1 - w.x0 }
func (w window) h() int { return w.y1 - w.y0 }

// resizePillow resizes im to w.width×w.height and returns only the part inside
// the window, bit for bit what Pillow's Image.resize gives there: each direction
// in fixed point, horizontally first, rounded to 8 bits in between.
func resizePillow(im *Image, w window, f Filter) *Image {
	if f == Nearest {
		return resizeNearest(im, w)
	}
	top, bottom := w.y0, w.y1
	var vertical taps
	if im.Height != w.height {
		vertical = pillowTaps(im.Height, w.height, w.y0, w.y1, f)
		top, bottom = vertical.span()
	}
	height := im.Height
	if im.Width == w.width && w.x0 == 0 && w.x1 == w.width && height != w.height {
		return verticalPass(im, 0, vertical)
	}
	if im.Width == w.width {
		im = cropImage(im, w.x0, top, w.x1, bottom)
	} else {
		im = horizontalPass(im, top, bottom, pillowTaps(im.Width, w.width, w.x0, w.x1, f))
	}
	if height == w.height {
		return im // Pillow skips a direction that keeps its size
	}
	defer im.Release()
	return verticalPass(im, top, vertical)
}

func cropImage(im *Image, x0, y0, x1, y1 int) *Image {
	out := newImage(x1-x0, y1-y0)
	for y := range out.Height {
		copy(out.row(y), im.row(y0 + y)[3*x0:3*x1])
	}
	return out
}

// useVectors switches the kernel's vector code on (where the processor has it)
// or off, for tests, and reports whether it is on then.
func useVectors(on bool) bool {
	flag := C.int(0)
	if on {
		flag = 1
	}
	return C.sl_use_vectors(flag) != 0
}

// horizontalPass resamples rows [top, bottom) of im.
func horizontalPass(im *Image, top, bottom int, t taps) *Image {
	out := newImageUncleared(len(t.first), bottom-top)
	quads := t.splitWeights()
	in := im.Pix[3*im.Width*top:]
	C.sl_horizontal((*C.uint8_t)(&in[0]), C.size_t(3*im.Width), C.size_t(len(in)), C.int(out.Height), C.int(im.Width),
		(*C.uint8_t)(&out.Pix[0]), C.int(out.Width), (*C.int32_t)(&t.first[0]), (*C.int32_t)(&t.count[0]),
		(*C.int32_t)(unsafe.Pointer(&quads[0])), C.int(t.size))
	return out
}

// verticalPass resamples the columns of im, whose first row is row top of the
// image that t speaks of.
func verticalPass(im *Image, top int, t taps) *Image {
	out := newImageUncleared(im.Width, len(t.first))
	in := im.row(int(t.first[0]) - top)
	first := make([]int32, len(t.first))
	for i, f := range t.first {
		first[i] = f - t.first[0]
	}
	C.sl_vertical((*C.uint8_t)(&in[0]), C.int(3*im.Width), (*C.uint8_t)(&out.Pix[0]), C.int(out.Height),
		(*C.int32_t)(&first[0]), (*C.int32_t)(&t.count[0]), (*C.int32_t)(&t.weights[0]), C.int(t.size))
	return out
}

// resizeNearest takes the pixel under each output pixel's centre, with the
// positions accumulated in double precision, as Pillow's ImagingScaleAffine does.
func resizeNearest(im *Image, w window) *Image {
	columns := nearestPositions(im.Width, w.width, w.x0, w.x1)
	rows := nearestPositions(im.Height, w.height, w.y0, w.y1)
	out := newImage(w.w(), w.h())
	for y, from := range rows {
		in, o := im.row(from), out.row(y)
		for x, c := range columns {
			copy(o[3*x:3*x+3], in[3*c:3*c+3])
		}
	}
	return out
}

// nearestPositions returns the input positions of output positions [from, to).
func nearestPositions(in, out, from, to int) []int {
	positions := make([]int, 0, to-from)
	step := float64(in) / float64(out)
	at := step * 0.5
	for i := range to {
		if i >= from {
			positions = append(positions, min(in-1, int(at)))
		}
		at += step
	}
	return positions
}

// Resize scales im to w×h pixels (both at least 1), keeping its Orientation.
//
// With antialias, and for Nearest always, the result is that of Pillow's
// Image.resize with the same filter, bit for bit. Without it, Bilinear and
// Bicubic are those of OpenCV's cv2.resize (INTER_LINEAR, INTER_CUBIC on 8-bit
// images): two or four taps a direction however much the image shrinks; the
// other filters have no such variant and are antialiased all the same.
func Resize(im *Image, w, h int, f Filter, antialias bool) *Image {
	whole := window{width: w, height: h, x1: w, y1: h}
	var out *Image
	if !antialias && (f == Bilinear || f == Bicubic) {
		out = resizeOpenCV(im, whole, f)
	} else {
		out = resizePillow(im, whole, f)
	}
	out.Orientation = im.Orientation
	return out
}
