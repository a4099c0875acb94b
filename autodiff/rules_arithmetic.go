package autodiff

import (
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// arithmetic are elementwise functions of several tensors, with broadcasting.
var arithmetic = Rules{"Add": addition, "Sub": subtraction, "Mul": multiplication, "Div": division,
	"Max": maximum, "Min": minimum, "Pow": power, "Where": where, "PRelu": prelu, "Mod": modulo}

// pair returns the shapes of the result and of the node's two inputs.
func pair(x *Context) (out, a, b canonical.Shape) {
	return x.Shape(x.Out(0)), x.Shape(x.In(0)), x.Shape(x.In(1))
}

func addition(x *Context) error {
	out, a, b := pair(x)
	g := x.Grad(0)
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(g, out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(g, out, b))
	}
	return nil
}

func subtraction(x *Context) error {
	out, a, b := pair(x)
	g := x.Grad(0)
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(g, out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Do("Neg", g), out, b))
	}
	return nil
}

// multiplication: da = dy·b, db = dy·a.
func multiplication(x *Context) error {
	out, a, b := pair(x)
	g := x.Grad(0)
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(x.Mul(g, x.In(1)), out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Mul(g, x.In(0)), out, b))
	}
	return nil
}

// division: da = dy/b, db = −dy·y/b.
func division(x *Context) error {
	out, a, b := pair(x)
	part := x.Do("Div", x.Grad(0), x.In(1))
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(part, out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Do("Neg", x.Mul(part, x.Out(0))), out, b))
	}
	return nil
}

// mask emits 1 where a comparison of the node's inputs holds, 0 elsewhere.
func (x *Context) mask(comparison string) string {
	hit := x.Do(comparison, x.In(0), x.In(1))
	return x.Emit("Cast", []string{hit}, onnx.IntAttr("to", int64(onnx.Float32)))
}

// maximum and minimum: dy goes to the chosen input; equal ones share it.
func maximum(x *Context) error { return x.extreme("Greater", "Less") }
func minimum(x *Context) error { return x.extreme("Less", "Greater") }

func (x *Context) extreme(first, second string) error {
	out, a, b := pair(x)
	g := x.Grad(0)
	share := func(strict string) string { // 1 if strictly chosen, ½ on a tie
		either := x.Do("Sub", x.Num(1), x.Do("Add", x.mask(first), x.mask(second)))
		return x.Mul(g, x.Do("Add", x.mask(strict), x.Scale(either, 0.5)))
	}
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(share(first), out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(share(second), out, b))
	}
	return nil
}

// power: da = dy·b·a^(b−1), db = dy·y·ln a.
func power(x *Context) error {
	out, a, b := pair(x)
	g, exponent := x.Grad(0), x.In(1)
	if t := x.Constant(exponent); t != nil && t.Type != onnx.Float32 {
		exponent = x.Emit("Cast", []string{exponent}, onnx.IntAttr("to", int64(onnx.Float32)))
	}
	if x.Wanted(0) {
		slope := x.Mul(exponent, x.Do("Pow", x.In(0), x.Do("Sub", exponent, x.Num(1))))
		x.Pass(0, x.SumTo(x.Mul(g, slope), out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Mul(g, x.Mul(x.Out(0), x.Do("Log", x.In(0)))), out, b))
	}
	return nil
}

// where: dy goes to the input that was chosen.
func where(x *Context) error {
	out, g := x.Shape(x.Out(0)), x.Grad(0)
	none := x.Num(0)
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Do("Where", x.In(0), g, none), out, x.Shape(x.In(1))))
	}
	if x.Wanted(2) {
		x.Pass(2, x.SumTo(x.Do("Where", x.In(0), none, g), out, x.Shape(x.In(2))))
	}
	return nil
}

// prelu: dx = dy where x > 0, slope·dy elsewhere; dslope = dy·min(x, 0).
func prelu(x *Context) error {
	out, a, b := pair(x)
	g := x.Grad(0)
	if x.Wanted(0) {
		slope := x.Do("Where", x.Do("Greater", x.In(0), x.Num(0)), x.Num(1), x.In(1))
		x.Pass(0, x.SumTo(x.Mul(g, slope), out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Mul(g, x.Do("Min", x.In(0), x.Num(0))), out, b))
	}
	return nil
}

// modulo: y = a − q·b with q whole, so da = dy and db = −dy·q = dy·(y − a)/b.
func modulo(x *Context) error {
	out, a, b := pair(x)
	if x.Wanted(0) {
		x.Pass(0, x.SumTo(x.Grad(0), out, a))
	}
	if x.Wanted(1) {
		x.Pass(1, x.SumTo(x.Mul(x.Grad(0), x.Do("Div", x.Do("Sub", x.Out(0), x.In(0)), x.In(1))), out, b))
	}
	return nil
}
