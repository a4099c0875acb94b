package canonical

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/onnx"
)

var layouts = map[string]lowering{
	"Reshape": lowerReshape, "Flatten": lowerFlatten, "Squeeze": lowerSqueeze, "Unsqueeze": lowerUnsqueeze,
	"Transpose": lowerTranspose, "Slice": lowerSlice, "Split": lowerSplit, "Pad": lowerPad,
	"Upsample": lowerUpsample, "Resize": lowerResize, "Concat": lowerConcat, "TopK": lowerTopK,
}

// reshape emits a Reshape to a known shape, or an alias where nothing changes.
func (b *builder) reshape(n *onnx.Node, from string, to Shape) (bool, error) {
	if b.shape(from).Equal(to) {
		return true, b.is(n, from)
	}
	if t := b.constants[from]; t != nil && to.Static() {
		c := *t
		c.Dims = to
		return true, b.define(n.Outputs[0], &c)
	}
	target, ok := to.Target()
	if !ok {
		return false, nil
	}
	return true, b.becomes(n, "Reshape", []string{from, b.ints(n.Outputs[0]+"_shape", target...)})
}

// lowerReshape resolves the target if the input's shape is known. A target that
// names the batch twice, or that cannot be known, is left to run time.
func lowerReshape(b *builder, n *onnx.Node) error {
	from := b.shape(n.Input(0))
	s, ok := b.symbolsOf(n.Input(1))
	if from == nil || !ok {
		return b.emit(n)
	}
	to, err := reshaped(from, s.target(), n.Int("allowzero", 0) != 0)
	if err != nil {
		return err
	}
	if done, err := b.reshape(n, n.Input(0), to); done || err != nil {
		return err
	}
	return b.emit(n)
}

func lowerFlatten(b *builder, n *onnx.Node) error {
	s, a := b.shape(n.Input(0)), n.Int("axis", 1)
	if s == nil {
		return b.emit(n)
	}
	if a < 0 {
		a += int64(len(s))
	}
	if a < 0 || a > int64(len(s)) {
		return fmt.Errorf("axis %d is outside a tensor of rank %d", a, len(s))
	}
	left, ok := product(s[:a])
	right, ok2 := product(s[a:])
	if done, err := b.reshape(n, n.Input(0), Shape{left, right}); ok && ok2 && (done || err != nil) {
		return err
	}
	return b.emit(n)
}

// axes takes the axes of n from its attribute into an input, where they are since
// opset 13 (18 for reductions).
func (b *builder) axes(n *onnx.Node) ([]int64, bool) {
	if a := n.Attribute("axes"); a != nil {
		n.Attributes = slices.DeleteFunc(slices.Clone(n.Attributes), func(o *onnx.Attribute) bool { return o == a })
		n.Inputs = []string{n.Input(0), b.ints(n.Outputs[0]+"_axes", a.Ints...)}
	}
	return b.intValues(n.Input(1))
}

func lowerSqueeze(b *builder, n *onnx.Node) error {
	axes, ok := b.axes(n)
	s := b.shape(n.Input(0))
	if s == nil || (!ok && n.Input(1) != "") {
		return b.emit(n)
	}
	to := Shape{}
	for i, d := range s {
		drop := slices.ContainsFunc(axes, func(a int64) bool { return int(a) == i || int(a) == i-len(s) })
		if !drop && (ok || d != 1) {
			to = append(to, d)
		}
	}
	if done, err := b.reshape(n, n.Input(0), to); done || err != nil {
		return err
	}
	return b.emit(n)
}

func lowerUnsqueeze(b *builder, n *onnx.Node) error {
	axes, ok := b.axes(n)
	s := b.shape(n.Input(0))
	_, arithmetic := b.symbols[n.Input(0)]
	if s == nil || !ok || arithmetic {
		return b.emit(n)
	}
	to, err := unsqueezed(s, axes)
	if err != nil {
		return err
	}
	if done, err := b.reshape(n, n.Input(0), to); done || err != nil {
		return err
	}
	return b.emit(n)
}

