package canonical

import (
	"fmt"

	"github.com/sightline/sightline/onnx"
)

// quantisations are quantised operators: they become float operators between DequantizeLinear and
// QuantizeLinear. What the integer kernels round differs by at most one step from
// what these give.
var quantisations = map[string]lowering{
	"DequantizeLinear": lowerDequantize, "QuantizeLinear": lowerQuantize,
	"com.microsoft.DequantizeLinear": lowerDequantize, "com.microsoft.QuantizeLinear": lowerQuantize, "QLinearConv": lowerQLinearConv, "QLinearMatMul": lowerQLinearMatMul,
	"ConvInteger": lowerConvInteger, "MatMulInteger": lowerMatMulInteger, "DynamicQuantizeLinear": lowerDynamicQuantize,
	"com.microsoft.QGemm": lowerQGemm, "com.microsoft.QLinearAdd": lowerQLinearPair("Add"),
	"com.microsoft.QLinearMul": lowerQLinearPair("Mul"), "com.microsoft.QLinearSigmoid": lowerQLinearUnary("Sigmoid"),
	"com.microsoft.QLinearLeakyRelu": lowerQLinearUnary("LeakyRelu"), "com.microsoft.QLinearConcat": lowerQLinearConcat,
	"com.microsoft.QLinearGlobalAveragePool": lowerQLinearUnary("GlobalAveragePool"),
	"com.microsoft.QLinearAveragePool":       lowerQLinearUnary("AveragePool"),
	"com.microsoft.QLinearSoftmax":           lowerQLinearUnary("Softmax"),
}

// lowerDequantize keeps quantised weights quantised, and notes what they are: ONNX
// Runtime would quantise float weights between quantised tensors anew, with one
// scale for all channels, at a great loss of accuracy.
func lowerDequantize(b *builder, n *onnx.Node) error {
	if n.Int("block_size", 0) != 0 {
		return fmt.Errorf("blocked quantisation does not exist in opset %d", Opset)
	}
	if b.numbers[n.Input(0)] != "" {
		return b.dequantiseBytes(n)
	}
	t, err := b.dequantised(n.Input(0), n.Input(1), n.Input(2), int(n.Int("axis", 1)))
	if err != nil {
		return err
	}
	if t != nil {
		b.weights[n.Outputs[0]] = t
	}
	return b.emit(&onnx.Node{Op: n.Op, Domain: b.quantisedDomain(n.Input(0)), Inputs: n.Inputs, Outputs: n.Outputs,
		Attributes: []*onnx.Attribute{onnx.IntAttr("axis", n.Int("axis", 1))}})
}

// quantisedDomain is where opset 18 has the operators for tensors of name's
// element type: those of 16 bits are ONNX Runtime's own.
func (b *builder) quantisedDomain(name string) string {
	if t := b.types[name].Elem; t == onnx.Int16 || t == onnx.Uint16 {
		return "com.microsoft"
	}
	return ""
}

func lowerQuantize(b *builder, n *onnx.Node) error {
	if n.Int("block_size", 0) != 0 || (n.Input(2) == "" && n.Int("output_dtype", int64(onnx.Uint8)) != int64(onnx.Uint8)) {
		return fmt.Errorf("blocked quantisation, or to a type that no zero point states, does not exist in opset %d", Opset)
	}
	return b.emit(&onnx.Node{Op: n.Op, Domain: b.quantisedDomain(n.Input(2)), Inputs: n.Inputs, Outputs: n.Outputs,
		Attributes: []*onnx.Attribute{onnx.IntAttr("axis", n.Int("axis", 1))}})
}

