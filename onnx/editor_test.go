package onnx_test

import (
	"fmt"
	"testing"

	"github.com/sightline/sightline/onnx"
)

// TestEditorNames gives names as a search from the first number on would.
func TestEditorNames(t *testing.T) {
	g := &onnx.Graph{Inputs: []*onnx.Value{{Name: "x"}}, Initializers: []*onnx.Tensor{{Name: "x_1"}},
		Nodes: []*onnx.Node{{Name: "x_3", Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}}}}
	e := g.Edit()
	taken := map[string]bool{"x": true, "x_1": true, "x_3": true, "y": true, "": true}
	for i := range 40 {
		prefix := []string{"x", "z", "y", "x_1", "z_1"}[i%5]
		want := prefix
		for k := 1; taken[want]; k++ {
			want = fmt.Sprintf("%s_%d", prefix, k)
		}
		taken[want] = true
		if got := e.Fresh(prefix); got != want {
			t.Fatalf("name %d after %q is %q, want %q", i, prefix, got, want)
		}
	}
	e.Take("free")
	if got := e.Fresh("free"); got != "free_1" {
		t.Errorf("a name that was taken gives %q", got)
	}
}

// TestEditorAppends adds a constant and a node with two outputs.
func TestEditorAppends(t *testing.T) {
	g := &onnx.Graph{}
	e := g.Edit()
	c := e.Constant("c", onnx.FloatTensor("", []float32{1}))
	out := e.Append("y", onnx.NewNode("MaxPool", []string{c}, nil), 2)
	if c != "c" || out[0] != "y" || out[1] != "y_1" || g.Initializer("c") == nil || len(g.Nodes) != 1 || g.Nodes[0].Outputs[1] != "y_1" {
		t.Errorf("constant %q, outputs %v, graph %+v", c, out, g)
	}
	if y := e.Emit("y", "Relu", out[:1]); y != "y_2" || g.Nodes[1].Op != "Relu" || g.Nodes[1].Input(0) != "y" {
		t.Errorf("a second node gives %q", y)
	}
}

// BenchmarkFresh gives names after one prefix in a graph of a thousand nodes.
func BenchmarkFresh(b *testing.B) {
	g := &onnx.Graph{}
	for i := range 1000 {
		g.Nodes = append(g.Nodes, onnx.NewNode("Relu", []string{fmt.Sprint(i)}, []string{fmt.Sprint(i + 1)}))
	}
	e := g.Edit()
	for b.Loop() {
		e.Fresh("name")
	}
}
