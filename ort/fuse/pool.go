package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// poolGradient: values added up where a MaxPool says that its maxima were, in an
// image of zeros of its input's shape.
func (r *rewriter) poolGradient(n *onnx.Node) *onnx.Node {
	if n.Op != "Reshape" || n.Domain != "" {
		return nil
	}
	scatter := r.by(n.Inputs[0], "", "ScatterElements")
	if scatter == nil || scatter.Text("reduction", "none") != "add" || scatter.Int("axis", 0) != 0 || !r.zeros(scatter.Inputs[0]) {
		return nil
	}
	places, values := r.by(scatter.Inputs[1], "", "Reshape"), r.by(scatter.Inputs[2], "", "Reshape")
	if places == nil || values == nil {
		return nil
	}
	pool := r.by(places.Inputs[0], "", "MaxPool")
	if pool == nil || len(pool.Outputs) != 2 || places.Inputs[0] != pool.Outputs[1] {
		return nil
	}
	x, g := pool.Inputs[0], values.Inputs[0]
	if s := r.shape(x); len(s) != 4 || !r.becomes(n, s) || !r.alike(g, pool.Outputs[0]) || len(r.types[places.Outputs[0]].Shape) != 1 {
		return nil
	}
	if pool.Text("auto_pad", "NOTSET") != "NOTSET" || pool.Int("storage_order", 0) != 0 || len(pool.Ints("kernel_shape")) != 2 {
		return nil
	}
	return ours("PoolGradient", []string{x, g}, n.Outputs[0],
		onnx.IntsAttr("kernel", pool.Ints("kernel_shape")...), onnx.IntsAttr("strides", orElse(pool.Ints("strides"), 1, 1)...),
		onnx.IntsAttr("dilations", orElse(pool.Ints("dilations"), 1, 1)...), onnx.IntsAttr("pads", orElse(pool.Ints("pads"), 0, 0, 0, 0)...),
		onnx.IntAttr("block", 1))
}

// becomes reports whether a Reshape makes a tensor of a shape.
func (r *rewriter) becomes(n *onnx.Node, s canonical.Shape) bool {
	target, ok := s.Target()
	t := r.constants[n.Inputs[1]]
	if !ok || t == nil || r.model.LoadExternal(t) != nil {
		return false
	}
	stated, err := t.Int64s()
	return err == nil && slices.Equal(stated, target)
}

// zeros reports whether a tensor is all zeros.
func (r *rewriter) zeros(name string) bool {
	if n := r.by(name, "", "ConstantOfShape"); n != nil {
		a := n.Attribute("value")
		return a == nil || a.Tensor != nil && every(a.Tensor.Raw, 0)
	}
	v := r.floats(name)
	return len(v) > 0 && every(v, 0)
}

// orElse is a list of integers, or what stands for its absence.
func orElse(values []int64, absent ...int64) []int64 {
	if len(values) == 0 {
		return absent
	}
	return values
}
