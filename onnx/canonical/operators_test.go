package canonical_test

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// TestOperators compares every single-operator model with its canonical form, on
// the inputs that come with it: the first stays an input, the others are
// initialisers, as in exported classifiers.
func TestOperators(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "optests")
	files, err := filepath.Glob(filepath.Join(dir, "*", "test_*", "model.onnx"))
	if err != nil || len(files) < 200 {
		t.Fatalf("%d operator tests: %v", len(files), err)
	}
	compared := 0
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			if compareOperator(t, file) {
				compared++
			}
		})
	}
	t.Logf("%d of %d compared", compared, len(files))
	if compared < len(files)*9/10 {
		t.Errorf("only %d of %d operator tests could be compared", compared, len(files))
	}
}

// compareOperator reports whether ONNX Runtime can run the original at all.
func compareOperator(t *testing.T, file string) bool {
	t.Helper()
	name := filepath.Base(filepath.Dir(file))
	m, err := onnx.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if name == "test_PReLU_2d_multiparam" {
		t.Skip("opset 6 broadcasts the slope otherwise")
	}
	if m.Opset("") == 6 { // which defines the other operators as opset 7 does
		m.Opsets = []onnx.Opset{{Version: 7}}
	}
	feed := fixInputs(t, m, filepath.Join(filepath.Dir(file), "test_data_set_0"))
	if first := m.Graph.RequiredInputs(); len(first) > 0 && feed[first[0].Name].Data == nil {
		t.Skip("inputs of this type cannot be given to ONNX Runtime")
	}
	if !runs(m) {
		t.Skip("ONNX Runtime cannot run the original here")
	}
	want := execute(t, m, feed)
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := execute(t, c.Model, widened(feed))
	limit := 1e-5
	if m.Graph.Inputs[0].Type == onnx.Float16 || m.Graph.Outputs[0].Type == onnx.Float16 {
		limit = 5e-3
	}
	for i := range want {
		if d := distance(got[i], want[i]); !(d <= limit) {
			t.Errorf("output %d differs by %.3g, limit %.1g", i, d, limit)
		}
	}
	ops := operators(c.Graph)
	for _, op := range banned {
		// Identity gives constants and inputs an output's name, Dropout its mask.
		if ops[op] && op != "Identity" && op != "Dropout" {
			t.Errorf("the canonical form has %s", op)
		}
	}
	return true
}

// fixInputs makes all inputs but the first initialisers, and returns the first
// with its value.
func fixInputs(t *testing.T, m *onnx.Model, folder string) map[string]*ort.Tensor {
	t.Helper()
	m.IRVersion = max(m.IRVersion, 4)
	feed := map[string]*ort.Tensor{}
	for i, in := range m.Graph.RequiredInputs() {
		data, err := os.ReadFile(filepath.Join(folder, "input_"+string(rune('0'+i))+".pb"))
		if err != nil {
			t.Fatal(err)
		}
		value, err := onnx.ParseTensor(data)
		if err != nil {
			t.Fatal(err)
		}
		value.Name = in.Name
		if i == 0 {
			feed[in.Name] = runtimeTensor(value)
		} else {
			m.Graph.Initializers = append(m.Graph.Initializers, value)
		}
	}
	m.Graph.Inputs = m.Graph.RequiredInputs()
	return feed
}

// runtimeTensor gives a tensor to ONNX Runtime; types that only tests of
// operators without images have are left out.
func runtimeTensor(v *onnx.Tensor) *ort.Tensor {
	t := &ort.Tensor{Shape: v.Dims}
	if t.Shape == nil {
		t.Shape = []int64{}
	}
	ints, _ := v.Int64s()
	switch v.Type {
	case onnx.Float32:
		t.Data, _ = v.Floats()
	case onnx.Float64:
		var list []float64
		for i := 0; i < len(v.Raw); i += 8 {
			list = append(list, math.Float64frombits(binary.LittleEndian.Uint64(v.Raw[i:])))
		}
		t.Data = list
	case onnx.Float16:
		values, _ := v.Floats()
		t.Data = halves(values)
	case onnx.Int64:
		t.Data = ints
	case onnx.Int32:
		t.Data = cast[int32](ints)
	case onnx.Uint8:
		t.Data = cast[uint8](ints)
	case onnx.Int8:
		t.Data = cast[int8](ints)
	case onnx.Bool:
		list := make([]bool, len(ints))
		for i, b := range ints {
			list[i] = b != 0
		}
		t.Data = list
	}
	return t
}

func cast[T int32 | uint8 | int8](in []int64) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}

// runs reports whether ONNX Runtime loads the model.
func runs(m *onnx.Model) bool {
	var in, out []string
	for _, v := range m.Graph.RequiredInputs() {
		in = append(in, v.Name)
	}
	for _, v := range m.Graph.Outputs {
		out = append(out, v.Name)
	}
	s, err := ort.Open(m.Marshal(), in, out, ort.Options{Plain: true, ExternalDir: m.Dir})
	if err != nil {
		return false
	}
	_, err = s.Run(context.Background())
	return s.Close() == nil && err != nil // no inputs were given
}
