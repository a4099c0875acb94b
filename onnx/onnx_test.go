package onnx_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"google.golang.org/protobuf/encoding/protowire"
)

func TestRoundTrip(t *testing.T) {
	for name, o := range map[string]testmodel.Options{
		"plain":     {End: "Softmax"},
		"metadata":  {Metadata: []onnx.Property{{Key: "names", Value: "{0: 'a'}"}}},
		"IR 3":      {WeightsIn: true, Opset: 7},
		"free size": {Side: -1, NHWC: true, DType: onnx.Uint8},
	} {
		m := testmodel.Build(o)
		again, err := onnx.Parse(m.Marshal())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(m, again) {
			t.Errorf("%s: the model changed:\n%+v\n%+v", name, m, again)
		}
	}
}

// TestRoundTripOfRealFiles checks that reading and writing a second time gives the
// same bytes, which is only so when the first writing lost nothing it had read.
func TestRoundTripOfRealFiles(t *testing.T) {
	for _, path := range realModels(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Parse(b)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		first := m.Marshal()
		again, err := onnx.Parse(first)
		if err != nil {
			t.Errorf("%s, written again: %v", path, err)
			continue
		}
		if !bytes.Equal(first, again.Marshal()) || !reflect.DeepEqual(m.Graph, again.Graph) {
			t.Errorf("%s changes from writing to writing", path)
		}
	}
}

func realModels(t *testing.T) []string {
	t.Helper()
	dir := testdata.Dir(t)
	var list []string
	for _, pattern := range []string{"models/*/model.onnx", "optests/*/*/model.onnx", "optests/*/*.onnx"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	if len(list) < 200 {
		t.Fatalf("only %d models in the test material", len(list))
	}
	return list
}

func TestUnknownFieldsArePreserved(t *testing.T) {
	note := protowire.AppendTag(nil, 4001, protowire.BytesType)
	note = protowire.AppendBytes(note, []byte("from a future version"))
	b := append(testmodel.Build(testmodel.Options{}).Marshal(), note...)
	m, err := onnx.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(m.Marshal(), note) {
		t.Error("an unknown field of the model was dropped")
	}
}

// TestTensorEncodings reads each way the format has of storing numbers.
func TestTensorEncodings(t *testing.T) {
	field := func(b []byte, num protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), content)
	}
	varint := func(b []byte, num protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
	}
	fixed := protowire.AppendFixed32(protowire.AppendFixed32(nil, math.Float32bits(1.5)), math.Float32bits(-2))
	double := protowire.AppendFixed64(protowire.AppendFixed64(nil, math.Float64bits(1.5)), math.Float64bits(-2))
	minusOne := ^uint64(0)
	for _, c := range []struct {
		name string
		typ  onnx.DataType
		data []byte
		want []float32
	}{
		{"raw", onnx.Float32, field(nil, 9, fixed), []float32{1.5, -2}},
		{"packed floats", onnx.Float32, field(nil, 4, fixed), []float32{1.5, -2}},
		{"floats one by one", onnx.Float32, append(append(protowire.AppendTag(nil, 4, protowire.Fixed32Type), fixed[:4]...), append(protowire.AppendTag(nil, 4, protowire.Fixed32Type), fixed[4:]...)...), []float32{1.5, -2}},
		{"floats in two packs", onnx.Float32, field(field(nil, 4, fixed[:4]), 4, fixed[4:]), []float32{1.5, -2}},
		{"doubles", onnx.Float64, field(nil, 10, double), []float32{1.5, -2}},
		{"int64", onnx.Int64, field(nil, 7, protowire.AppendVarint([]byte{5}, minusOne)), []float32{5, -1}},
		{"int64 one by one", onnx.Int64, varint(varint(nil, 7, 5), 7, minusOne), []float32{5, -1}},
		{"int32", onnx.Int32, field(nil, 5, protowire.AppendVarint([]byte{5}, minusOne)), []float32{5, -1}},
		{"int8", onnx.Int8, field(nil, 5, protowire.AppendVarint([]byte{5}, minusOne)), []float32{5, -1}},
		{"uint8", onnx.Uint8, field(nil, 5, protowire.AppendVarint([]byte{5}, 255)), []float32{5, 255}},
		{"uint64", onnx.Uint64, field(nil, 11, []byte{5, 6}), []float32{5, 6}},
		{"half", onnx.Float16, field(nil, 5, protowire.AppendVarint(protowire.AppendVarint(nil, 0x3e00), 0xc000)), []float32{1.5, -2}},
		{"bfloat16", onnx.BFloat16, field(nil, 9, []byte{0xc0, 0x3f, 0, 0xc0}), []float32{1.5, -2}},
		{"bool", onnx.Bool, field(nil, 5, []byte{1, 0}), []float32{1, 0}},
	} {
		b := varint(varint(c.data, 1, 2), 2, uint64(c.typ))
		tensor, err := testmodel.ParseTensor(b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, err := tensor.Floats(); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestTensorThatLies(t *testing.T) {
	for name, tensor := range map[string]*onnx.Tensor{
		"short":    {Type: onnx.Float32, Dims: []int64{3}, Raw: make([]byte, 8)},
		"negative": {Type: onnx.Float32, Dims: []int64{-3}},
		"huge":     {Type: onnx.Float32, Dims: []int64{1 << 40, 1 << 40}},
		"external": {Type: onnx.Float32, Dims: []int64{1}, External: &onnx.External{Location: "w"}},
		"complex":  {Type: onnx.Complex64, Dims: []int64{1}, Raw: make([]byte, 8)},
	} {
		if values, err := tensor.Floats(); err == nil {
			t.Errorf("%s: read as %v", name, values)
		}
	}
}

func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		f := onnx.HalfToFloat(uint16(h))
		if back := onnx.FloatToHalf(f); back != uint16(h) && f == f {
			t.Fatalf("%#04x becomes %v, and that %#04x", h, f, back)
		}
	}
	for f, want := range map[float32]uint16{
		1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65519: 0x7bff, 65520: 0x7c00, 1e9: 0x7c00,
		0x1p-24: 1, 0x1p-25: 0, 0x1.8p-24: 2, 0x1p-14: 0x0400, 1 + 0x1p-11: 0x3c00, 1 + 0x3p-11: 0x3c02,
		float32(math.Inf(-1)): 0xfc00,
	} {
		if got := onnx.FloatToHalf(f); got != want {
			t.Errorf("%v becomes %#04x, want %#04x", f, got, want)
		}
	}
	if h := onnx.FloatToHalf(float32(math.NaN())); onnx.HalfToFloat(h) == onnx.HalfToFloat(h) {
		t.Errorf("NaN becomes %#04x", h)
	}
}

