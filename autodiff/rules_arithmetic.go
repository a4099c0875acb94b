package autodiff

import "github.com/sightline/sightline/onnx/canonical"

// arithmetic are elementwise functions of several tensors, with broadcasting.
var arithmetic = Rules{"Add": addition, "Sub": subtraction, "Mul": multiplication, "Div": division}

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
