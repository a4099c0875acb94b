package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// layout operators move values and compute none.
var layout = Rules{
	"Reshape": reshape, "Transpose": transpose, "Concat": concat, "Slice": slice, "Split": split, "Pad": pad,
	"Expand": expand, "Cast": cast,
}

func reshape(x *Context) error {
	x.Pass(0, x.reshape(x.Grad(0), x.Shape(x.Out(0)), x.Shape(x.In(0))))
	return nil
}

// cast between floating-point types passes the gradient; other types have none.
func cast(x *Context) error {
	if from := x.tape.model.Types[x.In(0)].Elem; from == onnx.Float32 && x.tape.model.Types[x.Out(0)].Elem == onnx.Float32 {
		x.Pass(0, x.Grad(0))
	}
	return nil
}

func transpose(x *Context) error {
	perm := x.Node.Ints("perm")
	inverse := make([]int64, len(perm))
	for i, p := range perm {
		inverse[x.axis(p, len(perm))] = int64(i)
	}
	x.Pass(0, x.Transpose(x.Grad(0), inverse))
	return nil
}

// concat: every input gets its part of dy.
func concat(x *Context) error {
	at := int64(0)
	for i, in := range x.Node.Inputs {
		s := x.Shape(in)
		axis := int64(x.Axis(0, len(s)))
		if x.err != nil {
			return nil
		}
		if s[axis] < 0 {
			x.fail("samples of a batch are concatenated")
			return nil
		}
		if x.Wanted(i) {
			x.Pass(i, x.Slice(x.Grad(0), []int64{at}, []int64{at + s[axis]}, []int64{axis}))
		}
		at += s[axis]
	}
	return nil
}

// split: the parts' gradients, with zeros for parts that have none, are put at
// their places.
func split(x *Context) error {
	s, sizes := x.Shape(x.In(0)), x.Ints(1)
	if x.err != nil {
		return nil
	}
	axis, at := x.Axis(0, len(s)), int64(0)
	if x.err != nil {
		return nil
	}
	for i, size := range sizes {
		if g := x.Grad(i); g != "" && size > 0 {
			pads := make([]int64, 2*len(s))
			pads[axis], pads[axis+len(s)] = at, s[axis]-at-size
			x.Pass(0, x.Pad(g, pads))
		}
		at += size
	}
	return nil
}

// slice: dy is put at its place among zeros. Steps other than 1 are a matrix that
// picks rows.
func slice(x *Context) error {
	s := x.Shape(x.In(0))
	starts, ends, axes, steps := x.Ints(1), x.Ints(2), x.Ints(3), x.Ints(4)
	if x.err != nil {
		return nil
	}
	count := len(axes)
	if !x.fit(len(starts) == count && len(ends) == count && len(steps) == count && !slices.Contains(steps, 0),
		"starts %v, ends %v, axes %v and steps %v do not fit, or a step is 0", starts, ends, axes, steps) {
		return nil
	}
	g, pads := x.Grad(0), make([]int64, 2*len(s))
	for i, at := range axes {
		a := x.axis(at, len(s))
		if x.err != nil {
			return nil
		}
		if s[a] < 0 {
			continue // all of the batch: shape inference has refused anything else
		}
		taken := canonicalRange(starts[i], ends[i], steps[i], s[a])
		if steps[i] == 1 && len(taken) > 0 {
			pads[a], pads[a+len(s)] = taken[0], s[a]-taken[0]-int64(len(taken))
			continue
		}
		g = x.scatterAxis(g, a, len(s), s[a], taken)
	}
	x.Pass(0, x.Pad(g, pads))
	return nil
}

// canonicalRange lists the positions a Slice takes of an axis. The step is not 0.
func canonicalRange(start, end, step, length int64) []int64 {
	step = min(max(step, -length-1), length+1) // longer ones take one element too
	low, high := int64(0), length
	if step < 0 {
		low, high = -1, length-1
	}
	bound := func(v int64) int64 {
		if v < 0 {
			v = max(v, -length-1) + length
		}
		return min(max(v, low), high)
	}
	var list []int64
	for i := bound(start); (step > 0 && i < bound(end)) || (step < 0 && i > bound(end)); i += step {
		list = append(list, i)
	}
	return list
}

// scatterAxis adds up slices of g on an axis at the given positions of an axis of
// the given length.
func (x *Context) scatterAxis(g string, axis, rank int, length int64, positions []int64) string {
	if int64(len(positions)) > maxMatrix/max(length, 1) {
		x.fail("%d of %d positions are too many", len(positions), length)
		return ""
	}
	m := make([]float32, int64(len(positions))*length)
	for i, p := range positions {
		m[int64(i)*length+p] = 1
	}
	return x.mapAxis(g, axis, rank, x.Floats(m, int64(len(positions)), length))
}

// mapAxis multiplies an axis by a matrix [old, new].
func (x *Context) mapAxis(g string, axis, rank int, matrix string) string {
	perm := make([]int64, rank)
	for i := range perm {
		perm[i] = int64(i)
	}
	perm[axis], perm[rank-1] = perm[rank-1], perm[axis]
	return x.Transpose(x.Do("MatMul", x.Transpose(g, perm), matrix), perm)
}

// pad with a constant: the inside of dy. Other modes repeat pixels of the image,
// whose gradients are added up.
func pad(x *Context) error {
	s, pads := x.Shape(x.In(0)), slices.Clone(x.Ints(1))
	if x.err != nil {
		return nil
	}
	if !x.fit(len(pads) == 2*len(s), "pads %v for a tensor of shape %v", pads, s) {
		return nil
	}
	g, mode := x.Grad(0), x.Node.Text("mode", "constant")
	for i := range s {
		before, after := pads[i], pads[i+len(s)]
		padded := before != 0 || after != 0
		if padded && !x.fit(s[i] > 0 && s[i]+before+after >= 0 && max(before, after) < maxMatrix && min(before, after) > -s[i]-1, "axis %d of shape %v is padded by %d and %d", i, s, before, after) {
			return nil
		}
		if mode != "constant" && padded {
			if s[i] > maxMatrix {
				x.fail("axis %d of shape %v is too long to be padded by %s", i, s, mode)
				return nil
			}
			g = x.scatterAxis(g, i, len(s), s[i], mirrored(mode, s[i], before, after))
			before, after = 0, 0
		}
		pads[i], pads[i+len(s)] = -before, -after
	}
	x.Pass(0, x.Pad(g, pads))
	return nil
}

// mirrored lists where each position of an axis padded by reflection or by
// repeating its edge comes from.
func mirrored(mode string, length, before, after int64) []int64 {
	list := make([]int64, 0, length+before+after)
	for i := -before; i < length+after; i++ {
		at := min(max(i, 0), length-1)
		if mode == "reflect" && length > 1 {
			period := 2 * (length - 1)
			at = ((i % period) + period) % period
			at = min(at, period-at)
		}
		list = append(list, at)
	}
	return list
}

// expand: dy is summed over what was repeated.
func expand(x *Context) error {
	x.Pass(0, x.SumTo(x.Grad(0), x.Shape(x.Out(0)), x.Shape(x.In(0))))
	return nil
}
