package canonical_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// execute runs a model on inputs by name, all optimisations off, and returns its
// outputs as float32.
func execute(t testing.TB, m *onnx.Model, inputs map[string]*ort.Tensor) [][]float32 {
	t.Helper()
	copied := *m
	g := *m.Graph
	g.Nodes = append([]*onnx.Node{}, g.Nodes...)
	g.Outputs = append([]*onnx.Value{}, g.Outputs...)
	copied.Graph = &g
	var in, out []string
	for _, o := range m.Graph.Outputs {
		flat := g.Edit().Fresh("flat_" + o.Name) // scalars and float16 cannot be returned
		name := g.AddOutput(o.Name, onnx.Undefined)
		g.Nodes = append(g.Nodes, onnx.NewNode("Reshape", []string{name, "flat_shape"}, []string{flat}))
		out = append(out, flat)
	}
	g.Initializers = append(append([]*onnx.Tensor{}, g.Initializers...), onnx.IntTensor("flat_shape", []int64{-1}, 1))
	g.KeepOutputs(out...)
	for _, o := range g.Outputs {
		o.Type = onnx.Float32
	}
	var values []*ort.Tensor
	for _, v := range g.RequiredInputs() {
		in, values = append(in, v.Name), append(values, inputs[v.Name])
	}
	s, err := ort.Open(copied.Marshal(), in, out, ort.Options{Plain: !eightBit(&g), ExternalDir: m.Dir})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer s.Close()
	results, err := s.Run(context.Background(), values...)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	list := make([][]float32, len(results))
	for i, r := range results {
		list[i] = r.Floats()
	}
	return list
}

// eightBit tells whether operators sum products of 8 bits: on processors without VNNI the
// runtime keeps these sums whole in optimised graphs only.
func eightBit(g *onnx.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n *onnx.Node) bool {
		return strings.HasPrefix(n.Op, "QLinear") || strings.HasPrefix(n.Op, "QGemm") || strings.HasSuffix(n.Op, "Integer")
	})
}

// distance is the norm of the difference relative to that of want; differences
// of values that are not finite count as infinite unless both are alike.
func distance(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var diff, norm float64
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if g == w || (math.IsNaN(g) && math.IsNaN(w)) {
			if !math.IsInf(w, 0) && !math.IsNaN(w) {
				norm += w * w
			}
			continue
		}
		diff += (g - w) * (g - w)
		norm += w * w
	}
	return math.Sqrt(diff / max(norm, 1e-12))
}

// noise makes an input of a declared type: free dimensions are 1, or taken from
// shape.
func noise(v *onnx.Value, shape []int64, seed uint64) *ort.Tensor {
	t, n := &ort.Tensor{}, int64(1)
	for i, d := range v.Shape {
		size := d.Size
		if shape != nil {
			size = shape[i]
		}
		t.Shape = append(t.Shape, max(size, 1))
		n *= max(size, 1)
	}
	r := rand.New(rand.NewPCG(seed, 5))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	t.Data = values
	if v.Type == onnx.Float16 {
		t.Data = halves(values)
	}
	return t
}

func halves(values []float32) ort.Half {
	h := make(ort.Half, len(values))
	for i, v := range values {
		h[i] = onnx.FloatToHalf(v)
	}
	return h
}

// widened replaces float16 inputs by float32, as the dialect does.
func widened(inputs map[string]*ort.Tensor) map[string]*ort.Tensor {
	out := map[string]*ort.Tensor{}
	for name, t := range inputs {
		out[name] = t
		if _, ok := t.Data.(ort.Half); ok {
			out[name] = &ort.Tensor{Shape: t.Shape, Data: t.Floats()}
		}
	}
	return out
}

// operators lists what a graph is made of, to check the dialect's promises.
func operators(g *onnx.Graph) map[string]bool {
	ops := map[string]bool{}
	for _, n := range g.Nodes {
		ops[strings.TrimPrefix(n.Domain+"."+n.Op, ".")] = true
	}
	return ops
}
