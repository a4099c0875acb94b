package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// quantised: the step from numbers to integers and back. Integers stand for
// themselves, so gradients with respect to them are float32 tensors too. A zero
// point shifts both ways and counts as constant; so does a scale, unless it is
// computed from the image: then its parts in both steps cancel.
var quantised = Rules{"QuantizeLinear": quantize, "DequantizeLinear": dequantize,
	"com.microsoft.QuantizeLinear": quantize, "com.microsoft.DequantizeLinear": dequantize}

// ranges of the integer types.
var ranges = map[onnx.DataType][2]float64{onnx.Uint8: {0, 255}, onnx.Int8: {-128, 127}, onnx.Uint16: {0, 65535}, onnx.Int16: {-32768, 32767}}

// quantize is a clipped straight-through: dx = dy/scale where the integer lies
// strictly inside its range. In exported int8 models saturation is the Relu6:
// without clipping they would be linear. A scale that is computed from the image
// follows its range, so that nothing saturates.
func quantize(x *Context) error {
	bounds, ok := ranges[x.tape.model.Types[x.Out(0)].Elem]
	if !ok {
		x.fail("its integer type is not known")
		return nil
	}
	q, g := x.number(x.Out(0)), x.Do("Div", x.Grad(0), x.scaleShape())
	if x.Wanted(1) { // d(x/scale)/dscale = −(x/scale)/scale
		x.Pass(0, g)
		x.passScale(x.Do("Neg", x.Mul(g, x.centred(q))))
		return nil
	}
	x.Pass(0, x.Mul(g, x.Mul(x.Above(q, bounds[0]), x.Below(q, bounds[1]))))
	return nil
}

func dequantize(x *Context) error {
	x.Pass(0, x.Mul(x.Grad(0), x.scaleShape()))
	if x.Wanted(1) {
		x.passScale(x.Mul(x.Grad(0), x.centred(x.number(x.In(0)))))
	}
	return nil
}

// number emits integers as float32.
func (x *Context) number(name string) string {
	return x.Emit("Cast", []string{name}, onnx.IntAttr("to", int64(onnx.Float32)))
}

// centred subtracts the zero point.
func (x *Context) centred(q string) string {
	if x.In(2) == "" {
		return q
	}
	return x.Do("Sub", q, x.number(x.In(2)))
}

// passScale gives a computed scale, of one number, its gradient.
func (x *Context) passScale(g string) {
	s, scale := x.Shape(x.In(0)), x.Shape(x.In(1))
	if len(scale) > 1 || (len(scale) == 1 && scale[0] != 1) {
		x.fail("its scales %q, one per channel, are computed from the image", x.In(1))
		return
	}
	x.Pass(1, x.SumTo(g, s, scale))
}

// scaleShape returns the scale so that it broadcasts along the node's axis.
func (x *Context) scaleShape() string {
	s, scale := x.Shape(x.In(0)), x.Shape(x.In(1))
	if x.err != nil || len(scale) == 0 || scale.Equal([]int64{1}) {
		return x.In(1)
	}
	axis := x.Axis(1, len(s))
	if x.err != nil {
		return ""
	}
	to := slices.Repeat([]int64{1}, len(s)-axis)
	to[0] = scale[0]
	return x.Reshape(x.In(1), to)
}
