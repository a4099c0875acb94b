package autodiff

import (
	"slices"

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
	if len(w.kernel) != 2 || t == nil || t.Type != onnx.Float32 || w.dilations[0] != 1 || w.dilations[1] != 1 || slices.Min(w.pads) < 0 {
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
	case group == 1 && w.strides[0] == w.strides[1] && from[1]%block == 0 && to[1]%block == 0:
		return x.phaseByPhase(g, t, w, from, to)
	case group == 1 && w.strides[0] == w.strides[1]:
		// Few channels keep few of the processor's registers busy: with more
		// positions, there are more channels.
		for _, more := range []int64{2, 1} {
			if s := w.strides[0] * more; s <= maxPhases && to[1] <= maxPhases/(s*s) {
				if dx := x.phases(g, t, w, from, to, more); dx != "" {
					return dx
				}
			}
		}
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

// A phase is what the gradients at one position of a block are made of, along one
// axis: g at offsets first to last, by every stride-th weight down from one.
type phase struct{ first, last, weight int64 }

// phasesOf returns the phases of an axis for blocks of a length.
func (w window) phasesOf(axis int, length int64) (list []phase, first, last int64) {
	s := w.strides[axis]
	for r := range length {
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
// for every position of a block, and puts them side by side; "" where it would need
// negative padding. A block is as many strides long as more says, which is the
// stride of the new convolution.
func (x *Context) phases(g string, weights *onnx.Tensor, w window, from, to canonical.Shape, more int64) string {
	s := w.strides[0] * more
	rows, top, bottom := w.phasesOf(0, s)
	columns, left, right := w.phasesOf(1, s)
	kernel := []int64{bottom - top + 1, right - left + 1}
	lengths := []int64{(to[2] + s - 1) / s, (to[3] + s - 1) / s}
	pads := []int64{-top, -left, (lengths[0]-1)*more + bottom - from[2] + 1, (lengths[1]-1)*more + right - from[3] + 1}
	if min(pads[0], pads[1], pads[2], pads[3]) < 0 {
		return ""
	}
	m := x.phaseWeights(weights, w, rows, columns, top, left, kernel)
	one := window{kernel, []int64{more, more}, w.dilations, pads}
	g = x.Emit("Conv", []string{g, x.Floats(m, to[1]*s*s, from[1], kernel[0], kernel[1])}, one.attributes(pads, 1)...)
	return x.sideBySide(g, s, "CRD", to)
}

// phaseByPhase emits the transposed convolution as one convolution for every position
// of a stride, each with the weights that matter there, and puts what they give side
// by side; "" where one would have no weights, or need negative padding.
func (x *Context) phaseByPhase(g string, weights *onnx.Tensor, w window, from, to canonical.Shape) string {
	s := w.strides[0]
	rows, _, _ := w.phasesOf(0, s)
	columns, _, _ := w.phasesOf(1, s)
	var each []string
	for i := range rows {
		for j := range columns {
			row, column := rows[i], columns[j]
			kernel := []int64{row.last - row.first + 1, column.last - column.first + 1}
			pads := []int64{-row.first, -column.first, (to[2]+s-1)/s + row.last - from[2], (to[3]+s-1)/s + column.last - from[3]}
			if slices.Min(kernel) < 1 || slices.Min(pads) < 0 {
				return ""
			}
			m := x.phaseWeights(weights, w, rows[i:i+1], columns[j:j+1], row.first, column.first, kernel)
			one := window{kernel, []int64{1, 1}, w.dilations, pads}
			each = append(each, x.Emit("Conv", []string{g, x.Floats(m, to[1], from[1], kernel[0], kernel[1])}, one.attributes(pads, 1)...))
		}
	}
	g = x.Emit("Concat", each, onnx.IntAttr("axis", 1))
	return x.sideBySide(g, s, "DCR", to)
}

// sideBySide puts channels that belong to the positions of a stride there, and cuts
// the image to a size.
func (x *Context) sideBySide(g string, stride int64, mode string, to canonical.Shape) string {
	g = x.Emit("DepthToSpace", []string{g}, onnx.IntAttr("blocksize", stride), onnx.StringAttr("mode", mode))
	if to[2]%stride > 0 || to[3]%stride > 0 {
		g = x.Slice(g, []int64{0, 0}, to[2:], []int64{2, 3})
	}
	return g
}

// phaseWeights returns the weights of a convolution that gives every position of a
// block, [C·rows·columns, M, kernel], of those of the original, [M, C, k].
func (x *Context) phaseWeights(t *onnx.Tensor, w window, rows, columns []phase, top, left int64, kernel []int64) []float32 {
	values, err := t.Floats()
	if err != nil {
		x.fail("%w", err)
		return nil
	}
	out, in := t.Dims[0], t.Dims[1]
	m := make([]float32, 0, in*int64(len(rows)*len(columns))*out*kernel[0]*kernel[1])
	for c := range in {
		for i := range int64(len(rows) * len(columns)) {
			row, column := rows[i/int64(len(columns))], columns[i%int64(len(columns))]
			for o := range out {
				for k := range kernel[0] * kernel[1] {
					a, inA := row.tap(top+k/kernel[1], w.strides[0], w.kernel[0])
					b, inB := column.tap(left+k%kernel[1], w.strides[1], w.kernel[1])
					v := float32(0)
					if inA && inB {
						v = values[((o*in+c)*w.kernel[0]+a)*w.kernel[1]+b]
					}
					m = append(m, v)
				}
			}
		}
	}
	return m
}

// tap returns which weight multiplies g at an offset, false if none does.
func (p phase) tap(offset, stride, kernel int64) (int64, bool) {
	k := p.weight + stride*(p.last-offset)
	return k, offset >= p.first && offset <= p.last && k < kernel
}
