package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// quantised: the step from numbers to integers and back. Integers stand for
// themselves, so gradients with respect to them are float32 tensors too. Scales
// and zero points count as constants, also where they are computed.
var quantised = Rules{"QuantizeLinear": quantize, "DequantizeLinear": dequantize,
	"com.microsoft.QuantizeLinear": quantize, "com.microsoft.DequantizeLinear": dequantize}

// ranges of the integer types.
var ranges = map[onnx.DataType][2]float64{onnx.Uint8: {0, 255}, onnx.Int8: {-128, 127}, onnx.Uint16: {0, 65535}, onnx.Int16: {-32768, 32767}}

// quantize is a clipped straight-through: dx = dy/scale where the integer lies
// strictly inside its range. In exported int8 models saturation is the Relu6:
// without clipping they would be linear.
func quantize(x *Context) error {
	bounds, ok := ranges[x.tape.model.Types[x.Out(0)].Elem]
	if !ok {
		x.fail("its integer type is not known")
		return nil
	}
	q := x.Emit("Cast", []string{x.Out(0)}, onnx.IntAttr("to", int64(onnx.Float32)))
	inside := x.Mul(x.Above(q, bounds[0]), x.Below(q, bounds[1]))
	x.Pass(0, x.Mul(x.Do("Div", x.Grad(0), x.scaleShape()), inside))
	return nil
}

func dequantize(x *Context) error {
	x.Pass(0, x.Mul(x.Grad(0), x.scaleShape()))
	return nil
}

// scaleShape returns the scale so that it broadcasts along the node's axis.
func (x *Context) scaleShape() string {
	s, scale := x.Shape(x.In(0)), x.Shape(x.In(1))
	if x.err != nil || len(scale) == 0 || scale.Equal([]int64{1}) {
		return x.In(1)
	}
	axis := x.Axis(1, len(s))
	to := slices.Repeat([]int64{1}, len(s)-axis)
	to[0] = scale[0]
	return x.Reshape(x.In(1), to)
}
