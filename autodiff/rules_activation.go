package autodiff

import (
	"math"

	"github.com/sightline/sightline/onnx"
)

// activations are elementwise functions of one tensor with at most a kink.
var activations = Rules{
	"Relu": relu, "Clip": clip, "Sigmoid": sigmoid, "Tanh": tanh, "HardSigmoid": hardSigmoid, "LeakyRelu": leakyRelu,
	"Identity": identity,
}

// steep is the slope of HardSigmoid as a step function. A power of two keeps
// products exact, so that a bound is met exactly.
const steep = 1 << 62

// Above emits 1 where y > bound and 0 elsewhere, as float32.
func (x *Context) Above(y string, bound float64) string {
	return x.Emit("HardSigmoid", []string{y}, onnx.FloatAttr("alpha", steep), onnx.FloatAttr("beta", float32(-bound*steep)))
}

// Below emits 1 where y < bound and 0 elsewhere.
func (x *Context) Below(y string, bound float64) string {
	return x.Emit("HardSigmoid", []string{y}, onnx.FloatAttr("alpha", -steep), onnx.FloatAttr("beta", float32(bound*steep)))
}

// Rest emits 1 − y of a y between 0 and 1, by an operator that runtimes know in blocks.
func (x *Context) Rest(y string) string {
	return x.Emit("HardSigmoid", []string{y}, onnx.FloatAttr("alpha", -1), onnx.FloatAttr("beta", 1))
}

func identity(x *Context) error {
	x.Pass(0, x.Grad(0))
	return nil
}

// gated passes dy where a mask of y is 1. A MaxPool after it takes its maxima from
// y, so that their gradients can be masked before they are put in their places.
func (x *Context) gated(mask func(y string) string) error {
	if p := x.tape.onlyPooled(x.Out(0)); p != nil {
		p.gradient = x.Mul(p.gradient, mask(p.result))
		x.Pass(0, x.Grad(0))
		return nil
	}
	x.Pass(0, x.Mul(x.Grad(0), mask(x.Out(0))))
	return nil
}

// relu: dx = dy where y > 0.
func relu(x *Context) error {
	return x.gated(func(y string) string { return x.Above(y, 0) })
}

// clip: dx = dy where y is strictly between the bounds.
func clip(x *Context) error {
	low, fromBelow := x.bound(1)
	high, fromAbove := x.bound(2)
	switch {
	case fromBelow && fromAbove:
		return x.gated(func(y string) string { return x.Inside(y, low, high) })
	case fromBelow:
		return x.gated(func(y string) string { return x.Above(y, low) })
	case fromAbove:
		return x.gated(func(y string) string { return x.Below(y, high) })
	}
	x.Pass(0, x.Grad(0))
	return nil
}

// bound returns the value of a constant bound, false when there is none.
func (x *Context) bound(i int) (float64, bool) {
	if x.In(i) == "" {
		return 0, false
	}
	t := x.Constant(x.In(i))
	if t == nil {
		x.fail("its bound %q is computed", x.In(i))
		return 0, false
	}
	v, err := t.Floats()
	if err != nil {
		x.fail("%w", err)
		return 0, false
	}
	if !x.fit(len(v) > 0, "its bound %q is empty", x.In(i)) {
		return 0, false
	}
	bound := float64(v[0])
	if math.Abs(bound) > math.MaxFloat32/2 {
		return 0, false
	}
	if math.Abs(bound) > 1<<60 {
		x.fail("its bound %g is too large", bound)
	}
	return bound, true
}

// sigmoid: dx = dy·y·(1−y).
func sigmoid(x *Context) error {
	y := x.Out(0)
	x.Pass(0, x.Mul(x.Grad(0), x.Mul(y, x.Rest(y))))
	return nil
}

// tanh: dx = dy·(1−y²).
func tanh(x *Context) error {
	y := x.Out(0)
	x.Pass(0, x.Mul(x.Grad(0), x.Rest(x.Mul(y, y))))
	return nil
}

// hardSigmoid: dx = α·dy where 0 < y < 1.
func hardSigmoid(x *Context) error {
	y := x.Out(0)
	inside := x.Mul(x.Above(y, 0), x.Below(y, 1))
	x.Pass(0, x.Scale(x.Mul(x.Grad(0), inside), float64(x.Node.Float("alpha", 0.2))))
	return nil
}

// leakyRelu: dx = dy where x > 0, α·dy elsewhere.
func leakyRelu(x *Context) error {
	alpha := float64(x.Node.Float("alpha", 0.01))
	slope := x.Do("Add", x.Scale(x.Above(x.In(0), 0), 1-alpha), x.Num(alpha))
	x.Pass(0, x.Mul(x.Grad(0), slope))
	return nil
}