func lowerTranspose(b *builder, n *onnx.Node) error {
	if s := b.shape(n.Input(0)); s != nil && n.Ints("perm") == nil {
		perm := make([]int64, len(s))
		for i := range perm {
			perm[i] = int64(len(s) - 1 - i)
		}
		n.Attributes = []*onnx.Attribute{onnx.IntsAttr("perm", perm...)}
	}
	return b.emit(n)
}

func lowerConcat(b *builder, n *onnx.Node) error {
	if s := b.shape(n.Input(0)); s != nil {
		a, err := axis(n.Int("axis", 1), len(s))
		if err != nil {
			return err
		}
		n.Attributes = []*onnx.Attribute{onnx.IntAttr("axis", int64(a))}
	}
	return b.emit(n)
}

// lowerSlice makes starts, ends, axes and steps inputs, all four.
func lowerSlice(b *builder, n *onnx.Node) error {
	hint := n.Outputs[0]
	if a := n.Attribute("starts"); a != nil { // opset 9 and older
		in := []string{n.Input(0), b.ints(hint+"_starts", a.Ints...), b.ints(hint+"_ends", n.Ints("ends")...)}
		if axes := n.Ints("axes"); axes != nil {
			in = append(in, b.ints(hint+"_axes", axes...))
		}
		n.Inputs, n.Attributes = in, nil
	}
	if n.Input(1) == "" || n.Input(2) == "" {
		return fmt.Errorf("the node is malformed: it has no starts or no ends")
	}
	if count := b.shape(n.Input(1)); len(count) == 1 && count[0] >= 0 && count[0] <= maxLength {
		axes, steps := make([]int64, count[0]), slices.Repeat([]int64{1}, int(count[0]))
		for i := range axes {
			axes[i] = int64(i)
		}
		in := append(slices.Clone(n.Inputs), "", "")[:5]
		if in[3] == "" {
			in[3] = b.ints(hint+"_axes", axes...)
		}
		if in[4] == "" {
			in[4] = b.ints(hint+"_steps", steps...)
		}
		n.Inputs = in
	}
	return b.emit(n)
}

// lowerSplit states the sizes of the parts.
func lowerSplit(b *builder, n *onnx.Node) error {
	s := b.shape(n.Input(0))
	sizes := n.Ints("split")
	if n.Input(1) != "" {
		return b.emit(n)
	}
	if sizes == nil {
		a, err := axis(n.Int("axis", 0), len(s))
		if err != nil || s[a] < 0 {
			return fmt.Errorf("the length to split is not known: %w", err)
		}
		parts := int64(len(n.Outputs))
		part := (s[a] + parts - 1) / parts
		for left := s[a]; len(sizes) < len(n.Outputs); left -= part {
			sizes = append(sizes, min(part, left))
		}
	}
	n.Inputs = []string{n.Input(0), b.ints(n.Outputs[0]+"_sizes", sizes...)}
	n.Attributes = []*onnx.Attribute{onnx.IntAttr("axis", n.Int("axis", 0))}
	return b.emit(n)
}

// lowerPad makes pads and value inputs, and pads cover every axis.
func lowerPad(b *builder, n *onnx.Node) error {
	hint, mode := n.Outputs[0], n.Text("mode", "constant")
	if a := n.Attribute("pads"); a != nil { // opset 10 and older
		n.Inputs = []string{n.Input(0), b.ints(hint+"_pads", a.Ints...)}
		if v := n.Float("value", 0); v != 0 {
			n.Inputs = append(n.Inputs, b.scalar(hint+"_value", float64(v), n.Input(0)))
		}
	}
	n.Attributes = []*onnx.Attribute{onnx.StringAttr("mode", mode)}
	pads, ok := b.intValues(n.Input(1))
	axes, ok2 := b.intValues(n.Input(3))
	if s := b.shape(n.Input(0)); ok && ok2 && s != nil {
		if len(pads) != 2*len(axes) {
			return fmt.Errorf("pads %v for axes %v", pads, axes)
		}
		full := make([]int64, 2*len(s))
		for i, at := range axes {
			a, err := axis(at, len(s))
			if err != nil {
				return err
			}
			full[a], full[a+len(s)] = pads[i], pads[i+len(axes)]
		}
		n.Inputs = []string{n.Input(0), b.ints(hint+"_pads", full...), n.Input(2)}
	}
	if mode == "wrap" {
		return b.wrapped(n)
	}
	return b.emit(n)
}

