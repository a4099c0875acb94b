package canonical

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/onnx"
)

var convolutions = map[string]lowering{
	"Conv": lowerWindow, "ConvTranspose": lowerConvTranspose, "MaxPool": lowerWindow, "AveragePool": lowerWindow,
	"LpPool": lowerWindow, "BatchNormalization": lowerBatchNorm, "com.microsoft.FusedConv": lowerFusedConv,
}

// without returns the node's attributes but the named ones.
func without(n *onnx.Node, names ...string) []*onnx.Attribute {
	return slices.DeleteFunc(slices.Clone(n.Attributes), func(a *onnx.Attribute) bool { return slices.Contains(names, a.Name) })
}

// explicit gives the window of n with every default filled in; automatic padding
// is not resolved yet.
func (b *builder) explicit(n *onnx.Node) (window, error) {
	w := window{kernel: n.Ints("kernel_shape"), strides: n.Ints("strides"), dilations: n.Ints("dilations"), pads: n.Ints("pads")}
	if weights := b.shape(n.Input(1)); w.kernel == nil && len(weights) > 2 {
		w.kernel = slices.Clone(weights[2:])
	}
	d := len(w.kernel)
	if d == 0 {
		return w, fmt.Errorf("its kernel's size is not known")
	}
	if w.strides == nil {
		w.strides = slices.Repeat([]int64{1}, d)
	}
	if w.dilations == nil {
		w.dilations = slices.Repeat([]int64{1}, d)
	}
	if w.pads == nil {
		w.pads = make([]int64, 2*d)
	}
	if len(w.strides) != d || len(w.dilations) != d || len(w.pads) != 2*d {
		return w, fmt.Errorf("kernel %v, strides %v, dilations %v and pads %v do not fit", w.kernel, w.strides, w.dilations, w.pads)
	}
	return w, nil
}

// lowerWindow states the window in full and turns auto_pad into pads.
func lowerWindow(b *builder, n *onnx.Node) error {
	w, err := b.explicit(n)
	if err != nil {
		return err
	}
	if auto := n.Text("auto_pad", "NOTSET"); auto == "SAME_UPPER" || auto == "SAME_LOWER" {
		s := b.shape(n.Input(0))
		if err := w.check(n, s); err != nil {
			return fmt.Errorf("%s needs a known shape: %w", auto, err)
		}
		for i, length := range s[2:] {
			out := (length + w.strides[i] - 1) / w.strides[i]
			total := max(0, (out-1)*w.strides[i]+w.span(i)-length)
			w.pads[i], w.pads[i+len(w.kernel)] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.pads[i], w.pads[i+len(w.kernel)] = total-total/2, total/2
			}
		}
	}
	n.Attributes = append(without(n, "auto_pad", "kernel_shape", "strides", "dilations", "pads"),
		onnx.IntsAttr("kernel_shape", w.kernel...), onnx.IntsAttr("strides", w.strides...), onnx.IntsAttr("pads", w.pads...))
	dilated := slices.ContainsFunc(w.dilations, func(d int64) bool { return d != 1 })
	switch {
	case n.Op != "AveragePool":
		n.Attributes = append(n.Attributes, onnx.IntsAttr("dilations", w.dilations...))
	case dilated:
		return b.dilatedAverage(n, w)
	}
	return b.emit(n)
}

func lowerConvTranspose(b *builder, n *onnx.Node) error {
	w, err := b.explicit(n)
	if err != nil {
		return err
	}
	d, auto := len(w.kernel), n.Text("auto_pad", "NOTSET")
	extra, size := n.Ints("output_padding"), n.Ints("output_shape")
	if extra == nil {
		extra = make([]int64, d)
	}
	if len(extra) != d || (size != nil && len(size) < d) {
		return fmt.Errorf("output_padding %v and output_shape %v do not fit a kernel of %v", extra, size, w.kernel)
	}
	if s := b.shape(n.Input(0)); size != nil || auto == "SAME_UPPER" || auto == "SAME_LOWER" {
		if err := w.check(n, s); err != nil {
			return fmt.Errorf("automatic padding needs a known shape: %w", err)
		}
		for i, length := range s[2:] {
			out := length * w.strides[i]
			if size != nil {
				out = size[len(size)-d+i]
			}
			total := w.strides[i]*(length-1) + extra[i] + w.span(i) - out
			if total < 0 {
				extra, total = slices.Clone(extra), 0
				extra[i] = out - w.strides[i]*(length-1) - w.span(i)
			}
			w.pads[i], w.pads[i+d] = total-total/2, total/2
			if auto == "SAME_UPPER" {
				w.pads[i], w.pads[i+d] = total/2, total-total/2
			}
		}
	}
	n.Attributes = []*onnx.Attribute{onnx.IntsAttr("kernel_shape", w.kernel...), onnx.IntsAttr("strides", w.strides...),
		onnx.IntsAttr("dilations", w.dilations...), onnx.IntsAttr("pads", w.pads...), onnx.IntsAttr("output_padding", extra...),
		onnx.IntAttr("group", n.Int("group", 1))}
	return b.emit(n)
}

