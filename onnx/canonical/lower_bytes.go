package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// carriers hand the values of their first input on, wherever they put them; numbers may
// therefore stand for the bytes of an image there.
var carriers = []string{"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather",
	"DepthToSpace", "SpaceToDepth", "Expand", "Tile", "MaxPool"}

// standFor makes what reads a tensor of bytes, called name, find a name that no node
// writes: lowerings see at it that the float32 tensor numbers, which has another name,
// holds its values.
func (b *builder) standFor(name, numbers string, elem onnx.DataType) {
	bytes := b.edit.Fresh(name + "_bytes")
	b.types[bytes] = Type{elem, b.shape(numbers)}
	b.numbers[bytes], b.alias[name] = numbers, bytes
}

// lowerBytes emits the canonical form of a node that reads bytes for which numbers stand,
// and reports whether it did. A Cast to float is gone, what only moves values moves the
// numbers, and quantised operators read them as what they are. Everything else counts in
// bytes, and is given bytes again: no slope leads back over them.
func (b *builder) lowerBytes(n *onnx.Node) (bool, error) {
	first, elem := b.numbers[n.Input(0)], b.types[n.Input(0)].Elem
	stands := func(in string) bool { return b.numbers[in] != "" }
	switch {
	case !slices.ContainsFunc(n.Inputs, stands) || b.quantised[key(n)] != nil:
		return false, nil
	case first != "" && n.Is("Cast", "CastLike"):
		return true, b.castBytes(n)
	case first != "" && n.Is("Shape", "Size"):
		n.Inputs[0] = first
		return true, b.lowerNumbers(n)
	case first != "" && n.Is(carriers...) || n.Is("Concat") && !slices.ContainsFunc(n.Inputs, func(in string) bool { return !stands(in) }):
		for i, in := range n.Inputs {
			if stands(in) {
				n.Inputs[i] = b.numbers[in]
			}
		}
		return true, b.move(n, elem)
	}
	for i, in := range n.Inputs {
		if stands(in) {
			cast, err := b.asBytes(in)
			if err != nil {
				return true, err
			}
			n.Inputs[i] = cast
		}
	}
	return true, b.lowerNumbers(n)
}

// move emits a node that moves numbers that stand for bytes.
func (b *builder) move(n *onnx.Node, elem onnx.DataType) error {
	names := n.Outputs
	n.Outputs = make([]string, len(names))
	for i, name := range names {
		if name != "" {
			n.Outputs[i] = b.edit.Fresh(name + "_numbers")
			b.uses[n.Outputs[i]] = b.uses[name]
		}
	}
	if err := b.lowerNumbers(n); err != nil {
		return err
	}
	for i, name := range names {
		if name != "" {
			b.standFor(name, b.resolve(n.Outputs[i]), elem)
		}
	}
	return nil
}

// castBytes casts bytes for which numbers stand. Wider integers hold the same values, and a
// Cast from there to float finds the numbers (see lowerCast).
func (b *builder) castBytes(n *onnx.Node) error {
	to, numbers := onnx.DataType(n.Int("to", 1)), b.numbers[n.Input(0)]
	if n.Is("CastLike") {
		to = b.types[n.Input(1)].Elem
	}
	switch widened(to) {
	case onnx.Float32:
		return b.is(n, numbers)
	case onnx.Float64:
		return b.becomes(n, "Cast", []string{numbers}, onnx.IntAttr("to", int64(to)))
	}
	cast, err := b.asBytes(n.Input(0))
	if err != nil {
		return err
	}
	switch to {
	case b.types[n.Input(0)].Elem:
		return b.is(n, cast)
	case onnx.Int16, onnx.Uint16, onnx.Int32, onnx.Uint32, onnx.Int64, onnx.Uint64:
		b.whole[n.Outputs[0]] = numbers
	}
	return b.becomes(n, "Cast", []string{cast}, onnx.IntAttr("to", int64(to)))
}

// asBytes emits the bytes for which numbers stand.
func (b *builder) asBytes(name string) (string, error) {
	return b.op("Cast", b.numbers[name], []string{b.numbers[name]}, onnx.IntAttr("to", int64(b.types[name].Elem)))
}

// dequantiseBytes spells DequantizeLinear out for bytes for which numbers stand: less the
// zero point, times the scale.
func (b *builder) dequantiseBytes(n *onnx.Node) error {
	f, x := b.spell(n), b.numbers[n.Input(0)]
	rank := len(b.shape(x))
	along := func(name string) string {
		s := b.shape(name)
		if len(s) != 1 || s[0] == 1 || f.err != nil {
			return name
		}
		a, err := axis(n.Int("axis", 1), rank)
		if err != nil {
			f.err = fmt.Errorf("its %d scales: %w", s[0], err)
			return name
		}
		to := slices.Repeat([]int64{1}, rank-a)
		to[0] = s[0]
		return f.do("Reshape", name, b.ints(f.hint+"_along", to...))
	}
	if zero := n.Input(2); zero != "" {
		x = f.do("Sub", x, along(f.with("Cast", []string{zero}, onnx.IntAttr("to", int64(onnx.Float32)))))
	}
	scale := along(n.Input(1))
	if f.err != nil {
		return f.err
	}
	return b.becomes(n, "Mul", []string{x, scale})
}
