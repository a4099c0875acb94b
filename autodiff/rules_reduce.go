package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// reductions over axes.
var reductions = Rules{
	"ReduceMean": reduceMean, "ReduceSum": reduceSum, "ReduceMax": reduceExtreme, "ReduceMin": reduceExtreme,
	"ReduceSumSquare": reduceSumSquare, "ReduceL2": reduceL2, "ReduceLogSumExp": reduceLogSumExp, "ReduceL1": reduceL1,
	"ReduceLogSum": reduceLogSum, "ReduceProd": reduceProd,
}

// reduced describes a reduction: the input's shape, the shape with the reduced
// axes kept as 1, the axes and how many values each result is made of.
type reduced struct {
	in, kept canonical.Shape
	axes     []int64
	count    int64
}

func (x *Context) reduced() reduced {
	r := reduced{in: x.Shape(x.In(0)), axes: slices.Clone(x.Ints(1)), count: 1}
	r.kept = slices.Clone(r.in)
	for i, at := range r.axes {
		a := x.axis(at, len(r.in))
		if x.err == nil && r.in[a] < 0 {
			x.fail("samples of a batch are reduced to one value")
		}
		if x.err != nil {
			return reduced{count: 1}
		}
		r.axes[i], r.kept[a], r.count = int64(a), 1, r.count*r.in[a]
	}
	return r
}

// keep brings a result of the node to the shape with reduced axes kept.
func (x *Context) keep(name string, r reduced) string {
	if x.Node.Int("keepdims", 1) != 0 {
		return name
	}
	return x.reshape(name, x.Shape(x.Out(0)), r.kept)
}

// spread expands a kept-axes tensor over the reduced axes.
func (x *Context) spread(name string, r reduced) string {
	to := make([]int64, len(r.in))
	for i := range to {
		to[i] = 1
	}
	for _, a := range r.axes {
		to[a] = r.in[a]
	}
	if r.count == 1 {
		return name
	}
	return x.intoBlocks(x.Do("Expand", name, x.Vector(to...)), x.In(0))
}

func reduceSum(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.spread(x.keep(x.Grad(0), r), r))
	return nil
}

func reduceMean(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.spread(x.Scale(x.keep(x.Grad(0), r), 1/float64(r.count)), r))
	return nil
}

// reduceExtreme: dy goes to the maximum or minimum; equal ones share it.
func reduceExtreme(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.toMaxima(x.keep(x.Grad(0), r), x.keep(x.Out(0), r), r.axes))
	return nil
}

// reduceSumSquare: dx = 2·x·dy.
func reduceSumSquare(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.Mul(x.In(0), x.Scale(x.keep(x.Grad(0), r), 2)))
	return nil
}

// reduceL2: dx = x·dy/y, 0 where y is 0.
func reduceL2(x *Context) error {
	r := x.reduced()
	y := x.keep(x.Out(0), r)
	x.Pass(0, x.Mul(x.In(0), x.Do("Div", x.keep(x.Grad(0), r), x.Do("Max", y, x.Num(1e-30)))))
	return nil
}

// reduceL1: dx = sign(x)·dy.
func reduceL1(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.Mul(x.Do("Sign", x.In(0)), x.keep(x.Grad(0), r)))
	return nil
}

// reduceLogSumExp: dx = exp(x−y)·dy.
func reduceLogSumExp(x *Context) error {
	r := x.reduced()
	x.Pass(0, x.Mul(x.Do("Exp", x.Do("Sub", x.In(0), x.keep(x.Out(0), r))), x.keep(x.Grad(0), r)))
	return nil
}

// reduceLogSum: y = ln Σx, so dx = dy/Σx = dy·exp(−y).
func reduceLogSum(x *Context) error {
	r := x.reduced()
	g := x.Mul(x.keep(x.Grad(0), r), x.Do("Exp", x.Do("Neg", x.keep(x.Out(0), r))))
	x.Pass(0, x.spread(g, r))
	return nil
}

// reduceProd: dx is dy times the product of the other factors, 0 where one of those
// is 0.
func reduceProd(x *Context) error {
	r := x.reduced()
	isZero := x.Do("Equal", x.In(0), x.Num(0))
	zeros := x.Emit("Cast", []string{isZero}, onnx.IntAttr("to", int64(onnx.Float32)))
	axes := x.Vector(r.axes...)
	count := x.Emit("ReduceSum", []string{zeros, axes}, onnx.IntAttr("keepdims", 1))
	safe := x.Do("Where", isZero, x.Num(1), x.In(0))
	rest := x.Do("Div", x.Emit("ReduceProd", []string{safe, axes}, onnx.IntAttr("keepdims", 1)), safe)
	others := x.Do("Sub", count, zeros) // zeros among the other factors
	slope := x.Do("Where", x.Do("Less", others, x.Num(0.5)), rest, x.Num(0))
	x.Pass(0, x.Mul(slope, x.keep(x.Grad(0), r)))
	return nil
}
