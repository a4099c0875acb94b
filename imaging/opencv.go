package imaging

import "math"

// OpenCV's 8-bit resize works on weights of 11 fractional bits.
const opencvBits = 11

// opencvTaps computes the weights of cv2.resize for positions [from, to): two
// (INTER_LINEAR) or four (INTER_CUBIC, a = −0.75) around first[i]. The columns of
// INTER_LINEAR stop at the border; its rows, and INTER_CUBIC, read the border
// pixel again (which rounds differently).
func opencvTaps(in, out, from, to int, f Filter, columns bool) taps {
	t := taps{size: 2}
	if f == Bicubic {
		t.size = 4
	}
	n := to - from
	t.first = make([]int32, n)
	t.weights = make([]int32, n*t.size)
	scale := 1 / (float64(out) / float64(in))
	for i := range n {
		at := float32(float64((float64(from+i)+0.5)*scale) - 0.5)
		whole := int(math.Floor(float64(at)))
		fraction := at - float32(whole)
		if f == Bilinear && columns && (whole < 0 || whole >= in-1) {
			whole, fraction = min(max(whole, 0), in-1), 0
		}
		t.first[i] = int32(whole - (t.size/2 - 1))
		for k, w := range opencvWeights(fraction, f) {
			t.weights[i*t.size+k] = int32(math.RoundToEven(float64(w * (1 << opencvBits))))
		}
	}
	return t
}

// opencvWeights are the single-precision weights at a fraction of a pixel; the
// conversions keep the compiler from fusing operations that OpenCV does not.
func opencvWeights(x float32, f Filter) []float32 {
	if f == Bilinear {
		return []float32{1 - x, x}
	}
	const a = float32(-0.75)
	far, near := x+1, 1-x
	w0 := float32(float32(float32(float32(float32(a*far)-5*a)*far)+8*a)*far) - 4*a
	w1 := float32(float32(float32(float32((a+2)*x)-(a+3))*x)*x) + 1
	w2 := float32(float32(float32(float32((a+2)*near)-(a+3))*near)*near) + 1
	return []float32{w0, w1, w2, 1 - w0 - w1 - w2}
}

// resizeOpenCV is cv2.resize on 8-bit images, restricted to the window.
func resizeOpenCV(im *Image, w window, f Filter) *Image {
	if im.Width == w.width && im.Height == w.height {
		return cropImage(im, w.x0, w.y0, w.x1, w.y1)
	}
	columns := opencvTaps(im.Width, w.width, w.x0, w.x1, f, true)
	rows := opencvTaps(im.Height, w.height, w.y0, w.y1, f, false)
	out := newImage(w.w(), w.h())
	cache := lineCache{lines: make([][]int32, rows.size), at: make([]int, rows.size), im: im, columns: columns}
	lines := make([][]int32, rows.size)
	// OpenCV's SSE kernel takes eight values at a time; the rest of a row is
	// computed in integers, and may round differently.
	vector := 3*w.width/8*8 - 3*w.x0
	for y := range out.Height {
		for k := range lines {
			lines[k] = cache.line(min(max(int(rows.first[y])+k, 0), im.Height-1))
		}
		weights := rows.weights[y*rows.size : (y+1)*rows.size]
		if f == Bilinear {
			opencvLinearColumn(out.row(y), lines, weights)
		} else {
			opencvCubicColumn(out.row(y), lines, weights, min(max(vector, 0), 3*out.Width))
		}
	}
	return out
}

// lineCache keeps the rows that were last resampled horizontally.
type lineCache struct {
	lines   [][]int32
	at      []int
	im      *Image
	columns taps
}

func (c *lineCache) line(y int) []int32 {
	slot := y % len(c.lines)
	if c.lines[slot] == nil || c.at[slot] != y {
		if c.lines[slot] == nil {
			c.lines[slot] = make([]int32, 3*len(c.columns.first))
		}
		opencvRow(c.lines[slot], c.im.row(y), c.columns)
		c.at[slot] = y
	}
	return c.lines[slot]
}

// opencvRow is the horizontal pass of one row: sums of 8+11 bits.
func opencvRow(out []int32, in []uint8, t taps) {
	last := len(in)/3 - 1
	for x, first := range t.first {
		var r, g, b int32
		for k, w := range t.weights[x*t.size : (x+1)*t.size] {
			p := in[3*min(max(int(first)+k, 0), last):]
			r += int32(p[0]) * w
			g += int32(p[1]) * w
			b += int32(p[2]) * w
		}
		out[3*x], out[3*x+1], out[3*x+2] = r, g, b
	}
}

// opencvLinearColumn rounds as VResizeLinear for 8-bit images does.
func opencvLinearColumn(out []uint8, lines [][]int32, weights []int32) {
	a, b := lines[0], lines[1]
	for i := range out {
		sum := (weights[0]*(a[i]>>4))>>16 + (weights[1]*(b[i]>>4))>>16
		out[i] = uint8((sum + 2) >> 2)
	}
}

// opencvCubicColumn computes the first vector values in float32, as OpenCV's SSE
// kernel does, and the others in integers.
func opencvCubicColumn(out []uint8, lines [][]int32, weights []int32, vector int) {
	const scale = float32(1) / (1 << (2 * opencvBits))
	var b [4]float32
	for k := range b {
		b[k] = float32(weights[k]) * scale
	}
	for i := range vector {
		sum := float32(float32(lines[3][i]) * b[3])
		for k := 2; k >= 0; k-- {
			sum += float32(float32(lines[k][i]) * b[k])
		}
		out[i] = uint8(min(255, max(0, math.RoundToEven(float64(sum)))))
	}
	for i := vector; i < len(out); i++ {
		sum := int32(1 << (2*opencvBits - 1))
		for k, line := range lines {
			sum += line[i] * weights[k]
		}
		out[i] = uint8(min(255, max(0, sum>>(2*opencvBits))))
	}
}