// dequantised returns (x − zero)·scale along axis if all three are constant, nil
// if not.
func (b *builder) dequantised(x, scale, zero string, along int) (*onnx.Tensor, error) {
	t, s, z := b.constants[x], b.constants[scale], b.constants[zero]
	if t == nil || s == nil || (zero != "" && z == nil) {
		return nil, nil
	}
	values, err := t.Floats()
	if err != nil {
		return nil, err
	}
	scales, err := s.Floats()
	if err != nil {
		return nil, err
	}
	zeros := make([]float32, len(scales))
	if z != nil {
		if zeros, err = z.Floats(); err != nil {
			return nil, err
		}
	}
	if len(scales) == 0 || len(zeros) < len(scales) {
		return nil, fmt.Errorf("%d scales and %d zero points", len(scales), len(zeros))
	}
	inner := 1
	if len(scales) > 1 {
		a, err := axis(int64(along), len(t.Dims))
		if err != nil || int(t.Dims[a]) != len(scales) || len(zeros) != len(scales) {
			return nil, fmt.Errorf("%d scales on axis %d of shape %v", len(scales), along, t.Dims)
		}
		for _, d := range t.Dims[a+1:] {
			inner *= int(d)
		}
	}
	for i := range values {
		c := i / inner % len(scales)
		values[i] = (values[i] - zeros[c]) * scales[c]
	}
	return onnx.FloatTensor("", values, t.Dims...), nil
}

// float emits x dequantised.
func (f *formula) float(x, scale, zero string, along int) string {
	if f.err != nil {
		return ""
	}
	out := f.b.edit.Fresh(f.hint + "_float")
	in := []string{x, scale}
	if zero != "" {
		in = append(in, zero)
	}
	f.err = lowerDequantize(f.b, onnx.NewNode("DequantizeLinear", in, []string{out}, onnx.IntAttr("axis", int64(along))))
	return out
}

// quantise ends a formula with x quantised.
func (f *formula) quantise(n *onnx.Node, x, scale, zero string) error {
	if f.err != nil {
		return f.err
	}
	in := []string{x, scale}
	if zero != "" {
		in = append(in, zero)
	}
	return f.b.becomes(n, "QuantizeLinear", in)
}

// bias emits an int32 bias in units of both scales' product as float32.
func (f *formula) bias(name, scale, other string) string {
	if name == "" || f.err != nil {
		return ""
	}
	return f.do("Mul", f.with("Cast", []string{name}, onnx.IntAttr("to", int64(onnx.Float32))), f.do("Mul", scale, other))
}

func lowerQLinearConv(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	conv := &onnx.Node{Op: "Conv", Attributes: n.Attributes, Outputs: []string{b.edit.Fresh(n.Outputs[0] + "_conv")},
		Inputs: []string{f.float(n.Input(0), n.Input(1), n.Input(2), 1), f.float(n.Input(3), n.Input(4), n.Input(5), 0)}}
	if bias := f.bias(n.Input(8), n.Input(1), n.Input(4)); bias != "" {
		conv.Inputs = append(conv.Inputs, bias)
	}
	if f.err == nil {
		f.err = lowerWindow(b, conv)
	}
	return f.quantise(n, conv.Outputs[0], n.Input(6), n.Input(7))
}

func lowerQLinearMatMul(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	x := f.float(n.Input(0), n.Input(1), n.Input(2), max(len(b.shape(n.Input(0)))-2, 0))
	w := f.float(n.Input(3), n.Input(4), n.Input(5), max(len(b.shape(n.Input(3)))-1, 0))
	return f.quantise(n, f.do("MatMul", x, w), n.Input(6), n.Input(7))
}

// lowerQGemm: α·(A·B) + α·C, with C in units of both scales.
func lowerQGemm(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	transB := n.Int("transB", 0)
	in := []string{f.float(n.Input(0), n.Input(1), n.Input(2), 0), f.float(n.Input(3), n.Input(4), n.Input(5), 1-int(transB))}
	if bias := f.bias(n.Input(6), n.Input(1), n.Input(4)); bias != "" {
		in = append(in, bias)
	}
	alpha := n.Float("alpha", 1)
	y := f.with("Gemm", in, onnx.FloatAttr("alpha", alpha), onnx.FloatAttr("beta", alpha),
		onnx.IntAttr("transA", n.Int("transA", 0)), onnx.IntAttr("transB", transB))
	if n.Input(7) == "" {
		return f.end(n, y)
	}
	return f.quantise(n, y, n.Input(7), n.Input(8))
}

// lowerQLinearPair is an operator of two quantised tensors.
func lowerQLinearPair(op string) lowering {
	return func(b *builder, n *onnx.Node) error {
		f := b.spell(n)
		x, y := f.float(n.Input(0), n.Input(1), n.Input(2), 1), f.float(n.Input(3), n.Input(4), n.Input(5), 1)
		return f.quantise(n, f.do(op, x, y), n.Input(6), n.Input(7))
	}
}

