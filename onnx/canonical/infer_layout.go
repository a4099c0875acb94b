package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

func inferReshape(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	target, ok := b.intValues(n.Input(1))
	if !ok {
		if s, known := b.symbolsOf(n.Input(1)); known {
			target, ok = s.target(), true
		}
	}
	if !ok || t.Shape == nil {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	target = slices.Clone(target)
	for i, d := range target {
		if d == -1 {
			target[i] = unknownDim
		}
	}
	shape, err := reshaped(t.Shape, target, n.Int("allowzero", 0) != 0)
	if err != nil {
		return err
	}
	b.set(n, 0, t.Elem, shape)
	return nil
}

// target turns the elements into a shape in which the batch is negative.
func (s symbols) target() []int64 {
	t := make([]int64, len(s.v))
	for i, v := range s.v {
		t[i] = integer(v.k)
		if v.batch {
			t[i] = -t[i]
		} else if t[i] == -1 {
			t[i] = unknownDim
		}
	}
	return t
}

func inferTranspose(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	perm := n.Ints("perm")
	if t.Shape == nil || len(perm) != len(t.Shape) {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	out := make(Shape, len(perm))
	for i, p := range perm {
		if p < 0 || int(p) >= len(out) {
			return fmt.Errorf("perm %v is no permutation", perm)
		}
		out[i] = t.Shape[p]
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferConcat(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	a, err := axis(n.Int("axis", 0), len(t.Shape))
	if t.Shape == nil || err != nil {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	out := slices.Clone(t.Shape)
	for i := 1; i < len(n.Inputs); i++ {
		s := b.shape(n.Input(i))
		if len(s) != len(out) || (s[a] < 0) != (out[a] < 0) {
			b.set(n, 0, t.Elem, nil)
			return nil
		}
		out[a] += s[a]
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferExpand(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	s, ok := b.symbolsOf(n.Input(1))
	if !ok {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	b.set(n, 0, t.Elem, Broadcast(t.Shape, Shape(s.target())))
	return nil
}

func inferTile(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	s, ok := b.symbolsOf(n.Input(1))
	if !ok || len(s.v) != len(t.Shape) {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	out := make(Shape, len(t.Shape))
	for i, r := range s.target() {
		if out[i], ok = product([]int64{t.Shape[i], r}); !ok {
			b.set(n, 0, t.Elem, nil)
			return nil
		}
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferSlice(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	var in [4][]int64
	known := t.Shape != nil && len(n.Inputs) == 5
	for i := range in {
		v, ok := b.intValues(n.Input(i + 1))
		in[i], known = v, known && ok
	}
	if !known {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	if count := len(in[2]); len(in[0]) != count || len(in[1]) != count || len(in[3]) != count || slices.Contains(in[3], 0) {
		return fmt.Errorf("starts %v, ends %v, axes %v and steps %v do not fit, or a step is 0", in[0], in[1], in[2], in[3])
	}
	out := slices.Clone(t.Shape)
	for i, at := range in[2] {
		a, err := axis(at, len(out))
		if err != nil {
			return err
		}
		if out[a] < 0 && in[0][i] == 0 && in[1][i] > 1<<30 && in[3][i] == 1 {
			continue // all of the batch
		}
		if out[a] < 0 {
			b.set(n, 0, t.Elem, nil)
			return nil
		}
		_, out[a] = sliceRange(in[0][i], in[1][i], in[3][i], out[a])
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferSplit(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	sizes, ok := b.intValues(n.Input(1))
	if t.Shape == nil || !ok || len(sizes) != len(n.Outputs) {
		for i := range n.Outputs {
			b.set(n, i, t.Elem, nil)
		}
		return nil
	}
	a, err := axis(n.Int("axis", 0), len(t.Shape))
	for i, size := range sizes {
		s := slices.Clone(t.Shape)
		if err == nil {
			s[a] = size
		}
		b.set(n, i, t.Elem, s)
	}
	return err
}

func inferGather(b *builder, n *onnx.Node) error {
	t, index := b.types[n.Input(0)], b.shape(n.Input(1))
	if t.Shape == nil || index == nil {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	a, err := axis(n.Int("axis", 0), len(t.Shape))
	if err != nil {
		return err
	}
	b.set(n, 0, t.Elem, slices.Concat(t.Shape[:a:a], index, t.Shape[a+1:]))
	return nil
}

func inferGatherElements(b *builder, n *onnx.Node) error {
	b.set(n, 0, b.types[n.Input(0)].Elem, b.shape(n.Input(1)))
	return nil
}

// inferGatherND: the last axis of the indices holds positions on the first axes of
// the data.
func inferGatherND(b *builder, n *onnx.Node) error {
	t, index := b.types[n.Input(0)], b.shape(n.Input(1))
	batch := n.Int("batch_dims", 0)
	b.set(n, 0, t.Elem, nil)
	if t.Shape == nil || len(index) == 0 {
		return nil
	}
	last := index[len(index)-1]
	if rank := int64(len(t.Shape)); batch < 0 || batch > rank || last < 0 || last > rank-batch {
		return fmt.Errorf("indices of shape %v into a tensor of shape %v", index, t.Shape)
	}
	b.set(n, 0, t.Elem, slices.Concat(index[:len(index)-1:len(index)-1], t.Shape[batch+last:]))
	return nil
}

func inferTopK(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	k, ok := b.intValues(n.Input(1))
	if t.Shape == nil || !ok || len(k) != 1 {
		b.set(n, 0, t.Elem, nil)
		b.set(n, 1, onnx.Int64, nil)
		return nil
	}
	a, err := axis(n.Int("axis", -1), len(t.Shape))
	if err != nil {
		return err
	}
	s := slices.Clone(t.Shape)
	s[a] = k[0]
	b.set(n, 0, t.Elem, s)
	b.set(n, 1, onnx.Int64, s)
	return nil
}

func inferPad(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	pads, ok := b.intValues(n.Input(1))
	if t.Shape == nil || !ok || len(pads) != 2*len(t.Shape) {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	out := slices.Clone(t.Shape)
	for i := range out {
		if pads[i] > maxLength || pads[i+len(out)] > maxLength {
			return fmt.Errorf("padding by %v", pads)
		}
		if grow := pads[i] + pads[i+len(out)]; grow != 0 {
			if out[i] < 0 {
				b.set(n, 0, t.Elem, nil)
				return nil
			}
			out[i] += grow
		}
	}
	b.set(n, 0, t.Elem, out)
	return nil
}

func inferDepthToSpace(b *builder, n *onnx.Node) error {
	t, k := b.types[n.Input(0)], n.Int("blocksize", 1)
	if len(t.Shape) == 4 && k > 0 && k <= maxLength {
		s := t.Shape
		t.Shape = Shape{s[0], s[1] / (k * k), s[2] * k, s[3] * k}
	}
	b.set(n, 0, t.Elem, t.Shape)
	return nil
}

func inferSpaceToDepth(b *builder, n *onnx.Node) error {
	t, k := b.types[n.Input(0)], n.Int("blocksize", 1)
	if len(t.Shape) == 4 && k > 0 && k <= maxLength {
		s := t.Shape
		t.Shape = Shape{s[0], s[1] * k * k, s[2] / k, s[3] / k}
	}
	b.set(n, 0, t.Elem, t.Shape)
	return nil
}
