package autodiff

import (
	"math"

	"github.com/sightline/sightline/onnx"
)

// functions are smooth elementwise functions of one tensor, and flat ones.
var functions = Rules{
	"Elu": elu, "Selu": selu, "Celu": celu, "Softplus": softplus, "Softsign": softsign, "Erf": erf, "Exp": exp, "Log": log,
	"Sqrt": sqrt, "Reciprocal": reciprocal, "Abs": abs, "Neg": neg, "Sin": sin, "Cos": cos, "ThresholdedRelu": thresholdedRelu,
	"Tan": tan, "Asin": asin, "Acos": acos, "Atan": atan, "Sinh": sinh, "Cosh": cosh, "Asinh": asinh, "Acosh": acosh, "Atanh": atanh,
	"Shrink": shrink, "Floor": zero, "Ceil": zero, "Round": zero, "Sign": zero, "Hardmax": zero,
}

// times passes dy·slope.
func (x *Context) times(slope string) error {
	x.Pass(0, x.Mul(x.Grad(0), slope))
	return nil
}

// choose is a where x > 0 and b elsewhere, for finite a and b.
func (x *Context) choose(a, b string) string {
	return x.Do("Where", x.Do("Greater", x.In(0), x.Num(0)), a, b)
}

// elu: 1 where x > 0, y + α elsewhere.
func elu(x *Context) error {
	return x.times(x.choose(x.Num(1), x.Do("Add", x.Out(0), x.Num(float64(x.Node.Float("alpha", 1))))))
}

// selu: γ where x > 0, y + α·γ elsewhere.
func selu(x *Context) error {
	alpha, gamma := x.Node.Float("alpha", 1.67326319), x.Node.Float("gamma", 1.05070102)
	return x.times(x.choose(x.Num(float64(gamma)), x.Do("Add", x.Out(0), x.Num(float64(alpha)*float64(gamma)))))
}

// celu: 1 where x > 0, y/α + 1 elsewhere.
func celu(x *Context) error {
	alpha := float64(x.Node.Float("alpha", 1))
	return x.times(x.choose(x.Num(1), x.Do("Add", x.Scale(x.Out(0), 1/alpha), x.Num(1))))
}

func softplus(x *Context) error { return x.times(x.Do("Sigmoid", x.In(0))) }

// softsign: 1/(1+|x|)².
func softsign(x *Context) error {
	d := x.Do("Add", x.Do("Abs", x.In(0)), x.Num(1))
	return x.times(x.Do("Reciprocal", x.Mul(d, d)))
}

// erf: 2/√π·exp(−x²).
func erf(x *Context) error {
	e := x.Do("Exp", x.Do("Neg", x.Mul(x.In(0), x.In(0))))
	return x.times(x.Scale(e, 2/math.Sqrt(math.Pi)))
}

func exp(x *Context) error { return x.times(x.Out(0)) }

func log(x *Context) error {
	x.Pass(0, x.Do("Div", x.Grad(0), x.In(0)))
	return nil
}

// sqrt: dy/(2y).
func sqrt(x *Context) error {
	x.Pass(0, x.Do("Div", x.Scale(x.Grad(0), 0.5), x.Out(0)))
	return nil
}

// reciprocal: −dy·y².
func reciprocal(x *Context) error {
	return x.times(x.Do("Neg", x.Mul(x.Out(0), x.Out(0))))
}

func abs(x *Context) error { return x.times(x.Do("Sign", x.In(0))) }

func neg(x *Context) error {
	x.Pass(0, x.Do("Neg", x.Grad(0)))
	return nil
}

func sin(x *Context) error { return x.times(x.Do("Cos", x.In(0))) }

func cos(x *Context) error { return x.times(x.Do("Neg", x.Do("Sin", x.In(0)))) }

// thresholdedRelu: dy where x > α.
func thresholdedRelu(x *Context) error {
	alpha := x.Num(float64(x.Node.Float("alpha", 1)))
	above := x.Emit("Cast", []string{x.Do("Greater", x.In(0), alpha)}, onnx.IntAttr("to", int64(onnx.Float32)))
	return x.times(above)
}

// square emits x².
func (x *Context) square(a string) string { return x.Mul(a, a) }

// tan: 1 + y².
func tan(x *Context) error { return x.times(x.Do("Add", x.square(x.Out(0)), x.Num(1))) }

// over passes dy/√(a + b·x²).
func (x *Context) over(a, b float64) error {
	x.Pass(0, x.Do("Div", x.Grad(0), x.Do("Sqrt", x.Do("Add", x.Scale(x.square(x.In(0)), b), x.Num(a)))))
	return nil
}

func asin(x *Context) error { return x.over(1, -1) }

func asinh(x *Context) error { return x.over(1, 1) }

func acosh(x *Context) error { return x.over(-1, 1) }

func acos(x *Context) error {
	root := x.Do("Sqrt", x.Do("Sub", x.Num(1), x.square(x.In(0))))
	x.Pass(0, x.Do("Neg", x.Do("Div", x.Grad(0), root)))
	return nil
}

// atan: 1/(1 + x²).
func atan(x *Context) error {
	x.Pass(0, x.Do("Div", x.Grad(0), x.Do("Add", x.square(x.In(0)), x.Num(1))))
	return nil
}

// atanh: 1/(1 − x²).
func atanh(x *Context) error {
	x.Pass(0, x.Do("Div", x.Grad(0), x.Do("Sub", x.Num(1), x.square(x.In(0)))))
	return nil
}

func sinh(x *Context) error { return x.times(x.Do("Cosh", x.In(0))) }

func cosh(x *Context) error { return x.times(x.Do("Sinh", x.In(0))) }

// shrink: dy where |x| > λ.
func shrink(x *Context) error {
	above := x.Do("Greater", x.Do("Abs", x.In(0)), x.Num(float64(x.Node.Float("lambd", 0.5))))
	return x.times(x.Emit("Cast", []string{above}, onnx.IntAttr("to", int64(onnx.Float32))))
}
