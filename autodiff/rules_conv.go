package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// convolutions with constant weights: gradients of the image, not of weights.
var convolutions = Rules{"Conv": conv, "ConvTranspose": convTranspose}

// A window is the geometry of a convolution or pool, per spatial axis; pads holds
// all beginnings, then all ends.
type window struct {
	kernel, strides, dilations, pads []int64
}

// windowOf reads a canonical node's window.
func windowOf(n *onnx.Node) window {
	w := window{n.Ints("kernel_shape"), n.Ints("strides"), n.Ints("dilations"), n.Ints("pads")}
	if w.dilations == nil {
		w.dilations = slices.Repeat([]int64{1}, len(w.kernel))
	}
	return w
}

// window returns the node's window and the shapes of its input and result, or fails:
// all have the same spatial axes, and none is empty.
func (x *Context) window() (w window, in, out canonical.Shape, ok bool) {
	w, in, out = windowOf(x.Node), x.Shape(x.In(0)), x.Shape(x.Out(0))
	d := len(w.kernel)
	ok = d > 0 && len(w.strides) == d && len(w.dilations) == d && len(w.pads) == 2*d && len(in) == d+2 && len(out) == d+2
	if ok = x.fit(ok, "a kernel of %v from a tensor of shape %v to one of %v", w.kernel, in, out); ok {
		smallest := min(slices.Min(w.kernel), slices.Min(w.strides), slices.Min(w.dilations), slices.Min(in[2:]), slices.Min(out[2:]))
		ok = x.fit(smallest > 0, "an empty kernel of %v or image, from shape %v to %v", w.kernel, in, out)
	}
	return w, in, out, ok
}

// weighted is window of a convolution with weights [.., .., kernel], and its number
// of groups.
func (x *Context) weighted() (w window, in, out canonical.Shape, group int64, ok bool) {
	if x.Wanted(1) || x.Wanted(2) {
		x.fail("its weights are computed from the image; only constant weights can be differentiated through")
	}
	group = x.Node.Int("group", 1)
	w, in, out, ok = x.window()
	var weights canonical.Shape
	if t := x.Constant(x.In(1)); t != nil {
		weights = t.Dims
	} else {
		weights = x.Shape(x.In(1))
	}
	return w, in, out, group, ok && x.fit(group > 0 && len(weights) == len(in) && slices.Equal(weights[2:], w.kernel) && weights[0] > 0 && weights[1] > 0 && weights[0]%group == 0,
		"weights of shape %v in %d groups for a kernel of %v", weights, group, w.kernel)
}

// span is the extent of the dilated kernel on axis i.
func (w window) span(i int) int64 { return w.dilations[i]*(w.kernel[i]-1) + 1 }

func (w window) attributes(pads []int64, group int64) []*onnx.Attribute {
	return []*onnx.Attribute{onnx.IntsAttr("kernel_shape", w.kernel...), onnx.IntsAttr("strides", w.strides...),
		onnx.IntsAttr("dilations", w.dilations...), onnx.IntsAttr("pads", pads...), onnx.IntAttr("group", group)}
}

// conv: the gradient is the transposed convolution of dy. At stride 1 that is
// again a convolution, with flipped kernels, for which runtimes are faster.
func conv(x *Context) error {
	w, in, out, group, ok := x.weighted()
	if !ok {
		return nil
	}
	if pads, ok := w.flippedPads(); ok {
		if flipped := x.flip(x.In(1), group); flipped != "" {
			x.Pass(0, x.Emit("Conv", []string{x.Grad(0), flipped}, w.attributes(pads, group)...))
			return nil
		}
	}
	g := x.strided(x.Grad(0), group, w, out, in)
	if g == "" {
		g = x.transposed(x.Grad(0), x.In(1), group, w, out, in)
	}
	if x.tape.readers[x.In(0)] > 1 {
		g = x.intoBlocks(g, x.In(0)) // what other readers pass is added in blocks
	}
	x.Pass(0, g)
	return nil
}

// flippedPads returns the padding of the convolution that is the gradient of one
// with stride 1; false at other strides or when it would be negative.
func (w window) flippedPads() ([]int64, bool) {
	pads := make([]int64, len(w.pads))
	for i := range pads {
		axis := i % len(w.kernel)
		pads[i] = w.span(axis) - 1 - w.pads[i]
		if w.strides[axis] != 1 || pads[i] < 0 {
			return nil, false
		}
	}
	return pads, true
}

