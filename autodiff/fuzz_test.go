package autodiff_test

import (
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// FuzzGradient feeds damaged models: they may be refused, never crash.
func FuzzGradient(f *testing.F) {
	f.Add(testmodel.Build(testmodel.Options{End: "spelled"}).Marshal())
	f.Add(testmodel.Build(testmodel.Options{NHWC: true, End: "Softmax", Opset: 9}).Marshal())
	for _, family := range families {
		for _, make := range family {
			p := make(newDice(1))
			m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 18}}, Graph: &onnx.Graph{
				Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}}, Initializers: p.constants, Nodes: p.nodes}}
			for i, s := range p.inputs {
				m.Graph.Inputs = append(m.Graph.Inputs, onnx.NewValue([]string{"x0", "x1", "x2"}[i], onnx.Float32, s...))
			}
			f.Add(m.Marshal())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := onnx.Parse(b)
		if err != nil || len(b) > 1<<14 {
			return
		}
		c, err := canonical.Rewrite(m, canonical.Options{})
		if err != nil {
			return
		}
		_, _ = autodiff.Gradient(c, autodiff.Options{})
	})
}
