package fuse_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
)

// A network is a chain of layers, each with what the runtime may lay out in blocks.
type network struct {
	graph    *onnx.Graph
	r        *rand.Rand
	last     string
	channels int64
	side     []int64
	layers   []string
}

func newNetwork(seed uint64, batch int64) *network {
	n := &network{r: rand.New(rand.NewPCG(seed, 9)), last: "image", channels: 3}
	n.side = []int64{int64(17 + n.r.IntN(8)), int64(17 + n.r.IntN(8))}
	n.graph = &onnx.Graph{Name: "network", Inputs: []*onnx.Value{onnx.NewValue("image", onnx.Float32, batch, 3, n.side[0], n.side[1])},
		Outputs: []*onnx.Value{{Name: "scores", Type: onnx.Float32}}}
	return n
}

func (n *network) weights(dims ...int64) string {
	size := int64(1)
	for _, d := range dims {
		size *= d
	}
	v := make([]float32, size)
	for i := range v {
		v[i] = float32(n.r.NormFloat64() * math.Sqrt(2/float64(size/dims[0])))
	}
	name := fmt.Sprint("w", len(n.graph.Initializers))
	n.graph.Initializers = append(n.graph.Initializers, onnx.FloatTensor(name, v, dims...))
	return name
}

func (n *network) add(op string, more []string, attributes ...*onnx.Attribute) string {
	out := fmt.Sprint(op, len(n.graph.Nodes))
	n.graph.Nodes = append(n.graph.Nodes, onnx.NewNode(op, append([]string{n.last}, more...), []string{out}, attributes...))
	n.last = out
	return out
}

// window is a layer's attributes; it keeps track of the image's size.
func (n *network) window(kernel, stride, pad int64, more ...*onnx.Attribute) []*onnx.Attribute {
	for i := range n.side {
		n.side[i] = (n.side[i]+2*pad-kernel)/stride + 1
	}
	return append(more, onnx.IntsAttr("kernel_shape", kernel, kernel), onnx.IntsAttr("strides", stride, stride), onnx.IntsAttr("pads", pad, pad, pad, pad))
}

func (n *network) conv(channels, kernel, stride int64) {
	w := n.weights(channels, n.channels, kernel, kernel)
	n.add("Conv", []string{w, n.weights(channels)}, n.window(kernel, stride, kernel/2)...)
	n.channels = channels
}

func (n *network) depthwise(stride int64) {
	n.add("Conv", []string{n.weights(n.channels, 1, 3, 3)}, n.window(3, stride, 1, onnx.IntAttr("group", n.channels))...)
}

func (n *network) clip(low, high float32) {
	bounds := make([]string, 2)
	for i, v := range []float32{low, high} {
		bounds[i] = fmt.Sprint("bound", len(n.graph.Initializers))
		n.graph.Initializers = append(n.graph.Initializers, onnx.FloatTensor(bounds[i], []float32{v}))
	}
	n.add("Clip", bounds)
}

func (n *network) residual() {
	from := n.last
	n.conv(n.channels, 3, 1)
	n.add("Add", []string{from})
	n.add("Relu", nil)
}

// squeeze weighs channels by what they are on average, as squeeze-and-excitation does.
func (n *network) squeeze() {
	from, side := n.last, slices.Clone(n.side)
	n.add("GlobalAveragePool", nil)
	n.side = []int64{1, 1}
	n.conv(n.channels, 1, 1)
	n.add("Relu", nil)
	n.conv(n.channels, 1, 1)
	n.add("Sigmoid", nil)
	n.add("Mul", []string{from})
	n.side = side
}

// swish is x times its logistic function.
func (n *network) swish() {
	from := n.last
	n.add("Sigmoid", nil)
	n.add("Mul", []string{from})
}

// dense puts what a layer adds beside what it is made of, which is normalised before.
func (n *network) dense() {
	from, channels := n.last, n.channels
	n.add("Mul", []string{n.weights(n.channels, 1, 1)})
	n.add("Add", []string{n.weights(n.channels, 1, 1)})
	n.add("Relu", nil)
	n.conv(16, 3, 1)
	n.add("Relu", nil)
	n.add("Concat", []string{from}, onnx.IntAttr("axis", 1))
	n.channels += channels
}

