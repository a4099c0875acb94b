package autodiff

import (
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// maxPhases is the most channels a transposed convolution may have as one
// convolution that gives all positions of a stride.
const maxPhases = 64

// strided emits the transposed convolution of g, of shape from, by convolutions of
// stride 1, for which runtimes are faster; "" where that is not so, or not possible.
func (x *Context) strided(g string, group int64, w window, from, to canonical.Shape) string {
	t := x.Constant(x.In(1))
	if len(w.kernel) != 2 || t == nil || t.Type != onnx.Float32 || w.dilations[0] != 1 || w.dilations[1] != 1 {
		return ""
	}
	pointwise := w.kernel[0]*w.kernel[1] == 1 && w.pads[0]+w.pads[1]+w.pads[2]+w.pads[3] == 0
	switch {
	case pointwise && group == 1:
		one := window{w.kernel, []int64{1, 1}, w.dilations, w.pads}
		g = x.Emit("Conv", []string{g, x.flip(x.In(1), 1)}, one.attributes(w.pads, 1)...)
		return x.stuff(g, append(canonical.Shape{from[0], to[1]}, from[2:]...), w.strides, to[2:])
	case group == to[1] && group == from[1]:
		return x.stuffed(g, w, from, to)
	case group == 1 && w.strides[0] == w.strides[1] && to[1]*w.strides[0]*w.strides[1] <= maxPhases:
		return x.phases(g, t, w, from, to)
	}
	return ""
}

// stuff puts zeros between the pixels of g, of shape from, so that they are as far
// apart as the strides, and cuts the result to a size.
func (x *Context) stuff(g string, from canonical.Shape, strides []int64, size []int64) string {
	rows, columns := from[2], from[3]
	wide := strides[0] * size[1]
	if columns > maxMatrix/max(wide, 1) {
		x.fail("images of %v are too large", from)
		return ""
	}
	m := make([]float32, columns*wide) // a row, and the empty rows after it
	for i := range columns {
		if at := i * strides[1]; at < size[1] {
			m[i*wide+at] = 1
		}
	}
	g = x.Do("MatMul", g, x.Floats(m, columns, wide))
	g = x.reshape(g, from, canonical.Shape{from[0], from[1], rows * strides[0], size[1]})
	if rows*strides[0] > size[0] {
		g = x.Slice(g, []int64{0}, []int64{size[0]}, []int64{2})
	}
	return g
}

// stuffed emits the transposed convolution of every channel with itself: the
// convolution of g stuffed with zeros with flipped kernels.
func (x *Context) stuffed(g string, w window, from, to canonical.Shape) string {
	size, pads := make([]int64, 2), make([]int64, 4)
	for i := range 2 {
		size[i] = min(w.strides[i]*from[2+i], to[2+i]+w.pads[i])
		pads[i] = w.kernel[i] - 1 - w.pads[i]
		pads[2+i] = to[2+i] - size[i] - pads[i] + w.kernel[i] - 1
		if pads[i] < 0 || pads[2+i] < 0 {
			return ""
		}
	}
	one := window{w.kernel, []int64{1, 1}, w.dilations, pads}
	return x.Emit("Conv", []string{x.stuff(g, from, w.strides, size), x.flip(x.In(1), to[1])}, one.attributes(pads, to[1])...)
}

// A phase is what the gradients at one position of a stride are made of, along one
// axis: g at offsets first to last, by every stride-th weight down from one.
type phase struct{ first, last, weight int64 }

// phasesOf returns the phases of an axis.
func (w window) phasesOf(axis int) (list []phase, first, last int64) {
	s := w.strides[axis]
	for r := range s {
		start, at := (r+w.pads[axis])%s, (r+w.pads[axis])/s
		count := max(0, (w.kernel[axis]-start+s-1)/s)
		p := phase{at - count + 1, at, start}
		list = append(list, p)
		if r == 0 || p.first < first {
			first = p.first
		}
		if r == 0 || p.last > last {
			last = p.last
		}
	}
	return list, first, last
}

// phases emits the transposed convolution as one convolution that gives a channel
// for every position of the stride, and puts them side by side.
func (x *Context) phases(g string, weights *onnx.Tensor, w window, from, to canonical.Shape) string {
	s, in, out := w.strides[0], to[1], from[1]
	values, err := weights.Floats()
	if err != nil {
		x.fail("%w", err)
		return ""
	}
	rows, top, bottom := w.phasesOf(0)
	columns, left, right := w.phasesOf(1)
	kernel := []int64{bottom - top + 1, right - left + 1}
	lengths := []int64{(to[2] + s - 1) / s, (to[3] + s - 1) / s}
	pads := []int64{-top, -left, lengths[0] - from[2] + bottom, lengths[1] - from[3] + right}
	for _, p := range pads {
		if p < 0 {
			return ""
		}
	}
	m := make([]float32, in*s*s*out*kernel[0]*kernel[1])
	at := 0
	for c := range in {
		for _, row := range rows {
			for _, column := range columns {
				for o := range out {
					for y := range kernel[0] {
						for z := range kernel[1] {
							i, iIn := row.tap(top+y, s, w.kernel[0])
							j, jIn := column.tap(left+z, s, w.kernel[1])
							if iIn && jIn {
								m[at] = values[((o*in+c)*w.kernel[0]+i)*w.kernel[1]+j]
							}
							at++
						}
					}
				}
			}
		}
	}
	one := window{kernel, []int64{1, 1}, w.dilations, pads}
	g = x.Emit("Conv", []string{g, x.Floats(m, in*s*s, out, kernel[0], kernel[1])}, one.attributes(pads, 1)...)
	g = x.Emit("DepthToSpace", []string{g}, onnx.IntAttr("blocksize", s), onnx.StringAttr("mode", "CRD"))
	if lengths[0]*s > to[2] || lengths[1]*s > to[3] {
		g = x.Slice(g, []int64{0, 0}, to[2:], []int64{2, 3})
	}
	return g
}

// tap returns which weight multiplies g at an offset, false if none does.
func (p phase) tap(offset, stride, kernel int64) (int64, bool) {
	k := p.weight + stride*(p.last-offset)
	return k, offset >= p.first && offset <= p.last && k < kernel
}
