package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// biases gives convolutions in blocks the constants that are added to what they make,
// channel by channel, out of blocks: a normalisation that no convolution precedes is a
// convolution of each channel with itself and such an addition.
func (r *rewriter) biases() {
	for _, n := range slices.Clone(r.graph.Nodes) {
		if n.Op != "Add" || n.Domain != "" || r.graph.Output(n.Outputs[0]) != nil {
			continue
		}
		for i, in := range n.Inputs {
			out := r.by(in, blocks, "ReorderOutput")
			if out == nil {
				continue
			}
			conv := r.by(out.Inputs[0], blocks, "Conv")
			if conv == nil || len(conv.Inputs) != 2 || conv.Text("activation", "") != "" || r.readers(in) != 1 || r.readers(out.Inputs[0]) != 1 {
				continue
			}
			channels := out.Int("channels", 0)
			if w := r.constants[conv.Inputs[1]]; w == nil || w.Dims[0] != channels {
				continue // the runtime has filled up the last block, and would want a bias for that
			}
			if bias := r.perChannelAs(n.Inputs[1-i], channels, channels); bias != "" {
				conv.Inputs = append(conv.Inputs, bias)
				r.rename(n.Outputs[0], in)
			}
		}
	}
}

// perChannelAs is a constant [C, 1, 1] in another shape, "" where a tensor is none.
func (r *rewriter) perChannelAs(name string, channels int64, shape ...int64) string {
	t := r.constants[name]
	if t == nil || !slices.Equal(t.Dims, []int64{channels, 1, 1}) {
		return ""
	}
	values := r.floats(name)
	if values == nil {
		return ""
	}
	return r.constant(onnx.FloatTensor(r.fresh(name+"_reshaped"), values, shape...))
}

// readers counts the places where a tensor is read.
func (r *rewriter) readers(name string) int {
	count := 0
	for _, n := range r.graph.Nodes {
		for _, in := range n.Inputs {
			if in == name {
				count++
			}
		}
	}
	if r.graph.Output(name) != nil {
		count++
	}
	return count
}

// constant adds a constant and returns its name.
func (r *rewriter) constant(t *onnx.Tensor) string {
	r.graph.Initializers = append(r.graph.Initializers, t)
	r.constants[t.Name] = t
	return t.Name
}
