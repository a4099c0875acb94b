package onnx_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// A mapped model is the file's; a runtime that maps the weights, too, even where the
// file is reached through a link, computes what it does with weights of its own.
func TestMapFile(t *testing.T) {
	file := testmodel.Write(t, testmodel.Options{Classes: 300})
	link := filepath.Join(t.TempDir(), "link.onnx")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	read, err := onnx.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := onnx.MapFile(link)
	if err != nil {
		t.Fatal(err)
	}
	whole := read.Marshal()
	if !bytes.Equal(mapped.Marshal(), whole) {
		t.Error("the mapped model differs from the one read")
	}
	if again, dir := read.Refer(); !bytes.Equal(again, whole) || dir != "" {
		t.Errorf("a model that is not mapped refers to %q", dir)
	}
	want := first(t, read, whole, "")
	short, dir := mapped.Refer()
	if len(short) >= len(whole) {
		t.Errorf("the encoding that refers to weights has %d bytes, with them it has %d", len(short), len(whole))
	}
	if got := first(t, mapped, short, dir); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Weights that were changed are written, not looked up.
func TestMapFileChangedWeights(t *testing.T) {
	m, err := onnx.MapFile(testmodel.Write(t, testmodel.Options{Classes: 300}))
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range m.Graph.Initializers {
		c := *w
		c.Raw = make([]byte, len(w.Raw))
		m.Graph.Initializers[i] = &c
	}
	if encoded, dir := m.Refer(); dir != "" || !bytes.Equal(encoded, m.Marshal()) {
		t.Errorf("weights that are all zero now are still looked up in %q", dir)
	}
}

// first is what the model's first output is for an input of ones.
func first(t *testing.T, m *onnx.Model, encoded []byte, dir string) []float32 {
	t.Helper()
	in := m.Graph.Inputs[0]
	s, err := ort.Open(encoded, []string{in.Name}, []string{m.Graph.Outputs[0].Name}, ort.Options{ExternalDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shape, n := make([]int64, len(in.Shape)), 1
	for i, d := range in.Shape {
		shape[i] = max(1, d.Size)
		n *= int(shape[i])
	}
	out, err := s.Run(context.Background(), &ort.Tensor{Shape: shape, Data: slices.Repeat([]float32{1}, n)})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Floats()
}
