// Package testmodel makes small ONNX classifiers for tests, so that they need no
// files: random but fixed weights, and every variation real exporters show.
package testmodel

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/onnx"
)

// Options of a model; the zero value is a float32 NCHW model of 8×8 colour images
// with a free batch that gives the logits of three classes.
type Options struct {
	NHWC      bool
	DType     onnx.DataType // Float32, Float16 or Uint8; Undefined means Float32
	Channels  int           // 0 means 3
	Side      int           // height and width; 0 means 8, -1 free
	Classes   int           // 0 means 3
	Batch     int64         // declared batch; 0 means free
	Opset     int64         // 0 means 13
	End       string        // operator after the logits: "", "Softmax", "LogSoftmax", "Sigmoid", "spelled"
	Baked     bool          // batch of one baked into a Reshape
	Features  bool          // the features are an output too, listed first
	WeightsIn bool          // IR version 3: weights listed as inputs
	NaN       bool          // logits become NaN for bright images
	Metadata  []onnx.Property
}

func (o Options) withDefaults() Options {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Channels, 3)
	def(&o.Side, 8)
	def(&o.Classes, 3)
	if o.DType == onnx.Undefined {
		o.DType = onnx.Float32
	}
	if o.Opset == 0 {
		o.Opset = 13
	}
	return o
}

// Features is the number of values of the models' embedding.
const Features = 4

// Build makes the model: Conv 3×3, Relu, global average, linear layer, End. Input
// and output are called "image" and "scores", the embedding "features".
func Build(o Options) *onnx.Model {
	o = o.withDefaults()
	b := &builder{o: o, g: &onnx.Graph{Name: "tiny"}, r: rand.New(rand.NewPCG(7, uint64(o.Classes)))}
	b.input()
	b.body()
	b.end()
	m := &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: o.Opset}}, ProducerName: "testmodel", Graph: b.g, Metadata: o.Metadata}
	if o.WeightsIn {
		m.IRVersion = 3
		for _, t := range b.g.Initializers {
			b.g.Inputs = append(b.g.Inputs, onnx.NewValue(t.Name, t.Type, t.Dims...))
		}
	}
	return m
}

// Write builds the model into a new folder of the test's and returns its path.
func Write(t testing.TB, o Options) string {
	t.Helper()
	return Save(t, Build(o))
}

// Save writes m as model.onnx into a new folder of the test's.
func Save(t testing.TB, m *onnx.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Marshal(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type builder struct {
	o    Options
	g    *onnx.Graph
	r    *rand.Rand
	last string // the tensor that is the current result
}

// node applies op to the current result and further inputs.
func (b *builder) node(op, out string, more []string, attributes ...*onnx.Attribute) {
	b.g.Nodes = append(b.g.Nodes, onnx.NewNode(op, append([]string{b.last}, more...), []string{out}, attributes...))
	b.last = out
}

func (b *builder) constant(t *onnx.Tensor) string {
	b.g.Initializers = append(b.g.Initializers, t)
	return t.Name
}

func (b *builder) random(name string, scale float64, dims ...int64) string {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(scale * b.r.NormFloat64())
	}
	return b.constant(onnx.FloatTensor(name, values, dims...))
}

func (b *builder) input() {
	o := b.o
	n, c, s := o.Batch, int64(o.Channels), int64(o.Side)
	if n == 0 {
		n = -1
	}
	dims := []int64{n, c, s, s}
	if o.NHWC {
		dims = []int64{n, s, s, c}
	}
	b.g.Inputs = []*onnx.Value{onnx.NewValue("image", o.DType, dims...)}
	b.last = "image"
	if o.DType != onnx.Float32 {
		b.node("Cast", "image_float", nil, onnx.IntAttr("to", int64(onnx.Float32)))
	}
	if o.DType == onnx.Uint8 {
		b.node("Mul", "image_unit", []string{b.constant(onnx.FloatTensor("inverse", []float32{1.0 / 255}))})
	}
	if o.NHWC {
		b.node("Transpose", "image_nchw", nil, onnx.IntsAttr("perm", 0, 3, 1, 2))
	}
}

func (b *builder) body() {
	b.node("Conv", "conv", []string{b.random("conv_w", 0.5, Features, int64(b.o.Channels), 3, 3), b.random("conv_b", 0.2, Features)},
		onnx.IntsAttr("kernel_shape", 3, 3), onnx.IntsAttr("pads", 1, 1, 1, 1))
	b.node("Relu", "relu", nil)
	b.node("GlobalAveragePool", "pooled", nil)
	if b.o.Baked {
		b.node("Reshape", "features", []string{b.constant(onnx.IntTensor("features_shape", []int64{1, Features}, 2))})
	} else {
		b.node("Flatten", "features", nil, onnx.IntAttr("axis", 1))
	}
	if b.o.Features {
		b.g.Outputs = append(b.g.Outputs, onnx.NewValue("features", onnx.Float32, b.batch(), Features))
	}
	b.node("Gemm", "logits", []string{b.random("fc_w", 1, Features, int64(b.o.Classes)), b.random("fc_b", 0.5, int64(b.o.Classes))})
	if b.o.NaN { // log of a negative number where the mean of a feature is high
		b.node("Sub", "shifted", []string{b.constant(onnx.FloatTensor("shift", []float32{100}))})
		b.node("Neg", "negated", nil)
		b.node("Log", "logits_nan", nil)
	}
}

func (b *builder) batch() int64 {
	if b.o.Batch == 0 {
		return -1
	}
	return b.o.Batch
}

func (b *builder) end() {
	switch b.o.End {
	case "spelled":
		logits := b.last
		b.node("ReduceMax", "top", nil, onnx.IntsAttr("axes", -1))
		b.g.Nodes = append(b.g.Nodes, onnx.NewNode("Sub", []string{logits, "top"}, []string{"centred"}))
		b.last = "centred"
		b.node("Exp", "exp", nil)
		b.g.Nodes = append(b.g.Nodes, onnx.NewNode("ReduceSum", []string{"exp", b.constant(onnx.IntTensor("axes", []int64{-1}, 1))}, []string{"sum"}))
		b.node("Div", "probabilities", []string{"sum"})
	case "":
	case "Softmax", "LogSoftmax":
		b.node(b.o.End, "probabilities", nil, onnx.IntAttr("axis", 1))
	default:
		b.node(b.o.End, "probabilities", nil)
	}
	if b.o.DType == onnx.Float16 {
		b.node("Cast", "scores", nil, onnx.IntAttr("to", int64(onnx.Float16)))
	} else {
		b.node("Identity", "scores", nil)
	}
	out := onnx.Float32
	if b.o.DType == onnx.Float16 {
		out = onnx.Float16
	}
	b.g.Outputs = append(b.g.Outputs, onnx.NewValue("scores", out, b.batch(), int64(b.o.Classes)))
}