// lowerQLinearUnary is an operator of one quantised tensor; what it reads is
// lowered as the float operator would be.
func lowerQLinearUnary(op string) lowering {
	return func(b *builder, n *onnx.Node) error {
		if n.Int("channels_last", 0) != 0 {
			return fmt.Errorf("quantised operators on channels-last tensors are not understood; export before layout optimisation")
		}
		f := b.spell(n)
		inner := &onnx.Node{Op: op, Inputs: []string{f.float(n.Input(0), n.Input(1), n.Input(2), 1)},
			Outputs: []string{b.edit.Fresh(n.Outputs[0] + "_" + op)}, Attributes: without(n, "channels_last", "opset")}
		if f.err == nil {
			f.err = b.lower(inner)
		}
		return f.quantise(n, b.resolve(inner.Outputs[0]), n.Input(3), n.Input(4))
	}
}

func lowerQLinearConcat(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	f.like = n.Input(2)
	var in []string
	for i := 2; i+2 < len(n.Inputs); i += 3 {
		in = append(in, f.float(n.Input(i), n.Input(i+1), n.Input(i+2), 1))
	}
	return f.quantise(n, f.with("Concat", in, onnx.IntAttr("axis", n.Int("axis", 0))), n.Input(0), n.Input(1))
}

// integer emits x minus its zero point as float32.
func (f *formula) integer(x, zero string, along int) string {
	one := f.b.add(onnx.FloatTensor(f.b.edit.Fresh(f.hint+"_one"), []float32{1}))
	return f.float(x, one, zero, along)
}

// counts ends a formula with float values that are whole: as int32, unless they
// are read by a Cast back to float (see lowerCast).
func (f *formula) counts(n *onnx.Node, y string) error {
	if f.err != nil {
		return f.err
	}
	f.b.whole[n.Outputs[0]] = y
	return f.b.becomes(n, "Cast", []string{y}, onnx.IntAttr("to", int64(onnx.Int32)))
}

func lowerConvInteger(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	conv := &onnx.Node{Op: "Conv", Attributes: n.Attributes, Outputs: []string{b.edit.Fresh(n.Outputs[0] + "_conv")},
		Inputs: []string{f.integer(n.Input(0), n.Input(2), 1), f.integer(n.Input(1), n.Input(3), 0)}}
	if f.err == nil {
		f.err = lowerWindow(b, conv)
	}
	return f.counts(n, conv.Outputs[0])
}

func lowerMatMulInteger(b *builder, n *onnx.Node) error {
	f := b.spell(n)
	x, w := f.integer(n.Input(0), n.Input(2), 0), f.integer(n.Input(1), n.Input(3), max(len(b.shape(n.Input(1)))-1, 0))
	return f.counts(n, f.do("MatMul", x, w))
}

// lowerDynamicQuantize spells out how scale and zero point follow from the
// tensor's range, which always includes 0.
func lowerDynamicQuantize(b *builder, n *onnx.Node) error {
	f, x := b.spell(n), n.Input(0)
	s := b.shape(x)
	if s == nil {
		return fmt.Errorf("the rank of its input is not known")
	}
	axes := make([]int64, len(s))
	for i := range axes {
		axes[i] = int64(i)
	}
	over := func(op string) string {
		return f.with(op, []string{x, b.ints(n.Outputs[0]+"_axes", axes...)}, onnx.IntAttr("keepdims", 0))
	}
	low := f.do("Min", over("ReduceMin"), f.num(0))
	high := f.do("Max", over("ReduceMax"), f.num(0))
	scale := f.do("Div", f.do("Sub", high, low), f.num(255))
	zero := f.do("Clip", f.do("Round", f.do("Div", f.do("Neg", low), scale)), f.num(0), f.num(255))
	zero = f.with("Cast", []string{zero}, onnx.IntAttr("to", int64(onnx.Uint8)))
	if f.err != nil {
		return f.err
	}
	b.point(n.Outputs[1], scale)
	b.point(n.Outputs[2], zero)
	return f.quantise(n, x, scale, zero)
}
