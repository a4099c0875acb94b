package autodiff

import (
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Runtimes keep images between convolutions in blocks of channels, and know only
// a few operators in that layout: Conv (with an activation, and with a tensor to
// add), pools, Add, Mul of equal shapes, Relu, HardSigmoid, Sigmoid and Tanh. Any
// other costs two copies of the tensor, and leaves what is added to it outside.

// block is the number of channels in a block, at most.
const block = 16

// findBlocked marks the tensors that runtimes keep in blocks of channels.
func findBlocked(m *canonical.Model) map[string]bool {
	blocked := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		s := m.Types[n.Outputs[0]].Shape
		if len(s) != 4 || s[1]%block != 0 {
			continue
		}
		switch n.Op {
		case "Conv":
			blocked[n.Outputs[0]] = m.Constants[n.Input(1)] != nil
		case "Relu", "Clip", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "MaxPool", "AveragePool":
			blocked[n.Outputs[0]] = blocked[n.Input(0)]
		case "Add", "Mul":
			a, b := n.Input(0), n.Input(1)
			blocked[n.Outputs[0]] = blocked[a] && blocked[b] && m.Types[a].Shape.Equal(m.Types[b].Shape)
		}
	}
	return blocked
}

// eachChannel emits a + shift by a convolution of each channel with itself, which
// leaves its result in blocks.
func (x *Context) eachChannel(a string, channels int64, shift float64) string {
	ones, shifts := make([]float32, channels), make([]float32, channels)
	for i := range ones {
		ones[i], shifts[i] = 1, float32(shift)
	}
	in := []string{a, x.Floats(ones, channels, 1, 1, 1)}
	if shift != 0 {
		in = append(in, x.Floats(shifts, channels))
	}
	one := window{[]int64{1, 1}, []int64{1, 1}, []int64{1, 1}, []int64{0, 0, 0, 0}}
	return x.Emit("Conv", in, one.attributes(one.pads, channels)...)
}

// intoBlocks brings the gradient of a tensor that is in blocks there too, so that
// what follows stays in them.
func (x *Context) intoBlocks(g, of string) string {
	if !x.tape.blocked[of] {
		return g
	}
	return x.eachChannel(g, x.Shape(of)[1], 0)
}

// widest is the distance of bounds up to which Inside may subtract their middle: a
// value then counts as equal to a bound when it is within 5·10⁻⁷ of it.
const widest = 8

// Inside emits 1 where y, which has no values below low or above high, is equal to
// neither. In blocks that is one step of the distance from the middle, |y − middle|
// being a LeakyRelu that runtimes fuse with the convolution before it.
func (x *Context) Inside(y string, low, high float64) string {
	if !x.tape.blocked[y] || high-low > widest {
		return x.Mul(x.Above(y, low), x.Below(y, high))
	}
	middle := (low + high) / 2
	distance := x.Emit("LeakyRelu", []string{x.eachChannel(y, x.Shape(y)[1], -middle)}, onnx.FloatAttr("alpha", -1))
	return x.Below(distance, float64(float32(high)-float32(middle)))
}
