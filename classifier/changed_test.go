package classifier

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
)

// With runs the other weights, in its scores and in its graph; the original keeps
// its own.
func TestWithOtherWeights(t *testing.T) {
	c, err := Quick(t.Context(), filepath.Join(testdata.Dir(t), "models", "cifar10-resnet20-torch", "model.onnx"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Graph.Initializers {
		if values, err := w.Floats(); err == nil && w.Type == onnx.Float32 {
			other := make([]float32, len(values))
			*w = *onnx.FloatTensor(w.Name, other, w.Dims...)
		}
	}
	other, err := c.With(m)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	input := make([]float32, c.InputLen())
	for i := range input {
		input[i] = float32(i%7) - 3
	}
	before, err := c.Score(context.Background(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	after, err := other.Score(context.Background(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	if before[0] == 0 || after[0] != 0 {
		t.Errorf("scores %v before, %v with all weights zero", before, after)
	}
	g, err := other.Graph()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range g.Model.Graph.Initializers {
		if values, err := w.Floats(); err == nil && w.Type == onnx.Float32 && len(w.Dims) == 4 && values[0] != 0 {
			t.Errorf("the graph has the file's weights of %s", w.Name)
		}
	}
}
