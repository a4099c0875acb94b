package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// indexing operators pick, repeat and rearrange values.
var indexing = Rules{"Gather": gather, "GatherElements": gatherElements, "Tile": tile, "DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth}

// gather with constant indices: dy is added up where it was taken from, by a
// matrix that picks rows.
func gather(x *Context) error {
	s, index := x.Shape(x.In(0)), x.Ints(1)
	if x.err != nil {
		return nil
	}
	rank := len(s)
	axis := x.Axis(0, rank)
	if x.err != nil {
		return nil
	}
	if s[axis] < 0 {
		x.fail("samples of a batch are picked")
		return nil
	}
	for i, at := range index {
		if at < 0 {
			index[i] = at + s[axis]
		}
		if index[i] < 0 || index[i] >= s[axis] {
			x.fail("index %d is outside %d", at, s[axis])
			return nil
		}
	}
	flat := slices.Clone(s)
	flat[axis] = int64(len(index))
	g := x.Grad(0)
	if len(x.Shape(x.Out(0))) != rank || len(x.Shape(x.In(1))) != 1 {
		g = x.Reshape(g, flat)
	}
	if len(index) == 1 {
		pads := make([]int64, 2*rank)
		pads[axis], pads[axis+rank] = index[0], s[axis]-1-index[0]
		x.Pass(0, x.Pad(g, pads))
		return nil
	}
	x.Pass(0, x.scatterAxis(g, axis, rank, s[axis], index))
	return nil
}

// gatherElements: dy is added up at the same places.
func gatherElements(x *Context) error {
	zeros := x.Do("ConstantOfShape", x.Do("Shape", x.In(0)))
	x.Pass(0, x.Emit("ScatterElements", []string{zeros, x.In(1), x.Grad(0)},
		onnx.IntAttr("axis", x.Node.Int("axis", 0)), onnx.StringAttr("reduction", "add")))
	return nil
}

// tile: dy, with every axis cut into its repeats, is summed over them.
func tile(x *Context) error {
	s, repeats := x.Shape(x.In(0)), x.Ints(1)
	if x.err != nil {
		return nil
	}
	g, out := x.Grad(0), x.Shape(x.Out(0))
	if !x.fit(len(repeats) == len(s) && len(out) == len(s), "repeats %v of a tensor of shape %v", repeats, s) {
		return nil
	}
	for i, r := range repeats {
		if r == 1 {
			continue
		}
		// Axes before i are the input's by now, those after it still the output's.
		cut := canonical.Shape{}
		cut = append(cut, s[:i]...)
		cut = append(cut, r, s[i])
		cut = append(cut, out[i+1:]...)
		g = x.Emit("ReduceSum", []string{x.Reshape(g, cut), x.Vector(int64(i))}, onnx.IntAttr("keepdims", 0))
	}
	x.Pass(0, g)
	return nil
}

// depthToSpace: the inverse rearrangement. SpaceToDepth has only one of its two
// orders, so it is spelled out.
func depthToSpace(x *Context) error {
	s, k := x.Shape(x.In(0)), x.Node.Int("blocksize", 1)
	if !x.fit(len(s) == 4 && k > 0 && k <= maxMatrix, "blocks of %d in a tensor of shape %v", k, s) {
		return nil
	}
	blocks := canonical.Shape{s[0], s[1] / (k * k), s[2], k, s[3], k}
	perm := []int64{0, 3, 5, 1, 2, 4}
	if x.Node.Text("mode", "DCR") == "CRD" {
		perm = []int64{0, 1, 3, 5, 2, 4}
	}
	x.Pass(0, x.Reshape(x.Transpose(x.Reshape(x.Grad(0), blocks), perm), s))
	return nil
}

func spaceToDepth(x *Context) error {
	x.Pass(0, x.Emit("DepthToSpace", []string{x.Grad(0)}, onnx.IntAttr("blocksize", x.Node.Int("blocksize", 1)), onnx.StringAttr("mode", "DCR")))
	return nil
}

// scattering operators write to, pick from or add up along constant or computed
// positions.
var scattering = Rules{"ScatterElements": scatterElements, "ScatterND": scatterND, "GatherND": gatherND, "TopK": topK,
	"CumSum": cumSum, "Trilu": trilu}

// zerosLike emits zeros of a tensor's shape.
func (x *Context) zerosLike(name string) string {
	return x.Do("ConstantOfShape", x.Do("Shape", name))
}

// written passes dy to what a scattering operator writes into, but where it is
// overwritten. Reductions other than a sum fail.
func (x *Context) written(overwrite func(g, zeros string) string) {
	switch reduction := x.Node.Text("reduction", "none"); {
	case reduction != "none" && reduction != "add":
		x.fail("its reduction %q is not differentiated", reduction)
	case !x.Wanted(0):
	case reduction == "add":
		x.Pass(0, x.Grad(0))
	default:
		x.Pass(0, overwrite(x.Grad(0), x.zerosLike(x.In(2))))
	}
}

func scatterElements(x *Context) error {
	axis := onnx.IntAttr("axis", x.Node.Int("axis", 0))
	x.written(func(g, zeros string) string { return x.Emit("ScatterElements", []string{g, x.In(1), zeros}, axis) })
	if x.Wanted(2) {
		x.Pass(2, x.Emit("GatherElements", []string{x.Grad(0), x.In(1)}, axis))
	}
	return nil
}

func scatterND(x *Context) error {
	x.written(func(g, zeros string) string { return x.Do("ScatterND", g, x.In(1), zeros) })
	if x.Wanted(2) {
		x.Pass(2, x.Do("GatherND", x.Grad(0), x.In(1)))
	}
	return nil
}

// gatherND: dy is added up where it was taken from.
func gatherND(x *Context) error {
	if x.Node.Int("batch_dims", 0) != 0 {
		x.fail("with batch_dims it is not differentiated")
	}
	x.Pass(0, x.Emit("ScatterND", []string{x.zerosLike(x.In(0)), x.In(1), x.Grad(0)}, onnx.StringAttr("reduction", "add")))
	return nil
}

// topK: dy goes to where the largest, or smallest, values were.
func topK(x *Context) error {
	x.Pass(0, x.Emit("ScatterElements", []string{x.zerosLike(x.In(0)), x.Out(1), x.Grad(0)}, onnx.IntAttr("axis", x.Node.Int("axis", -1))))
	return nil
}

// cumSum: dy is added up the other way.
func cumSum(x *Context) error {
	x.Pass(0, x.Emit("CumSum", []string{x.Grad(0), x.In(1)}, onnx.IntAttr("exclusive", x.Node.Int("exclusive", 0)),
		onnx.IntAttr("reverse", 1-x.Node.Int("reverse", 0))))
	return nil
}

// trilu: dy in the same triangle.
func trilu(x *Context) error {
	in := []string{x.Grad(0)}
	if x.In(1) != "" {
		in = append(in, x.In(1))
	}
	x.Pass(0, x.Emit("Trilu", in, onnx.IntAttr("upper", x.Node.Int("upper", 1))))
	return nil
}