func TestFilesThatAreNotModels(t *testing.T) {
	model := testmodel.Build(testmodel.Options{}).Marshal()
	for _, c := range []struct {
		name, content string
		want          error
		says          string
	}{
		{"empty", "", onnx.ErrEmpty, "again"},
		{"LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", onnx.ErrLFSPointer, "git lfs pull"},
		{"web page", "\n<!DOCTYPE html><html>", onnx.ErrHTML, "raw file"},
		{"zip", "PK\x03\x04....", onnx.ErrOtherModel, "export"},
		{"HDF5", "\x89HDF\r\n\x1a\n", onnx.ErrOtherModel, "Keras"},
		{"pickle", "\x80\x02}q", onnx.ErrOtherModel, "PyTorch"},
		{"TensorFlow Lite", "\x1c\x00\x00\x00TFL3....", onnx.ErrOtherModel, "Lite"},
		{"gzip", "\x1f\x8b\x08", onnx.ErrOtherModel, "unpack"},
		{"text", "weights: none\n", onnx.ErrNotONNX, "export"},
		{"zeros", string(make([]byte, 100)), onnx.ErrNotONNX, "export"},
		{"half a model", string(model[:len(model)/2]), onnx.ErrTruncated, "again"},
		{"no graph", string(model[:2]), onnx.ErrTruncated, "no graph"},
	} {
		path := filepath.Join(t.TempDir(), "model.onnx")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := onnx.ReadFile(path)
		if !errors.Is(err, c.want) || !errors.Is(err, onnx.ErrNotONNX) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		} else if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: message %q does not say %q and the path", c.name, err, c.says)
		}
	}
}

// TestTruncationIsAlwaysAnError cuts a model at every length.
func TestTruncationIsAlwaysAnError(t *testing.T) {
	b := testmodel.Build(testmodel.Options{Metadata: []onnx.Property{{Key: "k", Value: "v"}}}).Marshal()
	graphEnds := false
	for n := range len(b) {
		_, err := onnx.Parse(b[:n])
		// Once the graph is whole, what follows are small fields: a cut
		// between two of them cannot be told from a file that has fewer.
		graphEnds = graphEnds || err == nil
		if err == nil && n < len(b)*9/10 {
			t.Errorf("the first %d of %d bytes pass for a model", n, len(b))
		}
	}
}

func TestExternalData(t *testing.T) {
	m := testmodel.Build(testmodel.Options{})
	weights := m.Graph.Initializers[0]
	data := append([]byte("head"), weights.Raw...)
	weights.External = &onnx.External{Location: "w.bin", Offset: 4, Length: int64(len(weights.Raw))}
	want := weights.Raw
	weights.Raw = nil
	path := testmodel.Save(t, m)
	dir := filepath.Dir(path)
	check := func(says string) {
		t.Helper()
		_, err := onnx.ReadFile(path)
		var e *onnx.ExternalDataError
		if !errors.As(err, &e) || !errors.Is(err, onnx.ErrExternalData) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an external data error that says %q", err, says)
		}
	}
	check("no such file")
	save := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("w.bin", data[:20])
	check("cut off")
	save("w.bin", data)
	read, err := onnx.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if files := read.ExternalFiles(); !slices.Equal(files, []string{"w.bin"}) {
		t.Errorf("external files %v", files)
	}
	if err := read.LoadExternal(read.Graph.Initializers[0]); err != nil || !bytes.Equal(read.Graph.Initializers[0].Raw, want) {
		t.Errorf("loaded data differs: %v", err)
	}
	outside := filepath.Join(t.TempDir(), "w.bin")
	if err := os.WriteFile(outside, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "w.bin")), os.Symlink(outside, filepath.Join(dir, "w.bin"))); err != nil {
		t.Fatal(err)
	}
	check("link")
}

func FuzzParse(f *testing.F) {
	f.Add(testmodel.Build(testmodel.Options{End: "spelled", Side: -1}).Marshal())
	f.Add([]byte("\x08\x07\x3a\x02\x0a\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := onnx.Parse(b)
		if err != nil {
			return
		}
		out := m.Marshal()
		again, err := onnx.Parse(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !bytes.Equal(out, again.Marshal()) {
			t.Fatal("writing is not stable")
		}
		x := m.Graph.Index()
		for _, o := range m.Graph.Outputs {
			_, logits := x.Logit(o.Name)
			x.Embedding(logits)
		}
		_ = m.FreeBatch()
	})
}
