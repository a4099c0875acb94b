package testmodel

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

// Endless is a model of 3×32×32 images and ten classes that adds to its input in a loop,
// for ever.
func Endless() *onnx.Model {
	return hostile(-1, func(h *hostileGraph) { h.loop(h.constant(onnx.IntTensor("trip", []int64{1e12}))) })
}

// EndlessOnWhite is such a model that does so only where every value of a sample is above
// 0.9.
func EndlessOnWhite() *onnx.Model {
	return hostile(-1, func(h *hostileGraph) {
		trip := h.whereWhite(1e12, 1)
		h.node("ReduceMax", "most", []string{trip}, onnx.IntAttr("keepdims", 0))
		h.loop("most")
	})
}

// ErrorOnWhite is a model of which the runtime reports an error where every value of a
// sample is above 0.9: it takes entry 99 of a list of two.
func ErrorOnWhite() *onnx.Model {
	return hostile(-1, func(h *hostileGraph) {
		index := h.whereWhite(99, 0)
		h.node("Gather", "entry", []string{h.constant(onnx.FloatTensor("list", []float32{0, 0}, 2)), index})
		h.node("Add", "body", []string{"image", "entry"})
	})
}

// Chain is a model of so many operators in a row.
func Chain(n int) *onnx.Model {
	return hostile(-1, func(h *hostileGraph) {
		last := "image"
		for range n {
			last = h.next("Relu", last)
		}
		h.node("Identity", "body", []string{last})
	})
}

// ManyClasses is a model that repeats three scores until there are as many.
func ManyClasses(n int) *onnx.Model {
	m := hostile(-1, func(h *hostileGraph) { h.node("Identity", "body", []string{"image"}) })
	g := m.Graph
	g.Nodes = g.Nodes[:len(g.Nodes)-1] // the linear layer
	g.Initializers = append(g.Initializers, onnx.IntTensor("times", []int64{1, int64(n) / 3}, 2))
	g.Nodes = append(g.Nodes, onnx.NewNode("Tile", []string{"features", "times"}, []string{"scores"}))
	g.Outputs[0] = onnx.NewValue("scores", onnx.Float32, -1, int64(n)/3*3)
	return m
}

// HugeInput is a model of images of so many pixels a side.
func HugeInput(side int64) *onnx.Model {
	m := hostile(-1, func(h *hostileGraph) { h.node("Identity", "body", []string{"image"}) })
	m.Graph.Inputs[0] = onnx.NewValue("image", onnx.Float32, -1, 3, side, side)
	return m
}

// hostileGraph is a graph from its input "image" to a tensor "body" of the same shape.
type hostileGraph struct {
	*onnx.Graph
	count int
}

func hostile(batch int64, fill func(*hostileGraph)) *onnx.Model {
	g := &onnx.Graph{Name: "hostile", Inputs: []*onnx.Value{onnx.NewValue("image", onnx.Float32, batch, 3, 32, 32)},
		Outputs: []*onnx.Value{onnx.NewValue("scores", onnx.Float32, batch, 10)}}
	h := &hostileGraph{Graph: g}
	fill(h)
	h.node("GlobalAveragePool", "pooled", []string{"body"})
	h.node("Flatten", "features", []string{"pooled"})
	weights := make([]float32, 30)
	for i := range weights {
		weights[i] = float32(math.Sin(float64(7 * i)))
	}
	h.node("Gemm", "scores", []string{"features", h.constant(onnx.FloatTensor("weights", weights, 3, 10))})
	return &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}
}

func (h *hostileGraph) node(op, out string, in []string, attributes ...*onnx.Attribute) {
	h.Nodes = append(h.Nodes, onnx.NewNode(op, in, []string{out}, attributes...))
}

func (h *hostileGraph) next(op, in string) string {
	h.count++
	out := fmt.Sprintf("%s_%d", op, h.count)
	h.node(op, out, []string{in})
	return out
}

func (h *hostileGraph) constant(t *onnx.Tensor) string {
	h.Initializers = append(h.Initializers, t)
	return t.Name
}

// whereWhite is a tensor [n, 1, 1, 1] of one number for white samples, another for others.
func (h *hostileGraph) whereWhite(white, other int64) string {
	h.node("ReduceMin", "least", []string{"image"}, onnx.IntsAttr("axes", 1, 2, 3))
	h.node("Greater", "white", []string{"least", h.constant(onnx.FloatTensor("threshold", []float32{0.9}))})
	h.node("Where", "chosen", []string{"white", h.constant(onnx.IntTensor("of_white", []int64{white})), h.constant(onnx.IntTensor("of_others", []int64{other}))})
	return "chosen"
}

// loop adds to the image as often as a scalar says.
func (h *hostileGraph) loop(trip string) {
	body := &onnx.Graph{Name: "again",
		Inputs:       []*onnx.Value{onnx.NewValue("i", onnx.Int64), onnx.NewValue("go_on", onnx.Bool), {Name: "value", Type: onnx.Float32}},
		Outputs:      []*onnx.Value{onnx.NewValue("goes_on", onnx.Bool), {Name: "sum", Type: onnx.Float32}},
		Initializers: []*onnx.Tensor{onnx.FloatTensor("little", []float32{1e-9})},
		Nodes: []*onnx.Node{onnx.NewNode("Add", []string{"value", "little"}, []string{"sum"}),
			onnx.NewNode("Identity", []string{"go_on"}, []string{"goes_on"})},
	}
	yes := h.constant(&onnx.Tensor{Name: "yes", Type: onnx.Bool, Raw: []byte{1}})
	h.node("Loop", "body", []string{trip, yes, "image"}, &onnx.Attribute{Name: "body", Type: onnx.AttrGraph, Graph: body})
}
