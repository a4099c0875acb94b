package canonical

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// scalarRule combines two symbols; false when the result is no symbol.
type scalarRule func(a, b symbol) (symbol, bool)

// pairwise applies a rule elementwise, to tensors of the same length or of one
// element.
func pairwise(rule scalarRule) func(*onnx.Node, []symbols) (symbols, bool) {
	return func(_ *onnx.Node, in []symbols) (symbols, bool) {
		if len(in) != 2 {
			return symbols{}, false
		}
		a, b := in[0], in[1]
		shape := Broadcast(append(Shape{}, a.shape...), append(Shape{}, b.shape...))
		n := max(len(a.v), len(b.v))
		if shape == nil || (len(a.v) != n && len(a.v) != 1) || (len(b.v) != n && len(b.v) != 1) || (len(a.v) == 0) != (len(b.v) == 0) {
			return symbols{}, false
		}
		if p, _ := product(shape); p != int64(n) {
			return symbols{}, false
		}
		out := symbols{shape: shape, v: make([]symbol, n)}
		for i := range out.v {
			var ok bool
			if out.v[i], ok = rule(a.v[i%len(a.v)], b.v[i%len(b.v)]); !ok {
				return symbols{}, false
			}
		}
		return out, true
	}
}

// each applies f to every element; symbols of the batch stay unknown.
func each(f func(float64) float64) func(*onnx.Node, []symbols) (symbols, bool) {
	return func(_ *onnx.Node, in []symbols) (symbols, bool) {
		if !in[0].known() {
			return symbols{}, false
		}
		out := symbols{shape: in[0].shape}
		for _, v := range in[0].v {
			out.v = append(out.v, symbol{k: f(v.k)})
		}
		return out, true
	}
}

func add(a, b symbol) (symbol, bool) {
	return symbol{a.k + b.k, a.batch}, a.batch == b.batch
}

func sub(a, b symbol) (symbol, bool) {
	return symbol{a.k - b.k, a.batch}, a.batch == b.batch
}

func mul(a, b symbol) (symbol, bool) {
	return symbol{a.k * b.k, a.batch || b.batch}, !(a.batch && b.batch)
}

func pick(f func(a, b float64) float64) scalarRule {
	return func(a, b symbol) (symbol, bool) {
		return symbol{f(a.k, b.k), a.batch}, a.batch == b.batch
	}
}

// equal knows that a positive multiple of the batch is never a negative number.
func equal(a, b symbol) (symbol, bool) {
	if a.batch != b.batch {
		return symbol{}, (a.batch && b.k < 0) || (b.batch && a.k < 0)
	}
	if a.k == b.k {
		return symbol{k: 1}, true
	}
	return symbol{}, true
}

// compare is a comparison of numbers that are known.
func compare(holds func(a, b float64) bool) func(*onnx.Node, []symbols) (symbols, bool) {
	return pairwise(func(a, b symbol) (symbol, bool) {
		if holds(a.k, b.k) {
			return symbol{k: 1}, !a.batch && !b.batch
		}
		return symbol{}, !a.batch && !b.batch
	})
}

// division is Div or Mod on elements of type elem: integers are truncated, Mod
// takes the sign of the divisor, or of the dividend where it is truncated.
func division(op string, elem onnx.DataType, truncated bool) scalarRule {
	return func(a, b symbol) (symbol, bool) {
		if b.k == 0 || (b.batch && !a.batch) {
			return symbol{}, false
		}
		q := a.k / b.k
		if op == "Mod" && truncated {
			return symbol{k: math.Mod(a.k, b.k)}, !a.batch && !b.batch
		}
		if op == "Mod" {
			return symbol{k: a.k - math.Floor(q)*b.k}, !a.batch && !b.batch
		}
		out := symbol{q, a.batch && !b.batch}
		if elem != onnx.Float32 && elem != onnx.Float64 {
			if out.batch && q != math.Trunc(q) {
				return symbol{}, false
			}
			out.k = math.Trunc(q)
		}
		return out, true
	}
}

func evalWhere(_ *onnx.Node, in []symbols) (symbols, bool) {
	n := max(len(in[0].v), len(in[1].v), len(in[2].v))
	out := symbols{v: make([]symbol, n)}
	for _, s := range in {
		if len(s.v) != 1 && len(s.v) != n {
			return symbols{}, false
		}
		if len(s.v) == n && len(s.shape) >= len(out.shape) {
			out.shape = s.shape
		}
	}
	for i := range out.v {
		from := in[2]
		if in[0].v[i%len(in[0].v)].k != 0 {
			from = in[1]
		}
		out.v[i] = from.v[i%len(from.v)]
	}
	return out, true
}

func evalReshape(n *onnx.Node, in []symbols) (symbols, bool) {
	target := make([]int64, len(in[1].v))
	for i, v := range in[1].v {
		target[i] = int64(v.k)
		if target[i] == -1 {
			target[i] = unknownDim
		}
	}
	shape, err := reshaped(in[0].shape, target, n.Int("allowzero", 0) != 0)
	return symbols{shape: shape, v: in[0].v}, err == nil
}

func evalSqueeze(_ *onnx.Node, in []symbols) (symbols, bool) {
	out := symbols{shape: []int64{}, v: in[0].v}
	rank := len(in[0].shape)
	for i, d := range in[0].shape {
		drop := len(in) < 2 && d == 1
		if len(in) > 1 {
			drop = slices.ContainsFunc(in[1].v, func(a symbol) bool { return int(a.k) == i || int(a.k) == i-rank })
		}
		if !drop {
			out.shape = append(out.shape, d)
		}
	}
	return out, true
}

func evalUnsqueeze(_ *onnx.Node, in []symbols) (symbols, bool) {
	if len(in) < 2 {
		return symbols{}, false
	}
	axes := make([]int64, len(in[1].v))
	for i, a := range in[1].v {
		axes[i] = int64(a.k)
	}
	shape, err := unsqueezed(in[0].shape, axes)
	return symbols{shape: shape, v: in[0].v}, err == nil
}

// unsqueezed inserts dimensions of 1 so that they are at axes of the result.
func unsqueezed(shape Shape, axes []int64) (Shape, error) {
	out := make(Shape, len(shape)+len(axes))
	for _, a := range axes {
		i, err := axis(a, len(out))
		if err != nil {
			return nil, err
		}
		out[i] = 1
	}
	rest := shape
	for i := range out {
		if out[i] == 0 {
			if len(rest) == 0 {
				return nil, fmt.Errorf("axes %v name one twice", axes)
			}
			out[i], rest = rest[0], rest[1:]
		}
	}
	return out, nil
}

// sliceRange resolves start and end on an axis of the given length, as Slice
// does: the first element taken and how many. The step is not 0.
func sliceRange(start, end, step, length int64) (int64, int64) {
	step = min(max(step, -length-1), length+1) // longer ones take one element too
	low, high := int64(0), length
	if step < 0 {
		low, high = -1, length-1
	}
	resolve := func(v int64) int64 {
		if v < 0 {
			v = max(v, -length-1) + length
			if step < 0 {
				return max(v, -1)
			}
		}
		return min(max(v, low), high)
	}
	start, end = resolve(start), resolve(end)
	if step > 0 {
		return start, max(0, (end-start+step-1)/step)
	}
	return start, max(0, (start-end-step-1)/-step)
}
