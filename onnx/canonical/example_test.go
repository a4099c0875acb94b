package canonical_test

import (
	"fmt"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// An old exporter's graph: dropout, a flattening and a softmax of opset 9.
func ExampleRewrite() {
	model := &onnx.Model{IRVersion: 4, Opsets: []onnx.Opset{{Version: 9}}, Graph: &onnx.Graph{
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 8, 8)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 192)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Dropout", []string{"x"}, []string{"d"}),
			onnx.NewNode("Flatten", []string{"d"}, []string{"f"}),
			onnx.NewNode("Softmax", []string{"f"}, []string{"y"}),
		},
	}}
	c, err := canonical.Rewrite(model, canonical.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range c.Graph.Nodes {
		fmt.Println(n.Op, n.Inputs[0], "→", n.Outputs[0], c.Types[n.Outputs[0]].Shape)
	}
	// Output:
	// Reshape x → f [-1 192]
	// Softmax f → y [-1 192]
}
