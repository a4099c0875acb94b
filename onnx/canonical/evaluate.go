package canonical

import (
	"bytes"
	"math"

	"github.com/sightline/sightline/onnx"
)

// evaluators compute nodes on known values. They return false when they cannot,
// which is never an error: the node then stays.
var evaluators = map[string]func(n *onnx.Node, in []symbols) (symbols, bool){
	"Gather": evalGather, "Concat": evalConcat, "Slice": evalSlice, "Cast": evalCast,
	"Reshape": evalReshape, "Transpose": evalTranspose, "Expand": evalExpand, "Squeeze": evalSqueeze, "Unsqueeze": evalUnsqueeze,
	"Add": pairwise(add), "Sub": pairwise(sub), "Mul": pairwise(mul), "Div": nil, "Mod": nil,
	"Min": pairwise(pick(math.Min)), "Max": pairwise(pick(math.Max)),
	"Equal": pairwise(equal), "Where": evalWhere, "ReduceProd": evalProduct,
	"Less": compare(func(a, b float64) bool { return a < b }), "LessOrEqual": compare(func(a, b float64) bool { return a <= b }),
	"Greater": compare(func(a, b float64) bool { return a > b }), "GreaterOrEqual": compare(func(a, b float64) bool { return a >= b }),
	"And": compare(func(a, b float64) bool { return a != 0 && b != 0 }), "Or": compare(func(a, b float64) bool { return a != 0 || b != 0 }),
	"Abs": each(math.Abs), "Round": each(math.RoundToEven), "Floor": each(math.Floor), "Ceil": each(math.Ceil), "Neg": each(func(v float64) float64 { return -v }),
	"Sqrt": each(math.Sqrt), "Not": each(func(v float64) float64 { return 1 - v }), "ConstantOfShape": nil, "Range": evalRange,
}

// evaluate computes n if its inputs are known and few, and reports whether the
// node is no longer needed.
func (b *builder) evaluate(n *onnx.Node) (bool, error) {
	switch {
	case !n.Is(n.Op) || len(n.Outputs) != 1:
		return false, nil
	case n.Is("Shape"):
		return b.evaluateShape(n), nil
	case n.Is("Size"):
		p, ok := product(b.shape(n.Input(0)))
		return ok && b.shape(n.Input(0)).Known() && b.learn(n.Outputs[0], symbols{shape: []int64{}, v: []symbol{dimension(p)}}, onnx.Int64), nil
	case n.Is("ConstantOfShape"):
		return b.evaluateFill(n)
	}
	eval, ok := evaluators[n.Op]
	if !ok {
		return false, nil
	}
	elem := b.types[n.Input(0)].Elem
	switch n.Op {
	case "Div", "Mod":
		eval = pairwise(division(n.Op, elem, n.Int("fmod", 0) != 0))
	case "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual":
		elem = onnx.Bool
	case "Where":
		elem = b.types[n.Input(1)].Elem
	case "Cast":
		elem = onnx.DataType(n.Int("to", 1))
	}
	in := make([]symbols, len(n.Inputs))
	for i, name := range n.Inputs {
		if in[i], ok = b.symbolsOf(name); !ok {
			return false, nil
		}
	}
	out, ok := eval(n, in)
	if !ok || !out.whole() || elem == onnx.String || elem.Size() == 0 {
		return false, nil
	}
	return b.learn(n.Outputs[0], out, elem), nil
}

func (b *builder) evaluateShape(n *onnx.Node) bool {
	shape := b.shape(n.Input(0))
	if shape == nil {
		return false
	}
	rank := int64(len(shape))
	bound := func(v int64) int64 {
		if v < 0 {
			v += rank
		}
		return min(max(v, 0), rank)
	}
	start, end := bound(n.Int("start", 0)), bound(n.Int("end", rank))
	s := symbols{shape: []int64{max(end-start, 0)}}
	for i := start; i < end; i++ {
		s.v = append(s.v, dimension(shape[i]))
	}
	return b.learn(n.Outputs[0], s, onnx.Int64)
}

