package server_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/server/api"
)

// nearest is a model of the mean colour: output k is the class whose colour names[k] has.
func nearest(t *testing.T, names []string, colours map[string]color.NRGBA) string {
	t.Helper()
	n := int64(len(names))
	weight, bias := make([]float32, 3*n), make([]float32, n)
	for k, name := range names {
		c := colours[name]
		for i, v := range []uint8{c.R, c.G, c.B} {
			u := float32(v) / 255
			weight[int64(i)*n+int64(k)] = 200 * u
			bias[k] -= 100 * u * u
		}
	}
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{Name: "nearest",
		Inputs: []*onnx.Value{onnx.NewValue("image", onnx.Float32, -1, 3, 8, 8)}, Outputs: []*onnx.Value{onnx.NewValue("logits", onnx.Float32, -1, n)},
		Initializers: []*onnx.Tensor{onnx.FloatTensor("weight", weight, 3, n), onnx.FloatTensor("bias", bias, n)},
		Nodes: []*onnx.Node{
			onnx.NewNode("GlobalAveragePool", []string{"image"}, []string{"pooled"}),
			onnx.NewNode("Flatten", []string{"pooled"}, []string{"features"}),
			onnx.NewNode("Gemm", []string{"features", "weight", "bias"}, []string{"logits"}),
		}}}
	path := filepath.Join(t.TempDir(), "nearest.onnx")
	must(t, os.WriteFile(path, m.Marshal(), 0o644))
	return path
}

// TestOrderOfNames: where the classes are numbered otherwise than the labels, as trainings do that
// sort the names of folders, the order and its accuracy are said; where nothing is wrong, nothing.
func TestOrderOfNames(t *testing.T) {
	_, c := start(t)
	text := func(names []string) []string { return slices.Sorted(slices.Values(names)) }
	same := func(names []string) []string { return names }
	letters := []string{"j", "i", "h", "g", "f", "e", "d", "c", "b", "a", "l", "k"}
	for i, k := range []struct {
		name    string
		labels  []string
		trained func([]string) []string
		classes []string // the user's names, if any
		says    string
	}{
		{"from 0, as text", numbers(0, 12), text, nil, "100.0 % instead of 16.7 % if the classes were the labels sorted as text (0, 1, 10, 11, 2, …)"},
		{"from 1, as text", numbers(1, 12), text, nil, "100.0 % instead of 0.0 % if the classes were the labels sorted as text (1, 10, 11, 12, 2, …)"},
		{"from 1, by number", numbers(1, 12), same, nil, "100.0 % instead of 0.0 % if the classes were the labels by number, from 1 (1, 2, 3, 4, 5, …)"},
		{"names in another order", letters, text, letters, "sorted as text (a, b, c, d, e, …)"},
		{"right", numbers(0, 12), same, nil, ""},
		{"right names", letters, text, text(letters), ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			dir, colours := t.TempDir(), map[string]color.NRGBA{}
			for j, label := range k.labels {
				colours[label] = color.NRGBA{uint8(255 * (j % 3) / 2), uint8(255 * (j / 3 % 2)), uint8(255 * (j / 6)), 255}
				must(t, os.MkdirAll(filepath.Join(dir, label), 0o755))
				f, err := os.Create(filepath.Join(dir, label, "1.png"))
				must(t, err)
				im := image.NewNRGBA(image.Rect(0, 0, 8, 8))
				for p := range 64 {
					im.SetNRGBA(p%8, p/8, colours[label])
				}
				must(t, png.Encode(f, im))
				must(t, f.Close())
			}
			name, file := fmt.Sprintf("set%d", i), ""
			if k.classes != nil {
				file = filepath.Join(t.TempDir(), "names.txt")
				must(t, os.WriteFile(file, []byte(strings.Join(k.classes, "\n")), 0o644))
			}
			job, err := c.Import(t.Context(), api.ImportRequest{Name: name, Path: dir})
			must(t, err)
			finish(t, c, job)
			_, err = c.AddModel(t.Context(), api.ModelRequest{Name: name, Path: nearest(t, k.trained(k.labels), colours), Classes: file, Preprocessing: "plain"})
			must(t, err)
			job, err = c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: name, Model: name})
			must(t, err)
			finish(t, c, job)
			e, err := c.Evaluation(t.Context(), name+"~"+name, "")
			must(t, err)
			said := ""
			for _, w := range e.Warnings {
				if strings.Contains(w, "instead of") {
					said = w
				}
			}
			if !strings.Contains(said, k.says) || k.says == "" && said != "" {
				t.Errorf("accuracy %v, said %q, want %q", e.Accuracy, said, k.says)
			}
		})
	}
}

func numbers(from, count int) []string {
	var out []string
	for i := range count {
		out = append(out, fmt.Sprint(from+i))
	}
	return out
}
