package autodiff

import "github.com/sightline/sightline/onnx"

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