// lowerBatchNorm folds the normalisation into the convolution before it, if only
// it reads that; otherwise it becomes a Mul and an Add.
func lowerBatchNorm(b *builder, n *onnx.Node) error {
	if n.Int("training_mode", 0) != 0 || n.Int("spatial", 1) == 0 {
		return fmt.Errorf("it is in training mode or not per channel; export the model in evaluation mode")
	}
	var p [4][]float32
	for i := range p {
		t := b.constants[n.Input(i+1)]
		if t == nil {
			return b.emit(n)
		}
		var err error
		if p[i], err = t.Floats(); err != nil {
			return err
		}
	}
	for _, values := range p {
		if len(values) != len(p[0]) {
			return fmt.Errorf("the node is malformed: its parameters have %d, %d, %d and %d values", len(p[0]), len(p[1]), len(p[2]), len(p[3]))
		}
	}
	scale, shift := make([]float32, len(p[0])), make([]float32, len(p[0]))
	for c := range scale {
		s := float64(p[0][c]) / math.Sqrt(float64(p[3][c])+float64(n.Float("epsilon", 1e-5)))
		scale[c], shift[c] = float32(s), float32(float64(p[1][c])-s*float64(p[2][c]))
	}
	if conv := b.producer[n.Input(0)]; conv.Is("Conv") && b.uses[n.Input(0)] == 1 && b.constants[conv.Input(1)] != nil {
		if done, err := b.foldScale(n, conv, scale, shift); done || err != nil {
			return err
		}
	}
	return b.scaleShift(n, n.Input(0), scale, shift)
}

// scaleShift emits x·scale + shift per channel.
func (b *builder) scaleShift(n *onnx.Node, x string, scale, shift []float32) error {
	if b.shape(x) == nil {
		return fmt.Errorf("the rank of its input is not known")
	}
	dims := slices.Repeat([]int64{1}, max(len(b.shape(x))-1, 1))
	dims[0] = int64(len(scale))
	hint := n.Outputs[0]
	y, err := b.op("Mul", hint, []string{x, b.add(onnx.FloatTensor(b.edit.Fresh(hint+"_scale"), scale, dims...))})
	if err != nil {
		return err
	}
	return b.becomes(n, "Add", []string{y, b.add(onnx.FloatTensor(b.edit.Fresh(hint+"_shift"), shift, dims...))})
}

// foldScale makes conv, already emitted, give what n gives.
func (b *builder) foldScale(n, conv *onnx.Node, scale, shift []float32) (bool, error) {
	weights := b.constants[conv.Input(1)]
	w, err := weights.Floats()
	if err != nil || len(scale) == 0 || weights.Type != onnx.Float32 || len(weights.Dims) == 0 || int(weights.Dims[0]) != len(scale) {
		return false, err
	}
	bias := make([]float32, len(scale))
	if name := conv.Input(2); name != "" {
		t := b.constants[name]
		if t == nil {
			return false, nil
		}
		if bias, err = t.Floats(); err != nil || len(bias) != len(scale) {
			return false, err
		}
	}
	each := len(w) / len(scale)
	for i := range w {
		w[i] *= scale[i/each]
	}
	for c := range bias {
		bias[c] = bias[c]*scale[c] + shift[c]
	}
	hint := n.Outputs[0]
	conv.Inputs = []string{conv.Input(0), b.add(onnx.FloatTensor(b.edit.Fresh(hint+"_weights"), w, weights.Dims...)),
		b.add(onnx.FloatTensor(b.edit.Fresh(hint+"_bias"), bias, int64(len(bias))))}
	b.point(n.Outputs[0], conv.Outputs[0])
	return true, nil
}

// lowerFusedConv separates the activation of ONNX Runtime's fused convolution,
// and the tensor it adds before.
func lowerFusedConv(b *builder, n *onnx.Node) error {
	hint, out := n.Outputs[0], n.Outputs[0]
	conv := &onnx.Node{Op: "Conv", Inputs: n.Inputs[:min(3, len(n.Inputs))], Outputs: []string{b.edit.Fresh(hint + "_conv")},
		Attributes: without(n, "activation", "activation_params")}
	if err := lowerWindow(b, conv); err != nil {
		return err
	}
	y := conv.Outputs[0]
	if n.Input(3) != "" {
		var err error
		if y, err = b.op("Add", hint, []string{y, n.Input(3)}); err != nil {
			return err
		}
	}
	return b.activate(n.Text("activation", ""), y, out, n.Attribute("activation_params"))
}
