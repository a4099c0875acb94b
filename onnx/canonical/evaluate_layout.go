package canonical

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// picked makes a tensor of the given shape whose element at an index is the one
// of s that from tells; false where s has none.
func (s symbols) picked(shape []int64, from func(index []int64) (at int64)) (symbols, bool) {
	n, ok := product(shape)
	if !ok || n < 0 || n > maxSymbols {
		return symbols{}, false
	}
	out := symbols{shape: shape}
	index := make([]int64, len(shape))
	for range n {
		at := from(index)
		if at < 0 || at >= int64(len(s.v)) {
			return symbols{}, false
		}
		out.v = append(out.v, s.v[at])
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return out, true
}

// steps returns how many elements apart neighbours on each axis are.
func steps(shape []int64) []int64 {
	list, n := make([]int64, len(shape)), int64(1)
	for i := len(shape) - 1; i >= 0; i-- {
		list[i], n = n, n*shape[i]
	}
	return list
}

// evalSlice takes any axes with any steps.
func evalSlice(n *onnx.Node, in []symbols) (symbols, bool) {
	if len(in) != 5 || !in[1].known() || !in[2].known() { // canonical: all five are there
		return symbols{}, false
	}
	if count := len(in[1].v); len(in[2].v) != count || len(in[3].v) != count || len(in[4].v) != count {
		return symbols{}, false
	}
	shape, apart := slices.Clone(in[0].shape), steps(in[0].shape)
	first, stride := int64(0), slices.Clone(apart)
	for i, a := range in[3].v {
		at, err := axis(int64(a.k), len(shape))
		step := int64(in[4].v[i].k)
		if err != nil || step == 0 {
			return symbols{}, false
		}
		start, count := sliceRange(integer(in[1].v[i].k), integer(in[2].v[i].k), step, shape[at])
		first, shape[at], stride[at] = first+start*apart[at], count, step*apart[at]
	}
	return in[0].picked(shape, func(index []int64) int64 {
		at := first
		for i, v := range index {
			at += v * stride[i]
		}
		return at
	})
}

func evalTranspose(n *onnx.Node, in []symbols) (symbols, bool) {
	perm := n.Ints("perm")
	if len(perm) != len(in[0].shape) {
		return symbols{}, false
	}
	apart, shape := steps(in[0].shape), make([]int64, len(perm))
	for i, p := range perm {
		if p < 0 || int(p) >= len(shape) {
			return symbols{}, false
		}
		shape[i] = in[0].shape[p]
	}
	return in[0].picked(shape, func(index []int64) int64 {
		at := int64(0)
		for i, p := range perm {
			at += index[i] * apart[p]
		}
		return at
	})
}

// evalExpand repeats a tensor to a shape free of the batch.
func evalExpand(_ *onnx.Node, in []symbols) (symbols, bool) {
	if !in[1].known() {
		return symbols{}, false
	}
	shape := Broadcast(append(Shape{}, in[0].shape...), Shape(in[1].target()))
	if shape == nil {
		return symbols{}, false
	}
	apart, lead := steps(in[0].shape), len(shape)-len(in[0].shape)
	return in[0].picked(shape, func(index []int64) int64 {
		at := int64(0)
		for i, d := range in[0].shape {
			if d != 1 {
				at += index[lead+i] * apart[i]
			}
		}
		return at
	})
}