// build makes a model of random layers, of which each kind is in half of them.
func (n *network) build() *onnx.Model {
	kinds := []struct {
		name string
		add  func()
	}{
		{"pool", func() { n.add("MaxPool", nil, n.window(3, 2, 1)...) }},
		{"relu6", func() { n.conv(32, 1, 1); n.clip(0, 6) }},
		{"strided", func() { n.conv(32, 3, 2); n.add("Relu", nil) }},
		{"depthwise", func() { n.depthwise(1); n.clip(0, 6) }},
		{"pointwise", func() { n.conv(48, 1, 2); n.add("Relu", nil) }},
		{"residual", n.residual},
		{"strided depthwise", func() { n.depthwise(2); n.clip(0, 1) }},
		{"squeeze", n.squeeze},
		{"dense", n.dense},
		{"narrow", func() { n.conv(24, 1, 1); n.swish(); n.dense() }}, // a block and a half
		{"average", func() { n.add("AveragePool", nil, n.window(2, 2, 0)...) }},
		{"swish", func() { n.conv(32, 1, 1); n.swish() }},
		{"hardswish", func() { n.conv(16, 1, 1); n.add("HardSwish", nil) }},
		{"tanh", func() { n.conv(16, 3, 1); n.add("Tanh", nil) }},
	}
	n.conv(16, 3, 1+int64(n.r.IntN(2)))
	n.add("Relu", nil)
	n.r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, k := range kinds[:len(kinds)/2] {
		n.layers = append(n.layers, k.name)
		k.add()
	}
	return n.ending()
}

func gradient(t *testing.T, m *onnx.Model) (*autodiff.Result, *canonical.Model) {
	t.Helper()
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := autodiff.Gradient(c, autodiff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g, c
}

func noise(r *rand.Rand, batch int64, s canonical.Shape) *ort.Tensor {
	shape := append([]int64{batch}, s[1:]...)
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return &ort.Tensor{Shape: shape, Data: v}
}

type opener func(m *onnx.Model, inputs, outputs []string) (*ort.Session, error)

func plainly(m *onnx.Model, inputs, outputs []string) (*ort.Session, error) {
	return ort.Open(m.Marshal(), inputs, outputs, ort.Options{Threads: 2})
}

func fused(m *onnx.Model, inputs, outputs []string) (*ort.Session, error) {
	return fuse.Open(m, m.Marshal(), inputs, outputs, ort.Options{Threads: 2})
}

// same compares what two ways to open a gradient's graph give.
func same(t *testing.T, g *autodiff.Result, c *canonical.Model, batch int64, a, b opener) {
	t.Helper()
	r := rand.New(rand.NewPCG(10, 11))
	image := c.Graph.Inputs[0].Name
	inputs := []*ort.Tensor{noise(r, batch, c.Types[image].Shape), noise(r, batch, c.Types[g.Of].Shape)}
	var got [][]float32
	for _, open := range []opener{a, b} {
		s, err := open(g.Model, []string{image, g.Seed}, append([]string{g.Of}, g.Gradients...))
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Run(context.Background(), inputs...)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		got = append(got, out[0].Floats(), out[1].Floats())
	}
	if !slices.Equal(got[0], got[2]) {
		t.Errorf("the scores differ: %v and %v", got[0], got[2])
	}
	size, difference := 0.0, 0.0
	for i, v := range got[1] {
		size, difference = size+float64(v)*float64(v), difference+math.Pow(float64(v-got[3][i]), 2)
	}
	// Sums over pixels are added up in another order.
	if size == 0 || !(math.Sqrt(difference/size) < 1e-5) {
		t.Errorf("the gradients differ by %.2g of their size, %.2g", math.Sqrt(difference/size), math.Sqrt(size))
	}
}

// Fused graphs give what ordinary operators give, whatever the layers, for images of
// odd sizes too and for a batch that the model fixes.
func TestFusedEqualsPlain(t *testing.T) {
	for seed := range uint64(40) {
		batch := int64(-1)
		if seed%4 == 3 {
			batch = 2
		}
		n := newNetwork(seed, batch)
		g, c := gradient(t, n.build())
		t.Run(fmt.Sprint(seed, n.layers), func(t *testing.T) { same(t, g, c, 2, plainly, fused) })
	}
}

// rewritten is a gradient's graph as it is run.
func rewritten(t *testing.T, g *autodiff.Result, c *canonical.Model) map[string]int {
	t.Helper()
	m, err := fuse.LaidOut(t.TempDir(), g.Model, []string{c.Graph.Inputs[0].Name, g.Seed}, append([]string{g.Of}, g.Gradients...))
	if err != nil {
		t.Fatal(err)
	}
	fuse.Rewrite(m, canonical.Types(g.Model), fuse.Block())
	count := map[string]int{}
	for _, n := range m.Graph.Nodes {
		count[n.Op]++
	}
	return count
}

// ending adds the layers after the last and makes the model.
func (n *network) ending() *onnx.Model {
	n.add("GlobalAveragePool", nil)
	n.add("Flatten", nil)
	n.graph.Nodes = append(n.graph.Nodes, onnx.NewNode("Gemm", []string{n.last, n.weights(n.channels, 4)}, []string{"scores"}))
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: n.graph}
}

