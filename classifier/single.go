package classifier

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// Some exports take one image without a batch, [3, H, W] or [H, W, 3]. They are given a batch of
// one: the input gets a first dimension of 1, which a Squeeze takes off again.

// isSingle reports whether a value is one image without a batch: of three dimensions, the
// first or last of which is that of the channels.
func isSingle(v *onnx.Value) bool {
	return v.IsTensor() && v.HasShape && len(v.Shape) == 3 && (isChannels(v.Shape[0]) || isChannels(v.Shape[2]))
}

// addBatch gives a model of single images an input of a batch of one, and leaves others
// alone. It changes m, and returns the declaration of the input that it replaced.
func addBatch(m *onnx.Model) *onnx.Value {
	g, required := m.Graph, m.Graph.RequiredInputs()
	if len(required) != 1 || !isSingle(required[0]) {
		return nil
	}
	e, single := g.Edit(), required[0]
	batched := onnx.NewValue(e.Fresh(single.Name+"_batch"), single.Type, 1)
	batched.Shape = append(batched.Shape, single.Shape...)
	g.Inputs[slices.Index(g.Inputs, single)] = batched
	squeeze := onnx.NewNode("Squeeze", []string{batched.Name}, []string{single.Name}, onnx.IntsAttr("axes", 0))
	if m.Opset("") >= 13 {
		squeeze.Inputs, squeeze.Attributes = append(squeeze.Inputs, e.Constant(single.Name+"_first", onnx.IntTensor("", []int64{0}, 1))), nil
	}
	g.Nodes = slices.Insert(g.Nodes, 0, squeeze)
	return single
}
