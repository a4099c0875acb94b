package canonical_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// model is a dialect as a model.
func (d dialect) model() *onnx.Model {
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: d.opset}, {Domain: "com.microsoft", Version: 1}},
		Graph: &onnx.Graph{Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, d.shape...)}, Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}},
			Initializers: d.constants, Nodes: d.nodes}}
}

// TestDamagedModels rewrites models with something wrong in them: they may be
// refused with an error, and some can still be read. Nothing recovers from a panic.
func TestDamagedModels(t *testing.T) {
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) { rewriteDamaged(t, d.model(), 400) })
	}
}

// TestDamagedOperators does so with the models of single operators.
func TestDamagedOperators(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Dir(t), "optests", "*", "test_*", "model.onnx"))
	if err != nil || len(files) < 200 {
		t.Fatalf("%d operator tests: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			m, err := onnx.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fixInputs(t, m, filepath.Join(filepath.Dir(file), "test_data_set_0"))
			rewriteDamaged(t, m, 60)
		})
	}
}

func rewriteDamaged(t *testing.T, m *onnx.Model, times int) {
	refused := 0
	for i := range times {
		r := rand.New(rand.NewPCG(uint64(i), 9))
		damaged := testmodel.Damage(m, r)
		if r.IntN(3) == 0 {
			damaged = testmodel.Damage(damaged, r)
		}
		c, err := canonical.Rewrite(damaged, canonical.Options{})
		if err != nil {
			refused++
			continue
		}
		canonical.Bytes(c.Model)
	}
	if refused == 0 {
		t.Errorf("none of %d damaged models is refused", times)
	}
}
