package classifier

import (
	"math"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// before puts nodes and their weights between the input, "image", and the graph that reads it.
func before(nodes []*onnx.Node, weights ...*onnx.Tensor) *onnx.Model {
	m := testmodel.Build(testmodel.Options{})
	last := nodes[len(nodes)-1].Outputs[0]
	for _, n := range m.Graph.Nodes {
		for i, in := range n.Inputs {
			if in == "image" {
				n.Inputs[i] = last
			}
		}
	}
	m.Graph.Nodes = append(nodes, m.Graph.Nodes...)
	m.Graph.Initializers = append(m.Graph.Initializers, weights...)
	return m
}

func node(op string, in ...string) *onnx.Node { return onnx.NewNode(op, in, []string{op + "ed"}) }

func one(name string, v float32) *onnx.Tensor { return onnx.FloatTensor(name, []float32{v}, 1) }

func three(name string, a, b, c float32) *onnx.Tensor {
	return onnx.FloatTensor(name, []float32{a, b, c}, 1, 3, 1, 1)
}

func TestHintsOfGraphs(t *testing.T) {
	zero := &onnx.Tensor{Name: "zero", Type: onnx.Int8, Dims: []int64{}, Raw: []byte{0xf2}} // −14
	channels := func(name string, v float32) *onnx.Tensor { return onnx.FloatTensor(name, []float32{v, v, v}, 3) }
	for name, c := range map[string]struct {
		model     *onnx.Model
		low, high float64
		note      string
	}{
		"nothing":        {testmodel.Build(testmodel.Options{}), 0, 0, ""},
		"scaled":         {before([]*onnx.Node{node("Mul", "image", "by"), node("Sub", "Muled", "off")}, one("by", 1/127.5), one("off", 1)), 0, 255, "takes 0..255"},
		"divided":        {before([]*onnx.Node{node("Div", "image", "by")}, one("by", 255)), 0, 255, "takes 0..255"},
		"standardised":   {before([]*onnx.Node{node("Sub", "image", "mean"), node("Div", "Subed", "std")}, three("mean", .485, .456, .406), three("std", .229, .224, .225)), 0, 1, "takes 0..1"},
		"another's turn": {before([]*onnx.Node{node("Sub", "by", "image")}, one("by", 1)), 0, 0, ""},
		"quantised":      {before([]*onnx.Node{node("QuantizeLinear", "image", "by", "zero"), node("DequantizeLinear", "QuantizeLineared", "by", "zero")}, onnx.FloatTensor("by", []float32{0.0186}), zero), -114 * 0.0186, 141 * 0.0186, "quantised"},
		"normalised": {before([]*onnx.Node{node("BatchNormalization", "image", "s", "b", "m", "v")}, channels("s", 1), channels("b", 0), channels("m", 110), channels("v", 3600)),
			-10, 230, "BatchNormalization"},
	} {
		h := hintsOf(c.model, Input{Name: "image", Layout: imaging.NCHW})
		if math.Abs(h.Low-c.low) > 1e-5 || math.Abs(h.High-c.high) > 1e-5 || !strings.Contains(strings.Join(h.Notes, " "), c.note) || (c.note == "") != (len(h.Notes) == 0) {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestTensorFlowIsRecognised(t *testing.T) {
	for producer, want := range map[string]bool{"tf2onnx": true, "keras2onnx": true, "pytorch": false, "": false} {
		m := testmodel.Build(testmodel.Options{})
		m.ProducerName = producer
		if h := hintsOf(m, Input{Name: "image", Layout: imaging.NCHW}); h.TensorFlow != want {
			t.Errorf("%q: %+v", producer, h)
		}
	}
	if h := hintsOf(testmodel.Build(testmodel.Options{NHWC: true}), Input{Name: "image", Layout: imaging.NHWC}); !h.TensorFlow {
		t.Errorf("channels last: %+v", h)
	}
}
