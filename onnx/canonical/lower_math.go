package canonical

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/onnx"
)

var mathematics = map[string]lowering{
	"Clip": lowerClip, "Softmax": lowerSoftmax, "LogSoftmax": lowerSoftmax, "Hardmax": lowerSoftmax,
	"Mean": lowerMean, "Sum": lowerChain("Add"), "Max": lowerChain("Max"), "Min": lowerChain("Min"),
	"ReduceMean": lowerReduce, "ReduceSum": lowerReduce, "ReduceMax": lowerReduce, "ReduceMin": lowerReduce, "ReduceL1": lowerReduce,
	"ReduceL2": lowerReduce, "ReduceSumSquare": lowerReduce, "ReduceLogSumExp": lowerReduce, "ReduceLogSum": lowerReduce, "ReduceProd": lowerReduce,
}

// lowerClip makes the bounds inputs.
func lowerClip(b *builder, n *onnx.Node) error {
	in := append(slices.Clone(n.Inputs), "", "")[:3]
	for i, name := range []string{"min", "max"} {
		if a := n.Attribute(name); a != nil && math.Abs(float64(a.Float)) < math.MaxFloat32 {
			in[i+1] = b.scalar(n.Outputs[0]+"_"+name, float64(a.Float), n.Input(0))
		}
	}
	if in[1] == "" && in[2] == "" {
		return b.is(n, in[0])
	}
	if in[2] == "" {
		in = in[:2]
	}
	return b.becomes(n, "Clip", in)
}

// lowerSoftmax gives the operators of opset 12 and older, which flatten the
// tensor at the axis first, their modern form.
func lowerSoftmax(b *builder, n *onnx.Node) error {
	s, fallback := b.shape(n.Input(0)), int64(-1)
	if b.opset < 13 {
		fallback = 1
	}
	if s == nil {
		return fmt.Errorf("the rank of its input is not known")
	}
	if len(s) == 0 { // one value: the only axis there can be
		return b.emit(n)
	}
	a, err := axis(n.Int("axis", fallback), len(s))
	if err != nil {
		return err
	}
	rest, ok := product(s[a+1:])
	if b.opset >= 13 || (ok && rest == 1) {
		return b.becomes(n, n.Op, n.Inputs, onnx.IntAttr("axis", int64(a)))
	}
	left, ok := product(s[:a])
	right, ok2 := product(s[a:])
	flat, ok3 := Shape{left, right}.Target()
	back, ok4 := s.Target()
	if !ok || !ok2 || !ok3 || !ok4 {
		return fmt.Errorf("a tensor of shape %v cannot be flattened at axis %d", s, a)
	}
	hint := n.Outputs[0]
	x, err := b.op("Reshape", hint, []string{n.Input(0), b.ints(hint+"_flat", flat...)})
	if err != nil {
		return err
	}
	y, err := b.op(n.Op, hint, []string{x}, onnx.IntAttr("axis", 1))
	if err != nil {
		return err
	}
	return b.becomes(n, "Reshape", []string{y, b.ints(hint+"_back", back...)})
}

// lowerReduce makes the axes a constant input; one that reduces nothing is gone.
func lowerReduce(b *builder, n *onnx.Node) error {
	axes, ok := b.axes(n)
	s := b.shape(n.Input(0))
	if n.Input(1) != "" && !ok {
		return b.emit(n)
	}
	if len(axes) == 0 {
		if n.Int("noop_with_empty_axes", 0) != 0 {
			if n.Op == "ReduceSumSquare" {
				return b.becomes(n, "Mul", []string{n.Input(0), n.Input(0)})
			}
			return b.emit(n)
		}
		if s == nil {
			return fmt.Errorf("the rank of its input is not known")
		}
		axes = nil
		for i := range s {
			axes = append(axes, int64(i))
		}
	}
	for i, a := range axes {
		if a < 0 && s != nil {
			axes[i] = a + int64(len(s))
		}
	}
	keep := onnx.IntAttr("keepdims", n.Int("keepdims", 1))
	if b.types[n.Input(0)].Elem == onnx.Bool { // since opset 20
		f, to := b.spell(n), func(t onnx.DataType) *onnx.Attribute { return onnx.IntAttr("to", int64(t)) }
		x := f.with("Cast", n.Inputs[:1], to(onnx.Int32))
		y := f.with(n.Op, []string{x, b.ints(f.hint+"_axes", axes...)}, keep)
		return f.end(n, f.with("Cast", []string{y}, to(onnx.Bool)))
	}
	return b.becomes(n, n.Op, []string{n.Input(0), b.ints(n.Outputs[0]+"_axes", axes...)}, keep)
}

// lowerChain makes an operator of any number of inputs one of two.
func lowerChain(op string) lowering {
	return func(b *builder, n *onnx.Node) error {
		if len(n.Inputs) == 1 {
			return b.is(n, n.Input(0))
		}
		x := n.Input(0)
		for _, in := range n.Inputs[1 : len(n.Inputs)-1] {
			var err error
			if x, err = b.op(op, n.Outputs[0], []string{x, in}); err != nil {
				return err
			}
		}
		return b.becomes(n, op, []string{x, n.Inputs[len(n.Inputs)-1]})
	}
}

func lowerMean(b *builder, n *onnx.Node) error {
	if len(n.Inputs) == 1 {
		return b.is(n, n.Input(0))
	}
	sum := *n
	sum.Outputs = []string{b.edit.Fresh(n.Outputs[0] + "_sum")}
	if err := lowerChain("Add")(b, &sum); err != nil {
		return err
	}
	part := b.scalar(n.Outputs[0]+"_part", 1/float64(len(n.Inputs)), n.Input(0))
	return b.becomes(n, "Mul", []string{sum.Outputs[0], part})
}
