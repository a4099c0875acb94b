package canonical_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// freeShapes are the input shapes of models that leave more than the batch free.
var freeShapes = map[string][]int64{"textdirection-paddle": {-1, 3, 48, 192}}

// tolerances are relative, where they are not those of float32.
var tolerances = map[string]float64{"imagenet-squeezenet1.1-fp16": 5e-3}

// banned operators have no place in the dialect.
var banned = []string{"Constant", "Identity", "Dropout", "BatchNormalization", "Flatten", "Squeeze",
	"HardSwish", "Gelu", "Mish", "QLinearConv", "com.microsoft.QGemm", "com.microsoft.QLinearAdd", "If", "Upsample"}

// TestRealModels compares every real model with its canonical form, on noise.
func TestRealModels(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "models")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			m, err := onnx.ReadFile(filepath.Join(dir, e.Name(), "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			compareModel(t, m, e.Name())
		})
	}
}

func compareModel(t *testing.T, m *onnx.Model, name string) {
	t.Helper()
	shape := freeShapes[name]
	in := m.Graph.RequiredInputs()[0]
	feed := map[string]*ort.Tensor{in.Name: noise(in, shape, 1)}
	want := execute(t, m, feed)
	c, err := canonical.Rewrite(m, canonical.Options{Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	got := execute(t, c.Model, widened(feed))
	limit := 1e-5
	if l, ok := tolerances[name]; ok {
		limit = l
	}
	if strings.Contains(name, "int8") { // integer kernels round otherwise
		limit = 2e-2
	}
	d := distance(got[0], want[0])
	t.Logf("relative difference %.2g, %d nodes for %d", d, len(c.Graph.Nodes), len(m.Graph.Nodes))
	if d > limit {
		t.Errorf("outputs differ by %.3g, limit %.1g", d, limit)
	}
	ops := operators(c.Graph)
	for _, op := range banned {
		if ops[op] {
			t.Errorf("the canonical form has %s", op)
		}
	}
	for _, n := range c.Graph.Nodes {
		for _, out := range n.Outputs {
			if out != "" && !c.Types[out].Shape.Known() {
				t.Errorf("the shape of %s, of %s, is not known", out, n.Label())
			}
		}
	}
}
