package autodiff_test

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// A model of one layer, y = relu(x·W), differentiated with respect to x. The seed
// selects the second output.
func ExampleGradient() {
	model := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Inputs:       []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 2)},
		Outputs:      []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)},
		Initializers: []*onnx.Tensor{onnx.FloatTensor("W", []float32{1, 2, 3, 4}, 2, 2)},
		Nodes: []*onnx.Node{
			onnx.NewNode("MatMul", []string{"x", "W"}, []string{"z"}),
			onnx.NewNode("Relu", []string{"z"}, []string{"y"}),
		},
	}}
	c, err := canonical.Rewrite(model, canonical.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := autodiff.Gradient(c, autodiff.Options{Of: "y", With: []string{"x"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := ort.Open(g.Model.Marshal(), []string{"x", g.Seed}, []string{g.Of, g.Gradients[0]}, ort.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	out, err := s.Run(context.Background(),
		&ort.Tensor{Shape: []int64{1, 2}, Data: []float32{1, 1}}, &ort.Tensor{Shape: []int64{1, 2}, Data: []float32{0, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("y", out[0].Floats(), "dy₂/dx", out[1].Floats())
	// Output: y [4 6] dy₂/dx [2 4]
}
