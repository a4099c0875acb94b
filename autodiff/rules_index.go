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
