package fuse

import (
	"math"

	"github.com/sightline/sightline/onnx"
)

// steep is the least slope at which HardSigmoid is a step: that of package autodiff.
const steep = 1 << 62

// step reports whether a HardSigmoid is 0 on one side of a bound and 1 on the other.
func step(n *onnx.Node) bool { return math.Abs(float64(n.Float("alpha", 0.2))) >= steep }

// A mask is 1 where low < y < high, and 0 elsewhere.
type mask struct {
	y         string
	low, high float32
	out       *onnx.Node // the ReorderOutput between the mask and its use, or nil
}

// gate: a Mul with a mask.
func (r *rewriter) gate(n *onnx.Node) *onnx.Node {
	if n.Op != "Mul" || n.Domain != "" || !r.alike(n.Inputs[0], n.Inputs[1]) {
		return nil
	}
	for i, name := range n.Inputs {
		m, ok := r.mask(name)
		if !ok {
			continue
		}
		if m.out != nil {
			m.y = r.reordered(n, m.y, m.out.Int("channels", 0))
		}
		return ours("Gate", []string{m.y, n.Inputs[1-i]}, n.Outputs[0], onnx.FloatAttr("low", m.low), onnx.FloatAttr("high", m.high))
	}
	return nil
}

// mask reads a tensor as a mask.
func (r *rewriter) mask(name string) (mask, bool) {
	if n := r.by(name, blocks, "ReorderOutput"); n != nil {
		m, ok := r.mask(n.Inputs[0])
		m.out = n
		return m, ok
	}
	if n := r.by(name, "", "HardSigmoid"); n != nil && step(n) {
		return r.stepOf(n), true
	}
	n := r.by(name, "", "Mul")
	if n == nil || !r.alike(n.Inputs[0], n.Inputs[1]) {
		return mask{}, false
	}
	a, aOK := r.mask(n.Inputs[0])
	b, bOK := r.mask(n.Inputs[1])
	both := mask{a.y, max(a.low, b.low), min(a.high, b.high), nil}
	return both, aOK && bOK && a.y == b.y && a.out == nil && b.out == nil
}

// stepOf is the mask of a HardSigmoid that is a step.
func (r *rewriter) stepOf(n *onnx.Node) mask {
	alpha, beta := n.Float("alpha", 0.2), n.Float("beta", 0.5)
	m := mask{y: n.Inputs[0], low: -beta / alpha, high: float32(math.Inf(1))}
	if alpha < 0 {
		m.low, m.high = float32(math.Inf(-1)), -beta/alpha
		if y, middle, ok := r.distance(m.y); ok {
			m.y, m.low, m.high = y, middle-m.high, middle+m.high
		}
	}
	return m
}

// distance reads a tensor as the distance of another from a number: a convolution
// of each channel with itself and a LeakyRelu of slope −1 (see autodiff's Inside).
func (r *rewriter) distance(name string) (y string, from float32, ok bool) {
	n := r.by(name, blocks, "Conv")
	if n == nil || len(n.Inputs) != 3 || n.Text("activation", "") != "LeakyRelu" {
		return "", 0, false
	}
	slope := n.Attribute("activation_params")
	weights, shift := r.floats(n.Inputs[1]), r.floats(n.Inputs[2])
	dims := r.constants[n.Inputs[1]].Dims
	one := slope != nil && len(slope.Floats) == 1 && slope.Floats[0] == -1 && len(shift) > 0 && n.Int("group", 1) == int64(len(shift)) &&
		len(dims) == 4 && dims[0] == int64(len(shift)) && dims[1]*dims[2]*dims[3] == 1
	if !one || !every(weights, 1) || !every(shift, shift[0]) || !every(n.Ints("pads"), 0) || !every(n.Ints("strides"), 1) {
		return "", 0, false
	}
	return n.Inputs[0], -shift[0], true
}

// every reports whether all values are v.
func every[T comparable](values []T, v T) bool {
	for _, w := range values {
		if w != v {
			return false
		}
	}
	return true
}