// fillOf returns the type of what a ConstantOfShape makes, and the value it repeats;
// false when the shape is not known.
func (b *builder) fillOf(n *onnx.Node) (Type, *onnx.Tensor, bool) {
	value := onnx.FloatTensor("", []float32{0}, 1)
	if a := n.Attribute("value"); a != nil && a.Tensor != nil {
		value = a.Tensor
	}
	s, ok := b.symbolsOf(n.Input(0))
	return Type{widened(value.Type), append(Shape{}, s.target()...)}, value, ok && value.Type.Size() > 0 && len(value.Raw) == value.Type.Size()
}

// evaluateFill makes ConstantOfShape of a known shape a constant of any size:
// that is how some exporters store weights.
func (b *builder) evaluateFill(n *onnx.Node) (bool, error) {
	t, value, ok := b.fillOf(n)
	if !ok {
		return false, nil
	}
	size, ok := product(t.Shape)
	if !ok || !t.Shape.Static() || size < 0 || size > 1<<29 {
		b.set(n, 0, t.Elem, t.Shape)
		return false, nil
	}
	filled := &onnx.Tensor{Type: value.Type, Dims: t.Shape, Raw: bytes.Repeat(value.Raw, int(size))}
	return true, b.define(n.Outputs[0], filled)
}

func evalGather(n *onnx.Node, in []symbols) (symbols, bool) {
	data, index := in[0], in[1]
	if len(data.shape) != 1 || n.Int("axis", 0) > 0 {
		return symbols{}, false
	}
	out := symbols{shape: index.shape}
	for _, i := range index.v {
		at := int(i.k)
		if at < 0 {
			at += len(data.v)
		}
		if i.batch || at < 0 || at >= len(data.v) {
			return symbols{}, false
		}
		out.v = append(out.v, data.v[at])
	}
	return out, true
}

func evalConcat(n *onnx.Node, in []symbols) (symbols, bool) {
	out := symbols{}
	for _, s := range in {
		if len(s.shape) != 1 {
			return symbols{}, false
		}
		out.v = append(out.v, s.v...)
	}
	out.shape = []int64{int64(len(out.v))}
	return out, true
}

func evalCast(n *onnx.Node, in []symbols) (symbols, bool) {
	out := symbols{shape: in[0].shape}
	to := onnx.DataType(n.Int("to", 1))
	for _, v := range in[0].v {
		if to != onnx.Float32 && to != onnx.Float64 {
			v.k = math.Trunc(v.k)
		}
		if to == onnx.Bool && v.k != 0 {
			v.k = 1
		}
		out.v = append(out.v, v)
	}
	return out, to != onnx.Int8 && to != onnx.Uint8 // these wrap
}

func evalRange(n *onnx.Node, in []symbols) (symbols, bool) {
	for _, s := range in {
		if !s.known() || len(s.v) != 1 {
			return symbols{}, false
		}
	}
	if in[2].v[0].k == 0 {
		return symbols{}, false
	}
	start, step := in[0].v[0].k, in[2].v[0].k
	count := max(0, math.Ceil((in[1].v[0].k-start)/step))
	if count > maxSymbols {
		return symbols{}, false
	}
	out := symbols{shape: []int64{int64(count)}}
	for i := range int(count) {
		out.v = append(out.v, symbol{k: start + float64(i)*step})
	}
	return out, true
}

func evalProduct(n *onnx.Node, in []symbols) (symbols, bool) {
	if len(in[0].shape) != 1 {
		return symbols{}, false
	}
	p, ok := symbol{k: 1}, true
	for _, v := range in[0].v {
		if p, ok = mul(p, v); !ok {
			return symbols{}, false
		}
	}
	out := symbols{shape: []int64{1}, v: []symbol{p}}
	if n.Int("keepdims", 1) == 0 {
		out.shape = []int64{}
	}
	return out, true
}
