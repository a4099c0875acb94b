package onnx_test

import (
	"bytes"
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// What rewrites a copy leaves the model as it was, and a copy is written as the model.
func TestCopiesAreTheirOwn(t *testing.T) {
	for _, o := range []testmodel.Options{{Batch: 1, Baked: true, End: "Softmax"}, {WeightsIn: true, Opset: 7, Batch: 1}} {
		m := testmodel.Build(o)
		before := m.Marshal()
		c := m.Copy()
		if !bytes.Equal(c.Marshal(), before) {
			t.Fatal("a copy is written differently")
		}
		if err := c.FreeBatch(); err != nil {
			t.Fatal(err)
		}
		c.Graph.KeepOutputs(c.Graph.AddOutput("logits", onnx.Undefined))
		for _, n := range c.Graph.Nodes {
			n.Inputs[0] = "other"
			n.Attributes = append(n.Attributes[:0], onnx.IntAttr("other", 1))
		}
		c.Graph.Initializers[0].Dims, c.Graph.Inputs[0].Name = nil, "other"
		if !bytes.Equal(m.Marshal(), before) {
			t.Error("changing the copy changed the model")
		}
	}
}
