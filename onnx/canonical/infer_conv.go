package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// window is what convolutions and pools are made of, one entry per spatial axis;
// Pads holds all beginnings, then all ends.
type window struct {
	kernel, strides, dilations, pads []int64
	ceil                             bool
}

// windowOf reads a canonical node's window; the kernel of a convolution is in its
// attribute as well. It returns false when the node states none.
func windowOf(n *onnx.Node) (window, bool) {
	w := window{kernel: n.Ints("kernel_shape"), strides: n.Ints("strides"), dilations: n.Ints("dilations"),
		pads: n.Ints("pads"), ceil: n.Int("ceil_mode", 0) != 0}
	d := len(w.kernel)
	if w.dilations == nil { // AveragePool of opset 18 has none
		w.dilations = slices.Repeat([]int64{1}, d)
	}
	return w, d > 0 && len(w.strides) == d && len(w.dilations) == d && len(w.pads) == 2*d
}

// span is the extent of the dilated kernel on axis i.
func (w window) span(i int) int64 { return w.dilations[i]*(w.kernel[i]-1) + 1 }

// out returns the length of a pool's or convolution's result on axis i for an
// input of the given length. In ceil mode a last window must start inside the
// input or its padding at the beginning.
func (w window) out(i int, length int64) int64 {
	d := len(w.kernel)
	room := length + w.pads[i] + w.pads[i+d] - w.span(i)
	n := room/w.strides[i] + 1
	if w.ceil && room%w.strides[i] != 0 && n*w.strides[i] < length+w.pads[i] {
		n++
	}
	return n
}

// spatial replaces the spatial dimensions of s by f of each.
func spatial(s Shape, channels int64, f func(i int, length int64) int64) Shape {
	out := slices.Clone(s)
	out[1] = channels
	for i := range out[2:] {
		out[2+i] = f(i, s[2+i])
	}
	return out
}

// maxLength bounds kernels, strides, dilations and pads: longer ones are damage.
const maxLength = 1 << 16

// maxPositions bounds what is computed for every position of a kernel or result.
const maxPositions = 1 << 26

// positions is the product of lengths, or more than maxPositions; 0 if one is not
// above 0.
func positions(lengths []int64) int64 {
	n := int64(1)
	for _, d := range lengths {
		if d < 1 {
			return 0
		}
		if n <= maxPositions {
			n *= min(d, maxPositions+1)
		}
	}
	return n
}

func (w window) check(n *onnx.Node, s Shape) error {
	if len(s) != len(w.kernel)+2 {
		return fmt.Errorf("a kernel of %v on a tensor of shape %v", w.kernel, s)
	}
	for i, d := range s[2:] {
		longest := max(w.kernel[i], w.strides[i], w.dilations[i], w.pads[i], w.pads[i+len(w.kernel)])
		if d < 0 || longest > maxLength || min(w.kernel[i], w.strides[i], w.dilations[i]) < 1 {
			return fmt.Errorf("kernel %v, strides %v, dilations %v on shape %v", w.kernel, w.strides, w.dilations, s)
		}
	}
	return nil
}

func inferConv(b *builder, n *onnx.Node) error {
	t, weights := b.types[n.Input(0)], b.shape(n.Input(1))
	w, ok := windowOf(n)
	if t.Shape == nil || len(weights) < 3 || !ok {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	if err := w.check(n, t.Shape); err != nil {
		return err
	}
	b.set(n, 0, t.Elem, spatial(t.Shape, weights[0], w.out))
	return nil
}

func inferConvTranspose(b *builder, n *onnx.Node) error {
	t, weights := b.types[n.Input(0)], b.shape(n.Input(1))
	w, ok := windowOf(n)
	if t.Shape == nil || len(weights) < 3 || !ok {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	if err := w.check(n, t.Shape); err != nil {
		return err
	}
	extra := n.Ints("output_padding")
	b.set(n, 0, t.Elem, spatial(t.Shape, weights[1]*n.Int("group", 1), func(i int, length int64) int64 {
		out := (length-1)*w.strides[i] + w.span(i) - w.pads[i] - w.pads[i+len(w.kernel)]
		if i < len(extra) {
			out += extra[i]
		}
		return out
	}))
	return nil
}

func inferPool(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	w, ok := windowOf(n)
	if t.Shape == nil || !ok {
		b.set(n, 0, t.Elem, nil)
		return nil
	}
	if err := w.check(n, t.Shape); err != nil {
		return err
	}
	out := spatial(t.Shape, t.Shape[1], w.out)
	b.set(n, 0, t.Elem, out)
	b.set(n, 1, onnx.Int64, out)
	return nil
}

func inferGlobalPool(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	if len(t.Shape) > 2 {
		t.Shape = spatial(t.Shape, t.Shape[1], func(int, int64) int64 { return 1 })
	}
	b.set(n, 0, t.Elem, t.Shape)
	return nil
}

// inferResize takes the sizes from the input that states them.
func inferResize(b *builder, n *onnx.Node) error {
	t := b.types[n.Input(0)]
	b.set(n, 0, t.Elem, nil)
	if t.Shape == nil || n.Attribute("axes") != nil || n.Text("keep_aspect_ratio_policy", "stretch") != "stretch" {
		return nil
	}
	if s, ok := b.symbolsOf(n.Input(3)); ok && len(s.v) == len(t.Shape) {
		b.set(n, 0, t.Elem, Shape(s.target()))
		return nil
	}
	s, ok := b.symbolsOf(n.Input(2))
	if !ok || len(s.v) != len(t.Shape) {
		return nil
	}
	out := slices.Clone(t.Shape)
	for i, scale := range s.v {
		if scale.k != 1 && out[i] < 0 {
			return nil
		}
		if scale.k != 1 {
			out[i] = int64(float64(out[i]) * float64(float32(scale.k)))
		}
	}
	b.set(n, 0, t.Elem, out)
	return nil
}
