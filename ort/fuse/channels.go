package fuse

import (
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// scale: an image times a factor for every channel, and maybe plus a summand for
// every channel, such as the gradient of a mean over pixels.
func (r *rewriter) scale(n *onnx.Node) *onnx.Node {
	if n.Domain != "" || len(n.Inputs) != 2 {
		return nil
	}
	switch n.Op {
	case "Mul":
		if image, factor := r.imageAndChannels(n); image != "" {
			return ours("Scale", []string{image, factor}, n.Outputs[0], onnx.IntAttr("block", 1))
		}
	case "Add":
		for i, part := range n.Inputs {
			product, summand := r.by(part, "", "Mul"), r.spreadOut(n.Inputs[1-i])
			if product == nil || summand == "" || !r.alike(n.Inputs[0], n.Inputs[1]) {
				continue
			}
			if image, factor := r.imageAndChannels(product); image != "" {
				return ours("Scale", []string{image, factor, summand}, n.Outputs[0], onnx.IntAttr("block", 1))
			}
		}
	}
	return nil
}

// imageAndChannels returns which input of a product is an image, and which has a
// value for each of its channels.
func (r *rewriter) imageAndChannels(n *onnx.Node) (image, channels string) {
	out := r.shape(n.Outputs[0])
	if len(out) != 4 || r.blocked[n.Outputs[0]] || perChannel(out) {
		return "", ""
	}
	for i, name := range n.Inputs {
		if !r.shape(name).Equal(out) {
			continue
		}
		if other := r.shape(n.Inputs[1-i]); len(other) == 4 && other[:2].Equal(out[:2]) && perChannel(other) {
			return name, n.Inputs[1-i]
		}
		if values := r.perChannelAs(n.Inputs[1-i], out[1], 1, out[1], 1, 1); values != "" {
			return name, values
		}
	}
	return "", ""
}

func perChannel(s canonical.Shape) bool { return len(s) == 4 && s[2] == 1 && s[3] == 1 }

// spreadOut returns the values per channel that a tensor repeats for every pixel, ""
// if it does not.
func (r *rewriter) spreadOut(name string) string {
	name = r.origin(name)
	if copied := r.by(name, blocks, "Conv"); copied != nil {
		if !r.copies(copied) {
			return ""
		}
		name = r.origin(copied.Inputs[0])
	}
	expand := r.by(name, "", "Expand")
	if expand == nil || !perChannel(r.shape(expand.Inputs[0])) || len(r.shape(name)) != 4 || !r.shape(expand.Inputs[0])[:2].Equal(r.shape(name)[:2]) {
		return ""
	}
	return expand.Inputs[0]
}

// copies reports whether a convolution is one of each channel with itself, times one.
func (r *rewriter) copies(n *onnx.Node) bool {
	w := r.constants[n.Inputs[1]]
	return len(n.Inputs) == 2 && w != nil && len(w.Dims) == 4 && w.Dims[1]*w.Dims[2]*w.Dims[3] == 1 && n.Int("group", 1) == w.Dims[0] &&
		n.Text("activation", "") == "" && every(n.Ints("pads"), 0) && every(n.Ints("strides"), 1) && every(r.floats(n.Inputs[1]), 1)
}

// channelDot: the sum of a product over the pixels of every channel.
func (r *rewriter) channelDot(n *onnx.Node) *onnx.Node {
	out := r.shape(n.Outputs[0])
	if n.Op != "ReduceSum" || n.Domain != "" || !perChannel(out) || n.Int("keepdims", 1) != 1 {
		return nil
	}
	axes := r.constants[n.Input(1)]
	product := r.of(n.Inputs[0], "Mul")
	if axes == nil || product == nil || !r.alike(product.Inputs[0], product.Inputs[1]) {
		return nil
	}
	if values, err := axes.Int64s(); err != nil || len(values) != 2 || values[0]*values[1] != 6 || values[0]+values[1] != 5 {
		return nil
	}
	var images []string
	for _, name := range product.Inputs {
		if r.blocked[name] {
			name = r.reordered(n, name, out[1])
		}
		images = append(images, name)
	}
	return ours("ChannelDot", images, n.Outputs[0], onnx.IntAttr("block", 1))
}
