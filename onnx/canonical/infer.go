package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// inferRule records the types of what a canonical node gives.
type inferRule func(b *builder, n *onnx.Node) error

// inference holds one rule per operator of the dialect whose result's type can
// be told, whatever its domain. What is missing here gives tensors of unknown type.
var inference = merged(map[string]inferRule{
	"Cast": inferCast, "Concat": inferConcat, "Reshape": inferReshape, "Transpose": inferTranspose,
	"Gemm": inferGemm, "MatMul": inferMatMul, "Where": inferWhere, "Expand": inferExpand, "Tile": inferTile,
	"Slice": inferSlice, "Split": inferSplit, "Gather": inferGather, "Pad": inferPad, "Resize": inferResize,
	"Conv": inferConv, "ConvTranspose": inferConvTranspose, "MaxPool": inferPool, "AveragePool": inferPool, "LpPool": inferPool,
	"GlobalAveragePool": inferGlobalPool, "GlobalMaxPool": inferGlobalPool,
	"QuantizeLinear": inferQuantize, "DequantizeLinear": inferDequantize, "LayerNormalization": inferNorm,
	"ArgMax": inferArg, "ArgMin": inferArg, "DepthToSpace": inferDepthToSpace, "SpaceToDepth": inferSpaceToDepth,
	"GatherElements": inferGatherElements, "Squeeze": inferElem, "Unsqueeze": inferElem, "ConstantOfShape": inferFill,
	"Shape": inferIndex, "Size": inferIndex, "Einsum": inferEinsum, "GatherND": inferGatherND, "TopK": inferTopK,
},
	alike(inferSame, "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Clip", "HardSigmoid", "Sigmoid", "Tanh", "Softplus",
		"Softsign", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg", "Sign", "Sin", "Cos", "Floor", "Ceil", "Round",
		"Softmax", "LogSoftmax", "Hardmax", "Identity", "LRN", "ThresholdedRelu", "Shrink", "Dropout", "BatchNormalization",
		"InstanceNormalization", "Not", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Trilu", "CumSum", "ScatterElements", "ScatterND"),
	alike(inferBroadcast, "Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Max", "Min", "Sum", "Mean", "Mod", "And", "Or", "Xor"),
	alike(inferCompare, "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"),
	alike(inferReduce, "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
		"ReduceLogSumExp", "ReduceLogSum", "ReduceProd"))

// alike is one rule for several operators.
func alike(rule inferRule, operators ...string) map[string]inferRule {
	all := map[string]inferRule{}
	for _, op := range operators {
		all[op] = rule
	}
	return all
}

// set records the type of output i, if the node has it.
func (b *builder) set(n *onnx.Node, i int, elem onnx.DataType, shape Shape) {
	if i < len(n.Outputs) && n.Outputs[i] != "" {
		b.types[n.Outputs[i]] = Type{elem, shape}
	}
}

func inferSame(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	b.set(n, 0, t.Elem, t.Shape)
	b.set(n, 1, onnx.Bool, t.Shape) // Dropout's mask
	return nil
}

func inferElem(b *builder, n *onnx.Node) error {
	b.set(n, 0, b.types[n.Input(0)].Elem, nil)
	return nil
}

func inferIndex(b *builder, n *onnx.Node) error {
	b.set(n, 0, onnx.Int64, nil)
	return nil
}

func inferFill(b *builder, n *onnx.Node) error {
	if t, _, ok := b.fillOf(n); ok {
		b.set(n, 0, t.Elem, t.Shape)
	}
	return nil
}

func (b *builder) broadcast(n *onnx.Node) Shape {
	s := b.shape(n.Input(0))
	for i := 1; i < len(n.Inputs); i++ {
		s = Broadcast(s, b.shape(n.Input(i)))
	}
	return s
}

func inferBroadcast(b *builder, n *onnx.Node) error {
	b.set(n, 0, b.types[n.Input(0)].Elem, b.broadcast(n))
	return nil
}

func inferCompare(b *builder, n *onnx.Node) error {
	b.set(n, 0, onnx.Bool, b.broadcast(n))
	return nil
}

func inferWhere(b *builder, n *onnx.Node) error {
	b.set(n, 0, b.types[n.Input(1)].Elem, b.broadcast(n))
	return nil
}

func inferCast(b *builder, n *onnx.Node) error {
	b.set(n, 0, onnx.DataType(n.Int("to", 1)), b.shape(n.Input(0)))
	return nil
}

func inferQuantize(b *builder, n *onnx.Node) error {
	elem := onnx.Uint8
	if t, ok := b.types[n.Input(2)]; ok {
		elem = t.Elem
	}
	b.set(n, 0, elem, b.shape(n.Input(0)))
	return nil
}

func inferDequantize(b *builder, n *onnx.Node) error {
	b.set(n, 0, onnx.Float32, b.shape(n.Input(0)))
	return nil
}

func inferReduce(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	axes, ok := b.intValues(n.Input(1))
	if t.Shape == nil || !ok {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	out, keep := Shape{}, n.Int("keepdims", 1) != 0
	for i, d := range t.Shape {
		reduced := slices.ContainsFunc(axes, func(a int64) bool { return int(a) == i || int(a) == i-len(t.Shape) })
		switch {
		case !reduced:
			out = append(out, d)
		case keep:
			out = append(out, 1)
		}
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferArg(b *builder, n *onnx.Node) error {
	s := b.shape(n.Input(0))
	if s == nil {
		return inferIndex(b, n)
	}
	a, err := axis(n.Int("axis", 0), len(s))
	if err != nil {
		return err
	}
	s = slices.Clone(s)
	s[a] = 1
	if n.Int("keepdims", 1) == 0 {
		s = slices.Delete(s, a, a+1)
	}
	b.set(n, 0, onnx.Int64, s)
	return nil
}

func inferNorm(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	b.set(n, 0, t.Elem, t.Shape)
	if t.Shape == nil || len(n.Outputs) < 2 {
		return nil
	}
	a, err := axis(n.Int("axis", -1), len(t.Shape))
	if err != nil {
		return err
	}
	stat := slices.Clone(t.Shape)
	for i := a; i < len(stat); i++ {
		stat[i] = 1
	}
	b.set(n, 1, onnx.Float32, stat)
	b.set(n, 2, onnx.Float32, stat)
	return nil
}

func inferGemm(b *builder, n *onnx.Node) error {
	x, w := b.types[n.Input(0)], b.shape(n.Input(1))
	if len(x.Shape) != 2 || len(w) != 2 {
		b.set(n, 0, x.Elem, nil)
		return nil
	}
	b.set(n, 0, x.Elem, Shape{x.Shape[n.Int("transA", 0)&1], w[1-n.Int("transB", 0)&1]})
	return nil
}

func inferMatMul(b *builder, n *onnx.Node) error {
	x, w := b.types[n.Input(0)], b.shape(n.Input(1))
	if len(x.Shape) == 0 || len(w) == 0 {
		b.set(n, 0, x.Elem, nil)
		return nil
	}
	left, right := x.Shape, w
	if len(left) == 1 {
		left = Shape{1, left[0]}
	}
	if len(right) == 1 {
		right = Shape{right[0], 1}
	}
	if left[len(left)-1] != right[len(right)-2] {
		return fmt.Errorf("shapes %v and %v do not match", x.Shape, w)
	}
	out := Broadcast(left[:len(left)-2:len(left)-2], right[:len(right)-2:len(right)-2])
	if out != nil {
		if len(x.Shape) > 1 {
			out = append(out, left[len(left)-2])
		}
		if len(w) > 1 {
			out = append(out, right[len(right)-1])
		}
	}
	b.set(n, 0, x.Elem, out)
	return nil
}
