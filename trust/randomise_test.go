package trust

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// elements are a tensor's elements in order of their bytes.
func elements(t *onnx.Tensor) [][]byte {
	list := slices.Collect(slices.Chunk(t.Raw, t.Type.Size()))
	slices.SortFunc(list, bytes.Compare)
	return list
}

func TestRandomiseShufflesTheTopmostLayers(t *testing.T) {
	m := testmodel.Build(testmodel.Options{End: "Softmax"})
	before := m.Marshal()
	names := labels(m)
	if len(names) != 2 {
		t.Fatalf("layers %q, want the linear one and the convolution", names)
	}
	for top := range 3 {
		got, err := Randomise(m, top, 1)
		if err != nil {
			t.Fatal(err)
		}
		changed := map[string]bool{}
		for i, tensor := range got.Graph.Initializers {
			was := m.Graph.Initializers[i]
			if bytes.Equal(tensor.Raw, was.Raw) {
				continue
			}
			changed[tensor.Name] = true
			if !slices.EqualFunc(elements(tensor), elements(was), bytes.Equal) {
				t.Errorf("%s has other values, not another order of them", tensor.Name)
			}
		}
		x := m.Graph.Index()
		for _, n := range m.Graph.Nodes {
			want := n.Is("Gemm", "MatMul") || (n.Is("Conv") && top != 1)
			if t2 := x.Constant(n.Input(1)); t2 != nil && len(t2.Dims) > 1 && n.Is("Gemm", "MatMul", "Conv") && changed[n.Input(1)] != want {
				t.Errorf("top %d: weights of %s changed is %v", top, n.Label(), changed[n.Input(1)])
			}
		}
		again, _ := Randomise(m, top, 1)
		other, _ := Randomise(m, top, 2)
		if !bytes.Equal(again.Marshal(), got.Marshal()) || bytes.Equal(other.Marshal(), got.Marshal()) {
			t.Errorf("top %d: not a function of the seed", top)
		}
	}
	if !bytes.Equal(before, m.Marshal()) {
		t.Error("the original changed")
	}
}

func TestRandomiseWithoutWeights(t *testing.T) {
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Inputs: []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, 2)}, Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1, 2)},
		Nodes: []*onnx.Node{onnx.NewNode("Relu", []string{"x"}, []string{"y"})},
	}}
	if _, err := Randomise(m, 0, 1); err == nil {
		t.Error("nothing to randomise, and no error")
	}
}

// Every real model, of every exporter, float, half and quantised, still runs with
// random weights: its scores are finite, still depend on the image, and are not
// the trained ones.
func TestRandomisedRealModelsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("loads every real model twice")
	}
	paths, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no models: ", err)
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		if name == "textdirection-paddle" {
			continue // of free size; its weights are Constant nodes, see below
		}
		t.Run(name, func(t *testing.T) {
			m, err := onnx.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			random, err := Randomise(m, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			here := filepath.Join(t.TempDir(), "model.onnx")
			if err := os.WriteFile(here, random.Marshal(), 0o600); err != nil {
				t.Fatal(err)
			}
			trained, drawn := logitsOfTwo(t, path), logitsOfTwo(t, here)
			for _, pair := range [][2][]float32{{drawn[0], drawn[1]}, {trained[0], drawn[0]}} {
				if slices.Equal(pair[0], pair[1]) {
					t.Errorf("the same scores: %v", pair[0][:2])
				}
			}
		})
	}
}

// logitsOfTwo are a model's scores of two made-up images.
func logitsOfTwo(t *testing.T, path string) [2][]float32 {
	t.Helper()
	spec, err := classifier.Inspect(context.Background(), path, classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := classifier.Open(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	x := make([]float32, 2*c.InputLen())
	for i := range x {
		x[i] = float32(0.5 + 0.5*math.Sin(float64(i)*0.1+float64(i%7)))
	}
	scores, err := c.Score(context.Background(), x, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range scores {
		if v-v != 0 {
			t.Fatalf("score %d is %v", i, v)
		}
	}
	return [2][]float32{scores[:c.Classes()], scores[c.Classes():]}
}

func TestRandomiseReachesConstantNodes(t *testing.T) {
	m, err := onnx.ReadFile(filepath.Join(testdata.Dir(t), "models", "textdirection-paddle", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	random, err := Randomise(m, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i, n := range random.Graph.Nodes {
		if n != m.Graph.Nodes[i] {
			changed++
		}
	}
	if changed < 100 {
		t.Errorf("%d of 218 constants changed", changed)
	}
}

// labels are the layers of a model, from the output to the input.
func labels(m *onnx.Model) (list []string) {
	for _, l := range layers(m.Graph) {
		list = append(list, l.label)
	}
	return list
}
