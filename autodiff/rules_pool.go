package autodiff

import (
	"math"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// pools over space.
var pools = Rules{"MaxPool": maxPool, "AveragePool": averagePool, "GlobalAveragePool": globalAveragePool, "GlobalMaxPool": globalMaxPool,
	"LpPool": lpPool}

// maxPool: dy goes to where each maximum was. The places are asked of a second
// MaxPool: asking the first for them would cost the forward pass its fast layout.
// Windows may overlap, so that gradients are added up.
func maxPool(x *Context) error {
	if in := x.In(0); x.tape.pooled[in] == nil {
		x.tape.pooled[in] = &pooled{gradient: x.Grad(0), result: x.Out(0), pool: x}
		return nil
	}
	x.Pass(0, x.toPlaces(x.Grad(0)))
	return nil
}

// toPlaces adds g up where the maxima of a MaxPool were.
func (x *Context) toPlaces(g string) string {
	attributes := slices.DeleteFunc(slices.Clone(x.Node.Attributes), func(a *onnx.Attribute) bool { return a.Name == "storage_order" })
	where := x.emit(&onnx.Node{Op: "MaxPool", Inputs: []string{x.In(0)}, Attributes: attributes}, 2)[1]
	flat := x.Vector(-1)
	length := x.Do("Shape", x.Do("Reshape", x.In(0), flat))
	g = x.Emit("ScatterElements", []string{x.Do("ConstantOfShape", length), x.Do("Reshape", where, flat), x.Do("Reshape", g, flat)},
		onnx.IntAttr("axis", 0), onnx.StringAttr("reduction", "add"))
	return x.Reshape(g, x.Shape(x.In(0)))
}

// averagePool: dy, divided by how many values each window averages, is spread over
// the window by a transposed convolution of ones, channel by channel.
func averagePool(x *Context) error {
	w, in, out, ok := x.window()
	if !ok || !x.fit(volume(out[2:]) <= maxResult, "it gives %v", out) {
		return nil
	}
	weights := canonical.AverageWeights(x.Node, in[2:], out[2:])
	g := x.Mul(x.Grad(0), x.Floats(weights, append([]int64{1, 1}, out[2:]...)...))
	x.Pass(0, x.spreadWindows(g, w, out, in))
	return nil
}

// maxResult is the most positions of a pool's result.
const maxResult = 1 << 26

// volume is the product of lengths; math.MaxInt64 where that is no int64.
func volume(lengths []int64) int64 {
	n := int64(1)
	for _, d := range lengths {
		if d > 0 && n > math.MaxInt64/d {
			return math.MaxInt64
		}
		n *= d
	}
	return n
}

// spatialOnes is a shape of ones with the spatial axes of s: what a pooled tensor
// is expanded to.
func spatialOnes(s canonical.Shape) []int64 {
	to := slices.Clone([]int64(s))
	to[0], to[1] = 1, 1
	return to
}

func globalAveragePool(x *Context) error {
	s := x.Shape(x.In(0))
	if !x.fit(len(s) > 1, "a tensor of shape %v has no channels", s) {
		return nil
	}
	size := volume(s[2:])
	g := x.Do("Expand", x.Scale(x.Grad(0), 1/float64(size)), x.Vector(spatialOnes(s)...))
	x.Pass(0, x.intoBlocks(g, x.In(0)))
	return nil
}

// globalMaxPool: dy goes to the maximum; equal maxima share it.
func globalMaxPool(x *Context) error {
	s := x.Shape(x.In(0))
	var axes []int64
	for i := 2; i < len(s); i++ {
		axes = append(axes, int64(i))
	}
	x.Pass(0, x.toMaxima(x.Grad(0), x.Out(0), axes))
	return nil
}

// toMaxima spreads g over the elements of the node's input that equal y, its
// maximum or minimum over axes; equal ones share it.
func (x *Context) toMaxima(g, y string, axes []int64) string {
	hit := x.Emit("Cast", []string{x.Do("Equal", x.In(0), y)}, onnx.IntAttr("to", int64(onnx.Float32)))
	count := x.Emit("ReduceSum", []string{hit, x.Vector(axes...)}, onnx.IntAttr("keepdims", 1))
	return x.Mul(hit, x.Do("Div", g, count))
}

// lpPool: y = (Σ|x|ᵖ)^(1/p), so dx = sign(x)·|x|^(p−1) times dy·y^(1−p) spread over
// each window; 0 where y is 0.
func lpPool(x *Context) error {
	w, in, out, ok := x.window()
	if !ok {
		return nil
	}
	p := float64(x.Node.Int("p", 2))
	safe := x.Do("Max", x.Out(0), x.Num(1e-30))
	g := x.spreadWindows(x.Mul(x.Grad(0), x.Do("Pow", safe, x.Num(1-p))), w, out, in)
	own := x.Mul(x.Do("Sign", x.In(0)), x.Do("Pow", x.Do("Abs", x.In(0)), x.Num(p-1)))
	x.Pass(0, x.Mul(g, own))
	return nil
}

// spreadWindows adds each window's value to all it covers.
func (x *Context) spreadWindows(g string, w window, out, in canonical.Shape) string {
	size := volume(w.kernel)
	if !x.fit(size <= maxMatrix, "its kernel of %v is too large", w.kernel) {
		return ""
	}
	planes := append(canonical.Shape{in[0] * in[1], 1}, out[2:]...)
	ones := x.Floats(slices.Repeat([]float32{1}, int(size)), append([]int64{1, 1}, w.kernel...)...)
	return x.Reshape(x.transposed(x.Reshape(g, planes), ones, 1, w, out, in), in)
}
