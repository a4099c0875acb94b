package canonical

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// dilatedAverage emits an AveragePool with dilations, which opset 18 does not
// have: a convolution of ones over each channel, divided by the number of values
// in each window.
func (b *builder) dilatedAverage(n *onnx.Node, w window) error {
	s := b.shape(n.Input(0))
	if err := w.check(n, s); err != nil {
		return err
	}
	w.ceil = n.Int("ceil_mode", 0) != 0
	out := spatial(s, s[1], w.out)
	if positions(w.kernel) > maxPositions || positions(out[2:]) > maxPositions {
		return fmt.Errorf("a kernel of %v on a tensor of shape %v is too large", w.kernel, s)
	}
	planes, ok := append(Shape{s[0] * s[1], 1}, s[2:]...).Target()
	back, ok2 := out.Target()
	if !ok || !ok2 {
		return fmt.Errorf("a tensor of shape %v cannot be pooled", s)
	}
	f, d := b.spell(n), len(w.kernel)
	ones := make([]float32, 1)
	for _, k := range w.kernel {
		ones = slices.Repeat(ones, int(k))
	}
	for i := range ones {
		ones[i] = 1
	}
	pads := slices.Clone(w.pads)
	for i := range d { // in ceil mode the last window reaches further
		pads[i+d] = max(pads[i+d], (out[2+i]-1)*w.strides[i]+w.span(i)-s[2+i]-w.pads[i])
	}
	x := f.do("Reshape", n.Input(0), b.ints(f.hint+"_planes", planes...))
	kernel := b.add(onnx.FloatTensor(b.edit.Fresh(f.hint+"_ones"), ones, append([]int64{1, 1}, w.kernel...)...))
	sums := f.with("Conv", []string{x, kernel}, onnx.IntsAttr("kernel_shape", w.kernel...), onnx.IntsAttr("strides", w.strides...),
		onnx.IntsAttr("dilations", w.dilations...), onnx.IntsAttr("pads", pads...))
	parts := b.add(onnx.FloatTensor(b.edit.Fresh(f.hint+"_parts"), w.parts(s[2:], out[2:], n.Int("count_include_pad", 0) != 0), append([]int64{1, 1}, out[2:]...)...))
	return f.end(n, f.do("Reshape", f.do("Mul", sums, parts), b.ints(f.hint+"_pooled", back...)))
}

// AverageWeights returns what each window of a canonical AveragePool multiplies
// its sum by, for spatial lengths in and out, in row-major order: the share of one
// value. The node's count_include_pad decides whether padding counts; what
// ceil_mode adds beyond the padding never does.
func AverageWeights(n *onnx.Node, in, out []int64) []float32 {
	w, _ := windowOf(n)
	return w.parts(in, out, n.Int("count_include_pad", 0) != 0)
}

// parts is one over the number of values of each window that lie inside the image,
// or inside its padding too.
func (w window) parts(in, out []int64, padded bool) []float32 {
	all, d := []float32{1}, len(w.kernel)
	for i := range d {
		low, high := int64(0), in[i]
		if padded {
			low, high = -w.pads[i], in[i]+w.pads[i+d]
		}
		var next []float32
		for _, v := range all {
			for o := range out[i] {
				count := 0
				for k := range w.kernel[i] {
					if at := o*w.strides[i] - w.pads[i] + k*w.dilations[i]; at >= low && at < high {
						count++
					}
				}
				next = append(next, v/float32(count))
			}
		}
		all = next
	}
	return all
}
