package canonical_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// TestOperators compares every single-operator model with its canonical form, on
// the inputs that come with it: the first stays an input, the others are
// initialisers, as in exported classifiers. None is skipped.
func TestOperators(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "optests")
	files, err := filepath.Glob(filepath.Join(dir, "*", "test_*", "model.onnx"))
	if err != nil || len(files) < 200 {
		t.Fatalf("%d operator tests: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) { compareOperator(t, file) })
	}
}

func compareOperator(t *testing.T, file string) {
	t.Helper()
	m, err := onnx.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	feed := fixInputs(t, m, filepath.Join(filepath.Dir(file), "test_data_set_0"))
	modernise(m)
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
}

// modernise makes of opset 6, which neither ONNX Runtime nor the canonical form
// reads, the same graph in opset 7: it had attributes for what is now the only way,
// and a slope per channel without trailing axes.
func modernise(m *onnx.Model) {
	if m.Opset("") != 6 {
		return
	}
	m.Opsets = []onnx.Opset{{Version: 7}}
	for _, n := range m.Graph.Nodes {
		n.Attributes = slices.DeleteFunc(n.Attributes, func(a *onnx.Attribute) bool { return a.Name == "broadcast" || a.Name == "is_test" })
		if slope := m.Graph.Index().Constant(n.Input(1)); n.Op == "PRelu" && len(slope.Dims) == 1 && slope.Dims[0] > 1 {
			slope.Dims = append(slope.Dims, slices.Repeat([]int64{1}, len(m.Graph.Inputs[0].Shape)-2)...)
		}
	}
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
		value, err := testmodel.ParseTensor(data)
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
	if first := m.Graph.Inputs; len(first) > 0 && (first[0].Type == onnx.Int16 || first[0].Type == onnx.Uint16) {
		feed[first[0].Name+"_wide"] = feed[first[0].Name]
		castInput(m.Graph, first[0])
	}
	return feed
}

// castInput makes an input of 16 bits one of int32 and a Cast: the binding of ONNX
// Runtime gives it no such tensors.
func castInput(g *onnx.Graph, in *onnx.Value) {
	wide := onnx.NewValue(in.Name+"_wide", onnx.Int32, nil...)
	wide.Shape, wide.HasShape = in.Shape, in.HasShape
	to := onnx.IntAttr("to", int64(in.Type))
	g.Nodes = append([]*onnx.Node{onnx.NewNode("Cast", []string{wide.Name}, []string{in.Name}, to)}, g.Nodes...)
	g.Inputs[0] = wide
}

// runtimeTensor gives a tensor to ONNX Runtime.
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
	case onnx.Int16, onnx.Uint16: // given as int32, see fixInputs
		t.Data = cast[int32](ints)
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