// flip makes of constant weights [M, C/g, k…] those of the gradient, [C, M/g, k…]
// with every kernel reversed; "" when the weights are no float32 constant.
func (x *Context) flip(name string, group int64) string {
	t := x.Constant(name)
	if t == nil || t.Type != onnx.Float32 {
		return ""
	}
	values, err := t.Floats()
	if err != nil {
		x.fail("%w", err)
		return ""
	}
	size := int64(1)
	for _, k := range t.Dims[2:] {
		size *= k
	}
	outs, ins := t.Dims[0]/group, t.Dims[1] // per group
	flipped := make([]float32, len(values))
	for g := range group {
		for m := range outs {
			for c := range ins {
				from := values[((g*outs+m)*ins+c)*size:][:size]
				to := flipped[((g*ins+c)*outs+m)*size:][:size]
				for i, v := range from {
					to[size-1-int64(i)] = v
				}
			}
		}
	}
	return x.Floats(flipped, append([]int64{ins * group, outs}, t.Dims[2:]...)...)
}

// transposed emits the transposed convolution of g, of shape from, with weights,
// cut or filled to the spatial size of to. Where padding is the same on both sides
// and there is no dilation the operator does that itself; other combinations have
// had errors in runtimes.
func (x *Context) transposed(g, weights string, group int64, w window, from, to canonical.Shape) string {
	d := len(w.kernel)
	extra, plain := make([]int64, d), true
	for i := range d {
		extra[i] = to[2+i] + w.pads[i] + w.pads[i+d] - w.span(i) - (from[2+i]-1)*w.strides[i]
		plain = plain && w.pads[i] == w.pads[i+d] && w.dilations[i] == 1 && extra[i] >= 0 && extra[i] < w.strides[i]
	}
	if plain {
		return x.Emit("ConvTranspose", []string{g, weights}, append(w.attributes(w.pads, group), onnx.IntsAttr("output_padding", extra...))...)
	}
	full := x.Emit("ConvTranspose", []string{g, weights}, w.attributes(make([]int64, 2*d), group)...)
	begin, end := make([]int64, d), make([]int64, d)
	for i := range d {
		begin[i] = -w.pads[i]
		end[i] = to[2+i] - ((from[2+i]-1)*w.strides[i] + w.span(i) - w.pads[i])
	}
	return x.padSpatial(full, begin, end)
}

// padSpatial pads the spatial axes with zeros, or cuts where an amount is
// negative.
func (x *Context) padSpatial(a string, begin, end []int64) string {
	pads := slices.Concat([]int64{0, 0}, begin, []int64{0, 0}, end)
	return x.Pad(a, pads)
}

// Pad pads with zeros by pads (all beginnings, then all ends), or cuts where they
// are negative.
func (x *Context) Pad(a string, pads []int64) string {
	rank := len(pads) / 2
	var starts, ends, axes []int64
	grow := make([]int64, len(pads))
	for i := range rank {
		if pads[i] < 0 || pads[i+rank] < 0 {
			end := int64(1) << 60
			if pads[i+rank] < 0 {
				end = pads[i+rank]
			}
			starts, ends, axes = append(starts, max(0, -pads[i])), append(ends, end), append(axes, int64(i))
		}
		grow[i], grow[i+rank] = max(0, pads[i]), max(0, pads[i+rank])
	}
	if len(axes) > 0 {
		a = x.Slice(a, starts, ends, axes)
	}
	if rank > 0 && slices.Max(grow) > 0 {
		a = x.Do("Pad", a, x.Vector(grow...))
	}
	return a
}

// convTranspose: the gradient is the convolution of dy with the same weights.
func convTranspose(x *Context) error {
	w, in, out, group, ok := x.weighted()
	if !ok {
		return nil
	}
	// The convolution must give exactly the input's size: what output_padding or
	// negative padding added at the end is padded or cut first.
	d := len(w.kernel)
	begin, end := make([]int64, d), make([]int64, d)
	for i := range d {
		begin[i] = w.pads[i]
		end[i] = (in[2+i]-1)*w.strides[i] + w.span(i) - out[2+i] - w.pads[i]
	}
	g := x.padSpatial(x.Grad(0), begin, end)
	x.Pass(0, x.Emit("Conv", []string{g, x.In(1)}, w.attributes(make([]int64, 2*d), group)...))
	return nil
}
