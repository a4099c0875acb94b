package testkit

import (
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// Network writes a model of a 3×8×8 input "x" and scores "y" and opens it.
func Network(t testing.TB, nodes []*onnx.Node, weights ...*onnx.Tensor) attribution.Differentiable {
	t.Helper()
	g := &onnx.Graph{
		Name: "small", Nodes: nodes, Initializers: weights,
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, 3, 8, 8)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1, 2)},
	}
	return Open(t, testmodel.Save(t, &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}))
}

// Weight draws a weight tensor.
func Weight(name string, dims ...int64) *onnx.Tensor {
	n, seed := int64(1), uint64(0)
	for _, d := range dims {
		n *= d
	}
	for _, c := range name {
		seed = 31*seed + uint64(c)
	}
	return onnx.FloatTensor(name, Random(rand.New(rand.NewPCG(seed, 1)), int(n)), dims...)
}