// wrapped spells out padding that continues at the other end, which opset 18 does
// not have: on each axis, the end of the tensor before it and its beginning after.
func (b *builder) wrapped(n *onnx.Node) error {
	s := b.shape(n.Input(0))
	pads, ok := b.intValues(n.Input(1))
	if s == nil || !ok || len(pads) != 2*len(s) {
		return fmt.Errorf("padding by wrapping around needs a known shape and constant pads")
	}
	f, x := b.spell(n), n.Input(0)
	for i, length := range s {
		before, after := pads[i], pads[i+len(s)]
		if before == 0 && after == 0 {
			continue
		}
		if length < 1 || before < 0 || after < 0 || before > length || after > length {
			return fmt.Errorf("padding axis %d of shape %v by wrapping around %d and %d", i, s, before, after)
		}
		var parts []string
		if before > 0 {
			parts = append(parts, f.part(x, int64(i), length-before, length))
		}
		parts = append(parts, x)
		if after > 0 {
			parts = append(parts, f.part(x, int64(i), 0, after))
		}
		x = f.with("Concat", parts, onnx.IntAttr("axis", int64(i)))
	}
	return f.end(n, x)
}

// part emits x from start to end on an axis.
func (f *formula) part(x string, axis, start, end int64) string {
	in := []string{x}
	for i, v := range []int64{start, end, axis, 1} {
		in = append(in, f.b.ints(f.hint+[]string{"_starts", "_ends", "_axes", "_steps"}[i], v))
	}
	return f.do("Slice", in...)
}

// lowerUpsample is Resize as it was before opset 11: coordinates are scaled
// without centring, nearest takes the floor.
func lowerUpsample(b *builder, n *onnx.Node) error {
	scales := n.Input(1)
	if a := n.Attribute("scales"); a != nil {
		scales = b.add(onnx.FloatTensor(b.edit.Fresh(n.Outputs[0]+"_scales"), a.Floats, int64(len(a.Floats))))
	}
	return b.becomes(n, "Resize", []string{n.Input(0), "", scales}, onnx.StringAttr("mode", n.Text("mode", "nearest")),
		onnx.StringAttr("coordinate_transformation_mode", "asymmetric"), onnx.StringAttr("nearest_mode", "floor"))
}

func lowerResize(b *builder, n *onnx.Node) error {
	if b.opset < 11 {
		return lowerUpsample(b, n)
	}
	if s, ok := b.symbolsOf(n.Input(3)); n.Input(3) != "" && ok && !s.known() && b.shape(n.Input(0)) != nil {
		return b.resizeByScales(n, Shape(s.target()))
	}
	if t := b.constants[n.Input(2)]; t != nil && len(t.Raw) == 0 { // an empty tensor stands for none
		n.Inputs[2] = ""
	}
	return b.emit(n)
}

// resizeByScales replaces sizes that hold the batch, which some runtimes would
// compute anew on every run, by their ratio where that gives the same sizes.
func (b *builder) resizeByScales(n *onnx.Node, to Shape) error {
	from := b.shape(n.Input(0))
	scales := make([]float32, len(from))
	for i, d := range from {
		if len(to) != len(from) || d == 0 {
			return b.emit(n)
		}
		scales[i] = float32(to[i]) / float32(d)
		if int64(math.Floor(float64(d)*float64(scales[i]))) != to[i] {
			return b.emit(n)
		}
	}
	n.Inputs = []string{n.Input(0), n.Input(1), b.add(onnx.FloatTensor(b.edit.Fresh(n.Outputs[0]+"_scales"), scales, int64(len(scales))))}
	return b.emit(n)
}

// lowerTopK makes the number an input, as it is since opset 10.
func lowerTopK(b *builder, n *onnx.Node) error {
	if a := n.Attribute("k"); a != nil {
		n.Inputs = []string{n.Input(0), b.ints(n.Outputs[0]+"_k", a.Int)}
		n.Attributes = without(n, "k")
	}
	return b.emit(n)
}
