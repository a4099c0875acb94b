package imaging

import "math"

// precisionBits is the number of fractional bits of a weight in Pillow's 8-bit
// resampling (PRECISION_BITS in Resample.c).
const precisionBits = 32 - 8 - 2

// taps are the weights of one direction of a resize: output position i is the
// sum of weights[i*size+k] × input[first[i]+k], k < count[i].
type taps struct {
	first, count []int
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
	t := taps{first: make([]int, n), count: make([]int, n), size: int(math.Ceil(support))*2 + 1}
	t.weights = make([]int32, n*t.size)
	exact := make([]float64, t.size)
	for i := range n {
		center := float64((float64(from+i) + 0.5) * scale)
		first := max(0, int(center-support+0.5))
		count := min(in, int(center+support+0.5)) - first
		sum := 0.0
		for k := range count {
			exact[k] = f.at((float64(k+first) - center + 0.5) * inverse)
			sum += exact[k]
		}
		for k := range count {
			w := exact[k]
			if sum != 0 {
				w *= 1 / sum
			}
			t.weights[i*t.size+k] = fixedPoint(w)
		}
		t.first[i], t.count[i] = first, count
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

// span returns the range of input positions that t reads.
func (t taps) span() (from, to int) {
	last := len(t.first) - 1
	return t.first[0], t.first[last] + t.count[last]
}

// identity reports whether a resize from in to out changes nothing there.
func identity(in, out int) bool { return in == out }

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
	vertical := pillowTaps(im.Height, w.height, w.y0, w.y1, f)
	top, bottom := w.y0, w.y1
	if !identity(im.Height, w.height) {
		top, bottom = vertical.span()
	}
	if identity(im.Width, w.width) {
		im = cropImage(im, w.x0, top, w.x1, bottom)
	} else {
		im = horizontalPass(im, top, bottom, pillowTaps(im.Width, w.width, w.x0, w.x1, f))
	}
	if identity(w.height, im.Height) && top == w.y0 && bottom == w.y1 && im.Height == w.h() && len(vertical.first) == w.h() && isIdentity(vertical, top) {
		return im
	}
	return verticalPass(im, top, vertical)
}

// isIdentity reports whether t copies position top+i to i.
func isIdentity(t taps, top int) bool {
	for i := range t.first {
		at := top + i - t.first[i]
		if at < 0 || at >= t.count[i] || t.weights[i*t.size+at] != 1<<precisionBits {
			return false
		}
	}
	return true
}

func cropImage(im *Image, x0, y0, x1, y1 int) *Image {
	out := newImage(x1-x0, y1-y0)
	for y := range out.Height {
		copy(out.row(y), im.row(y0 + y)[3*x0:3*x1])
	}
	return out
}

// horizontalPass resamples rows [top, bottom) of im.
func horizontalPass(im *Image, top, bottom int, t taps) *Image {
	out := newImage(len(t.first), bottom-top)
	for y := range out.Height {
		horizontalRow(out.row(y), im.row(top+y), t)
	}
	return out
}

func horizontalRow(out, in []uint8, t taps) {
	for x := range t.first {
		n := t.count[x]
		weights := t.weights[x*t.size : x*t.size+n]
		pixels := in[3*t.first[x] : 3*(t.first[x]+n)]
		r, g, b := int32(1<<(precisionBits-1)), int32(1<<(precisionBits-1)), int32(1<<(precisionBits-1))
		for _, w := range weights {
			p := pixels[:3:3]
			r += int32(p[0]) * w
			g += int32(p[1]) * w
			b += int32(p[2]) * w
			pixels = pixels[3:]
		}
		o := out[3*x : 3*x+3 : 3*x+3]
		o[0], o[1], o[2] = clip8(r), clip8(g), clip8(b)
	}
}

// verticalPass resamples the columns of im, whose first row is row top of the
// image that t speaks of.
func verticalPass(im *Image, top int, t taps) *Image {
	out := newImage(im.Width, len(t.first))
	sums := make([]int32, 3*im.Width)
	for y := range t.first {
		for i := range sums {
			sums[i] = 1 << (precisionBits - 1)
		}
		for k := range t.count[y] {
			w := t.weights[y*t.size+k]
			row := im.row(t.first[y] + k - top)[:len(sums)]
			for i, v := range row {
				sums[i] += int32(v) * w
			}
		}
		o := out.row(y)[:len(sums)]
		for i, s := range sums {
			o[i] = clip8(s)
		}
	}
	return out
}

func clip8(v int32) uint8 { return uint8(min(255, max(0, v>>precisionBits))) }

// resizeNearest takes the pixel under each output pixel's centre, with the
// positions accumulated in double precision, as Pillow's ImagingScaleAffine does.
func resizeNearest(im *Image, w window) *Image {
	columns := nearestPositions(im.Width, w.width)[w.x0:w.x1]
	rows := nearestPositions(im.Height, w.height)[w.y0:w.y1]
	out := newImage(w.w(), w.h())
	for y, from := range rows {
		in, o := im.row(from), out.row(y)
		for x, c := range columns {
			copy(o[3*x:3*x+3], in[3*c:3*c+3])
		}
	}
	return out
}

func nearestPositions(in, out int) []int {
	positions := make([]int, out)
	step := float64(in) / float64(out)
	at := step * 0.5
	for i := range positions {
		positions[i] = min(in-1, int(at))
		at += step
	}
	return positions
}