// Nothing that is fused may be left behind: that would be slow and not show.
func TestEverythingIsFused(t *testing.T) {
	for name, c := range map[string]struct {
		layers   func(n *network)
		want     map[string]int
		gone     []string
		reorders int // of images: into blocks after the pool over all pixels, out of them before it and at the end
	}{
		"relu": {func(n *network) {
			n.add("Relu", nil)
			n.add("MaxPool", nil, n.window(3, 2, 1)...)
			n.conv(32, 1, 1)
			n.clip(0, 6)
			n.depthwise(2)
			n.clip(0, 6)
			n.conv(32, 3, 2)
			n.add("Relu", nil)
			n.residual()
		}, map[string]int{"Gate": 5, "PoolGradient": 1, "Interleave": 2},
			[]string{"HardSigmoid", "LeakyRelu", "ScatterElements", "MatMul", "DepthToSpace", "Slice", "Concat"}, 3},
		"swish": {func(n *network) {
			n.swish()
			n.depthwise(2)
			n.swish()
			n.squeeze()
			n.conv(32, 1, 1)
		}, map[string]int{"SwishGradient": 2, "Scale": 2, "ChannelDot": 1, "Interleave": 1}, []string{"Sub", "ReduceSum", "MatMul"}, 0},
		"dense": {func(n *network) {
			n.add("Relu", nil)
			n.dense()
			n.dense()
			n.conv(16, 1, 1)
			n.add("Relu", nil)
		}, map[string]int{"Gate": 6, "ChannelSlice": 4, "Scale": 2}, []string{"Split", "Slice", "HardSigmoid"}, 3},
	} {
		n := newNetwork(1, -1)
		n.side = []int64{23, 23}
		n.graph.Inputs[0] = onnx.NewValue("image", onnx.Float32, -1, 3, 23, 23)
		n.conv(16, 3, 1)
		c.layers(n)
		g, m := gradient(t, n.ending())
		same(t, g, m, 3, plainly, fused)
		count := rewritten(t, g, m)
		for op, want := range c.want {
			if count[op] != want {
				t.Errorf("%s: %d %s, want %d: %v", name, count[op], op, want, count)
			}
		}
		for _, op := range c.gone {
			if count[op] > 0 {
				t.Errorf("%s: %d %s are left: %v", name, count[op], op, count)
			}
		}
		if got := count["ReorderInput"] + count["ReorderOutput"]; fuse.Block() > 1 && c.reorders > 0 && got > c.reorders {
			t.Errorf("%s: images are turned into blocks and back %d times: %v", name, got, count)
		}
	}
}

// The architectures that people use.
func TestArchitectures(t *testing.T) {
	for _, name := range []string{"resnet18", "mobilenet_v2", "efficientnet_b0", "densenet121", "swin_t"} {
		t.Run(name, func(t *testing.T) {
			m, err := onnx.ReadFile(testdata.Architecture(t, name))
			if err != nil {
				t.Fatal(err)
			}
			g, c := gradient(t, m)
			same(t, g, c, 2, plainly, fused)
		})
	}
}

// A graph that cannot be laid out twice is run as it is.
func TestFullDisk(t *testing.T) {
	g, c := gradient(t, newNetwork(5, -1).build())
	t.Setenv("TMPDIR", "/dev/null/nowhere")
	same(t, g, c, 2, plainly, fused)
}
