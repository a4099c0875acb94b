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
	"google.golang.org/protobuf/encoding/protowire"
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

// Weights whose numbers the file has in another form, bytes as varints, are no part of
// it: they are written, not looked up.
func TestMapFileOfDecodedNumbers(t *testing.T) {
	var numbers, graph, model []byte
	for i := range 2000 {
		numbers = protowire.AppendVarint(numbers, uint64(i%100))
	}
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 2000)
	tensor = protowire.AppendVarint(protowire.AppendTag(tensor, 2, protowire.VarintType), uint64(onnx.Uint8))
	tensor = protowire.AppendBytes(protowire.AppendTag(tensor, 5, protowire.BytesType), numbers)
	tensor = protowire.AppendString(protowire.AppendTag(tensor, 8, protowire.BytesType), "weights")
	graph = protowire.AppendBytes(protowire.AppendTag(graph, 5, protowire.BytesType), tensor)
	model = protowire.AppendVarint(protowire.AppendTag(model, 1, protowire.VarintType), 8)
	model = protowire.AppendBytes(protowire.AppendTag(model, 7, protowire.BytesType), graph)
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, model, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := onnx.MapFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Graph.Initializers[0].Raw; len(got) != 2000 || got[199] != 99 {
		t.Fatalf("%d numbers were read", len(got))
	}
	if encoded, dir := m.Refer(); dir != "" || !bytes.Equal(encoded, m.Marshal()) {
		t.Errorf("decoded numbers are looked up in %q", dir)
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
