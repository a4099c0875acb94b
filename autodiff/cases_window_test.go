package autodiff_test

import (
	"github.com/sightline/sightline/onnx"
)

var windows = map[string]func(dice) problem{
	"Conv": conv, "ConvTranspose": convTranspose, "MaxPool": maxPool, "AveragePool": averagePool, "LpPool": lpPool,
	"GlobalAveragePool": global("GlobalAveragePool"), "GlobalMaxPool": global("GlobalMaxPool"),
}

// A hole is a random window of 1 to 3 spatial axes, and an image it fits in.
type hole struct {
	kernel, strides, dilations, pads, image []int64
}

func (d dice) hole(dilated bool) hole {
	var h hole
	n := 1 + d.IntN(3)
	h.pads = make([]int64, 2*n)
	for i := range n {
		k, dilation := int64(1+d.IntN(3)), int64(1)
		if dilated {
			dilation += int64(d.IntN(2))
		}
		h.kernel, h.strides, h.dilations = append(h.kernel, k), append(h.strides, int64(1+d.IntN(3))), append(h.dilations, dilation)
		h.pads[i], h.pads[i+n] = int64(d.IntN(int(k))), int64(d.IntN(int(k)))
		h.image = append(h.image, dilation*(k-1)+d.dim(1))
	}
	return h
}

func (h hole) attributes() []*onnx.Attribute {
	return []*onnx.Attribute{onnx.IntsAttr("kernel_shape", h.kernel...), onnx.IntsAttr("strides", h.strides...),
		onnx.IntsAttr("dilations", h.dilations...), onnx.IntsAttr("pads", h.pads...)}
}

// automatic replaces pads by auto_pad in some trials.
func (d dice) automatic(list []*onnx.Attribute) []*onnx.Attribute {
	if mode := []string{"", "", "SAME_UPPER", "SAME_LOWER", "VALID"}[d.IntN(5)]; mode != "" {
		list[3] = onnx.StringAttr("auto_pad", mode)
	}
	return list
}

func conv(d dice) problem {
	h, group := d.hole(true), int64(1+d.IntN(2))
	in, out := group*d.dim(1), group*d.dim(1)
	w := d.weights("w", append([]int64{out, in / group}, h.kernel...)...)
	return op("Conv", [][]int64{append([]int64{1 + int64(d.IntN(2)), in}, h.image...)}, []*onnx.Tensor{w, d.weights("b", out)},
		append(d.automatic(h.attributes()), onnx.IntAttr("group", group))...)
}

func convTranspose(d dice) problem {
	h, group := d.hole(true), int64(1+d.IntN(2))
	in, out := group*d.dim(1), d.dim(1)
	extra := make([]int64, len(h.kernel))
	for i := range extra {
		extra[i] = int64(d.IntN(int(h.strides[i])))
		h.image[i] = h.kernel[i] + 1
	}
	w := d.weights("w", append([]int64{in, out}, h.kernel...)...)
	return op("ConvTranspose", [][]int64{append([]int64{1, in}, h.image...)}, []*onnx.Tensor{w},
		append(h.attributes(), onnx.IntAttr("group", group), onnx.IntsAttr("output_padding", extra...))...)
}

func maxPool(d dice) problem {
	h := d.hole(true)
	return op("MaxPool", [][]int64{append([]int64{1 + int64(d.IntN(2)), d.dim(1)}, h.image...)}, nil,
		append(d.automatic(h.attributes()), onnx.IntAttr("ceil_mode", int64(d.IntN(2))))...)
}

func averagePool(d dice) problem {
	h := d.hole(false)
	list := d.automatic(h.attributes())
	list[2] = onnx.IntAttr("count_include_pad", int64(d.IntN(2))) // instead of dilations
	return op("AveragePool", [][]int64{append([]int64{1 + int64(d.IntN(2)), d.dim(1)}, h.image...)}, nil,
		append(list, onnx.IntAttr("ceil_mode", int64(d.IntN(2))))...)
}

func lpPool(d dice) problem {
	h := d.hole(false)
	return op("LpPool", [][]int64{append([]int64{1, d.dim(1)}, h.image...)}, nil,
		append(h.attributes(), onnx.IntAttr("p", int64(2+d.IntN(2))))...)
}

func global(name string) func(dice) problem {
	return func(d dice) problem { return op(name, [][]int64{d.shape(4)}, nil) }
}
