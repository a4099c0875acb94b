package autodiff_test

import "github.com/sightline/sightline/onnx"

// unary is a problem of an operator of one tensor.
func unary(name string, low, high float64, attributes ...*onnx.Attribute) func(dice) problem {
	return func(d dice) problem {
		return op(name, [][]int64{d.shape(1 + d.IntN(3))}, nil, attributes...).between(low, high)
	}
}

// pairwise is a problem of two tensors that broadcast in any way.
func pairwise(name string, low, high float64) func(dice) problem {
	return func(d dice) problem {
		a := d.shape(1 + d.IntN(3))
		b := append([]int64{}, a...)
		for i := range a {
			switch d.IntN(4) {
			case 0:
				a[i] = 1
			case 1:
				b[i] = 1
			}
		}
		b = b[d.IntN(len(b)):]
		if d.IntN(2) == 0 {
			a, b = b, a
		}
		return op(name, [][]int64{a, b}, nil).between(low, high)
	}
}

var elementwise = map[string]func(dice) problem{
	"Relu": unary("Relu", 0, 0), "LeakyRelu": unary("LeakyRelu", 0, 0, onnx.FloatAttr("alpha", 0.3)),
	"Elu": unary("Elu", 0, 0, onnx.FloatAttr("alpha", 0.7)), "Selu": unary("Selu", 0, 0),
	"Celu": unary("Celu", 0, 0, onnx.FloatAttr("alpha", 0.6)), "Sigmoid": unary("Sigmoid", 0, 0), "Tanh": unary("Tanh", 0, 0),
	"HardSigmoid": unary("HardSigmoid", -4, 4, onnx.FloatAttr("alpha", 0.25)), "HardSwish": unary("HardSwish", -6, 6),
	"Softplus": unary("Softplus", 0, 0), "Softsign": unary("Softsign", 0, 0), "Erf": unary("Erf", 0, 0), "Mish": unary("Mish", 0, 0),
	"ThresholdedRelu": unary("ThresholdedRelu", 0, 0, onnx.FloatAttr("alpha", 1)), "Exp": unary("Exp", 0, 0),
	"Log": unary("Log", 0.5, 3), "Sqrt": unary("Sqrt", 0.5, 3), "Reciprocal": unary("Reciprocal", 0.5, 3), "Abs": unary("Abs", 0, 0),
	"Neg": unary("Neg", 0, 0), "Sin": unary("Sin", 0, 0), "Cos": unary("Cos", 0, 0),
	"Clip": clipped, "Add": pairwise("Add", 0, 0), "Sub": pairwise("Sub", 0, 0), "Mul": pairwise("Mul", 0, 0), "Div": pairwise("Div", 0.5, 3),
	"Max": pairwise("Max", 0, 0), "Min": pairwise("Min", 0, 0), "Pow": pairwise("Pow", 0.5, 2), "square": square, "PRelu": prelu, "Where": where,
	"Sum": many("Sum"), "Mean": many("Mean"), "Mod": modulo, "Gelu": unary("Gelu", 0, 0), "Gelu by tanh": unary("Gelu", 0, 0, onnx.StringAttr("approximate", "tanh")),
	"Swish": unary("Swish", 0, 0, onnx.FloatAttr("alpha", 0.8)), "Tan": unary("Tan", -1, 1), "Asin": unary("Asin", -0.8, 0.8), "Acos": unary("Acos", -0.8, 0.8),
	"Atan": unary("Atan", 0, 0), "Sinh": unary("Sinh", 0, 0), "Cosh": unary("Cosh", 0, 0), "Asinh": unary("Asinh", 0, 0), "Acosh": unary("Acosh", 1.5, 3),
	"Atanh": unary("Atanh", -0.8, 0.8), "Shrink": unary("Shrink", 0, 0, onnx.FloatAttr("lambd", 1), onnx.FloatAttr("bias", 0.25)),
}

// modulo of numbers whose quotients are never whole.
func modulo(d dice) problem {
	s := d.shape(2)
	p := op("Mod", [][]int64{s}, []*onnx.Tensor{onnx.FloatTensor("b", []float32{1})}, onnx.IntAttr("fmod", 1))
	if d.IntN(2) == 0 { // −7 is the quotient's whole part over all of the range
		p = op("Mod", [][]int64{{1}}, nil, onnx.IntAttr("fmod", 1)).between(0.55, 0.6)
		p.constants, p.nodes[0].Inputs = []*onnx.Tensor{onnx.FloatTensor("a", []float32{-4.3}, 1)}, []string{"a", "x0"}
	}
	return p
}

func clipped(d dice) problem {
	bounds := []*onnx.Tensor{onnx.FloatTensor("low", []float32{-1}), onnx.FloatTensor("high", []float32{1})}
	return op("Clip", [][]int64{d.shape(3)}, bounds[:1+d.IntN(2)])
}

func square(d dice) problem {
	return op("Pow", [][]int64{d.shape(2)}, []*onnx.Tensor{onnx.FloatTensor("two", []float32{2})})
}

func prelu(d dice) problem {
	s := d.shape(3)
	return op("PRelu", [][]int64{s, {s[1], 1}}, nil)
}

func where(d dice) problem {
	s := d.shape(2)
	mask := &onnx.Tensor{Name: "mask", Type: onnx.Bool, Dims: s, Raw: make([]byte, size(s))}
	for i := range mask.Raw {
		mask.Raw[i] = byte(d.IntN(2))
	}
	p := op("Where", [][]int64{s, {s[1]}}, []*onnx.Tensor{mask})
	p.nodes[0].Inputs = []string{"mask", "x0", "x1"}
	return p
}

// many is a problem of three tensors.
func many(name string) func(dice) problem {
	return func(d dice) problem {
		s := d.shape(2)
		return op(name, [][]int64{s, {1, s[1]}, s}, nil)
	}
}
