package imaging

import "math"

// OpenCV's 8-bit resize works on weights of 11 fractional bits.
const opencvBits = 11

// opencvTaps computes the weights of cv2.resize for positions [from, to): two
// (INTER_LINEAR) or four (INTER_CUBIC, a = −0.75), with the border replicated.
func opencvTaps(in, out, from, to int, f Filter) taps {
	t := taps{size: 2}
	if f == Bicubic {
		t.size = 4
	}
	n := to - from
	t.first = make([]int, n)
	t.weights = make([]int32, n*t.size)
	scale := 1 / (float64(out) / float64(in))
	for i := range n {
		at := float32(float64((float64(from+i)+0.5)*scale) - 0.5)
		whole := int(math.Floor(float64(at)))
		fraction := at - float32(whole)
		if f == Bilinear {
			if whole < 0 {
				whole, fraction = 0, 0
			}
			if whole >= in-1 {
				whole, fraction = in-1, 0
			}
		}
		t.first[i] = whole
		for k, w := range opencvWeights(fraction, f) {
			t.weights[i*t.size+k] = int32(math.RoundToEven(float64(w * (1 << opencvBits))))
		}
	}
	return t
}

func opencvWeights(x float32, f Filter) []float32 {
	if f == Bilinear {
		return []float32{1 - x, x}
	}
	const a = float32(-0.75)
	w := make([]float32, 4)
	w[0] = ((a*(x+1)-5*a)*(x+1)+8*a)*(x+1) - 4*a
	w[1] = ((a+2)*x-(a+3))*x*x + 1
	w[2] = ((a+2)*(1-x)-(a+3))*(1-x)*(1-x) + 1
	w[3] = 1 - w[0] - w[1] - w[2]
	return w
}

// resizeOpenCV is cv2.resize on 8-bit images, restricted to the window.
func resizeOpenCV(im *Image, w window, f Filter) *Image {
	if im.Width == w.width && im.Height == w.height {
		return cropImage(im, w.x0, w.y0, w.x1, w.y1)
	}
	columns := opencvTaps(im.Width, w.width, w.x0, w.x1, f)
	rows := opencvTaps(im.Height, w.height, w.y0, w.y1, f)
	out := newImage(w.w(), w.h())
	cache := map[int][]int32{}
	lines := make([][]int32, rows.size)
	for y := range out.Height {
		first := firstTap(rows.first[y], rows.size)
		for k := range lines {
			at := min(max(first+k, 0), im.Height-1)
			if cache[at] == nil {
				cache[at] = opencvRow(im.row(at), columns)
			}
			lines[k] = cache[at]
		}
		delete(cache, first-1)
		weights := rows.weights[y*rows.size : (y+1)*rows.size]
		if f == Bilinear {
			opencvLinearColumn(out.row(y), lines, weights)
		} else {
			opencvCubicColumn(out.row(y), lines, weights)
		}
	}
	return out
}

// firstTap is the position of the first of size taps around whole.
func firstTap(whole, size int) int { return whole - (size/2 - 1) }

// opencvRow is the horizontal pass of one row: sums of 8+11 bits.
func opencvRow(in []uint8, t taps) []int32 {
	out := make([]int32, 3*len(t.first))
	last := len(in)/3 - 1
	for x := range t.first {
		first := firstTap(t.first[x], t.size)
		for k := range t.size {
			at := 3 * min(max(first+k, 0), last)
			w := t.weights[x*t.size+k]
			for c := range 3 {
				out[3*x+c] += int32(in[at+c]) * w
			}
		}
	}
	return out
}

// opencvLinearColumn rounds as VResizeLinear for 8-bit images does.
func opencvLinearColumn(out []uint8, lines [][]int32, weights []int32) {
	a, b := lines[0], lines[1]
	for i := range out {
		sum := (weights[0]*(a[i]>>4))>>16 + (weights[1]*(b[i]>>4))>>16
		out[i] = uint8((sum + 2) >> 2)
	}
}

func opencvCubicColumn(out []uint8, lines [][]int32, weights []int32) {
	for i := range out {
		sum := int32(1 << (2*opencvBits - 1))
		for k, line := range lines {
			sum += line[i] * weights[k]
		}
		out[i] = uint8(min(255, max(0, sum>>(2*opencvBits))))
	}
}
