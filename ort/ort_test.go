package ort_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// identity is a model that gives its input back, cast to float32.
func identity(from onnx.DataType) []byte {
	g := &onnx.Graph{Name: "identity",
		Inputs:  []*onnx.Value{onnx.NewValue("x", from, -1)},
		Outputs: []*onnx.Value{onnx.NewValue("y", onnx.Float32, -1), onnx.NewValue("z", from, -1)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Cast", []string{"x"}, []string{"y"}, onnx.IntAttr("to", int64(onnx.Float32))),
			onnx.NewNode("Identity", []string{"x"}, []string{"z"}),
		}}
	return (&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}).Marshal()
}

func TestElementTypes(t *testing.T) {
	want := []float32{0, 1, 2, 100}
	for typ, data := range map[onnx.DataType]any{
		onnx.Float32: []float32{0, 1, 2, 100},
		onnx.Float64: []float64{0, 1, 2, 100},
		onnx.Float16: ort.Half{0, 0x3c00, 0x4000, 0x5640},
		onnx.Uint8:   []uint8{0, 1, 2, 100},
		onnx.Int8:    []int8{0, 1, 2, 100},
		onnx.Int32:   []int32{0, 1, 2, 100},
		onnx.Int64:   []int64{0, 1, 2, 100},
	} {
		outputs := []string{"y", "z"}
		if typ == onnx.Float16 {
			outputs = outputs[:1]
		}
		s, err := ort.Open(identity(typ), []string{"x"}, outputs, ort.Options{})
		if err != nil {
			t.Fatalf("%v: %v", typ, err)
		}
		defer s.Close()
		out, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{4}, Data: data})
		if err != nil {
			t.Fatalf("%v: %v", typ, err)
		}
		for i, o := range out {
			if !slices.Equal(o.Floats(), want) || !slices.Equal(o.Shape, []int64{4}) {
				t.Errorf("%v, output %d: %v of shape %v, want %v", typ, i, o.Floats(), o.Shape, want)
			}
		}
	}
}

func TestSessionIsSafeForConcurrentUse(t *testing.T) {
	s, err := ort.Open(identity(onnx.Float32), []string{"x"}, []string{"y"}, ort.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for j := range 20 {
				v := float32(i*100 + j)
				out, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{1}, Data: []float32{v}})
				if errors.Is(err, ort.ErrClosed) {
					return
				}
				if err != nil || out[0].Floats()[0] != v {
					t.Errorf("run of %v: %v %v", v, out, err)
				}
				if i == 0 && j == 10 {
					s.Close()
				}
			}
		})
	}
	group.Wait()
	if _, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{1}, Data: []float32{1}}); !errors.Is(err, ort.ErrClosed) {
		t.Errorf("run after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// TestCancelStopsARun loops in the graph for far longer than the test may take.
func TestCancelStopsARun(t *testing.T) {
	s, err := ort.Open(endless(), []string{"x"}, []string{"y"}, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	go func() { <-started; cancel() }()
	close(started)
	if _, err := s.Run(ctx, &ort.Tensor{Shape: []int64{1}, Data: []float32{1}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled run: %v", err)
	}
}

// endless is a Loop of 2⁴⁰ additions.
func endless() []byte {
	body := &onnx.Graph{Name: "body",
		Inputs:  []*onnx.Value{onnx.NewValue("i", onnx.Int64), onnx.NewValue("c", onnx.Bool), onnx.NewValue("v", onnx.Float32, 1)},
		Outputs: []*onnx.Value{onnx.NewValue("c2", onnx.Bool), onnx.NewValue("v2", onnx.Float32, 1)},
		Nodes:   []*onnx.Node{onnx.NewNode("Identity", []string{"c"}, []string{"c2"}), onnx.NewNode("Add", []string{"v", "v"}, []string{"v2"})}}
	g := &onnx.Graph{Name: "endless",
		Inputs:       []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1)},
		Outputs:      []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1)},
		Initializers: []*onnx.Tensor{onnx.IntTensor("trips", []int64{1 << 40})},
		Nodes: []*onnx.Node{onnx.NewNode("Loop", []string{"trips", "", "x"}, []string{"y"},
			&onnx.Attribute{Name: "body", Type: onnx.AttrGraph, Graph: body})}}
	return (&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}).Marshal()
}

// TestEightBitSumsDoNotSaturate multiplies a row of 255 with a column of 127: more than 16
// bits hold, which processors without VNNI would cut off.
func TestEightBitSumsDoNotSaturate(t *testing.T) {
	const n = 64
	weights := make([]byte, n)
	for i := range weights {
		weights[i] = 127
	}
	g := &onnx.Graph{Name: "sums",
		Inputs:       []*onnx.Value{onnx.NewValue("x", onnx.Uint8, 1, n)},
		Outputs:      []*onnx.Value{onnx.NewValue("y", onnx.Int32, 1, 1)},
		Initializers: []*onnx.Tensor{{Name: "w", Type: onnx.Int8, Dims: []int64{n, 1}, Raw: weights}},
		Nodes:        []*onnx.Node{onnx.NewNode("MatMulInteger", []string{"x", "w"}, []string{"y"})}}
	model := (&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: g}).Marshal()
	s, err := ort.Open(model, []string{"x"}, []string{"y"}, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(t.Context(), &ort.Tensor{Shape: []int64{1, n}, Data: slices.Repeat([]uint8{255}, n)})
	if err != nil {
		t.Fatal(err)
	}
	if got := out[0].Floats()[0]; got != n*255*127 {
		t.Errorf("the sum is %v, want %d", got, n*255*127)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*onnx.Model)
		want   error
		says   string
	}{
		{"operator", func(m *onnx.Model) { m.Graph.Nodes[0].Op = "Conf" }, ort.ErrUnknownOperator, `operator Conf`},
		{"opset", func(m *onnx.Model) { m.Opsets[0].Version = 77 }, ort.ErrOpset, `uses opset 77 .* up to \d\d`},
		{"file version", func(m *onnx.Model) { m.IRVersion = 77 }, ort.ErrOpset, `IR version 77 .* up to \d\d`},
		{"graph", func(m *onnx.Model) { m.Graph.Nodes[1].Inputs[0] = "nowhere" }, ort.ErrInvalidModel, `export it again`},
	} {
		m := testmodel.Build(testmodel.Options{})
		c.change(m)
		_, err := ort.Open(m.Marshal(), []string{"image"}, []string{"scores"}, ort.Options{})
		var e *ort.Error
		if !errors.Is(err, c.want) || !errors.As(err, &e) || !regexp.MustCompile(c.says).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %v that says %s", c.name, err, c.want, c.says)
		}
	}
}

// divergent are operator tests whose expected values ONNX Runtime is known not to
// give: the int8 products were cast without clipping where the specification
// saturates, and the resize divides by a fractional size.
var divergent = []string{"test_qlinearmatmul_2D_int8_float16", "test_qlinearmatmul_3D_int8_float16", "test_resize_downsample_scales_linear_align_corners"}

// TestSingleOperators runs the ONNX backend's operator tests on models read and
// written by package onnx, with tensors it decoded.
func TestSingleOperators(t *testing.T) {
	tests, err := filepath.Glob(filepath.Join(testdata.Dir(t), "optests", "*", "test_*"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, dir := range tests {
		if !slices.Contains(divergent, filepath.Base(dir)) && runOperatorTest(t, dir) {
			ran++
		}
	}
	t.Logf("%d of %d operator tests ran", ran, len(tests))
	if ran < len(tests)*9/10 {
		t.Errorf("only %d of %d operator tests could be run", ran, len(tests))
	}
}

// runOperatorTest returns false when the test has types that are not supported.
func runOperatorTest(t *testing.T, dir string) bool {
	t.Helper()
	m, err := onnx.ReadFile(filepath.Join(dir, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	var names, outputs []string
	var inputs []*ort.Tensor
	for i, v := range m.Graph.RequiredInputs() {
		in := toORT(readTensor(t, dir, "input", i))
		if in == nil {
			return false
		}
		names, inputs = append(names, v.Name), append(inputs, in)
	}
	var want []*onnx.Tensor
	for i, v := range m.Graph.Outputs {
		expected := readTensor(t, dir, "output", i)
		want = append(want, expected)
		if len(expected.Dims) == 0 {
			return false // a scalar output
		}
		outputs = append(outputs, m.Graph.AddOutput(v.Name, expected.Type))
	}
	m.Graph.KeepOutputs(outputs...)
	s, err := ort.Open(m.Marshal(), names, outputs, ort.Options{})
	if err != nil {
		t.Logf("%s: %v", filepath.Base(dir), err)
		return false
	}
	defer s.Close()
	got, err := s.Run(context.Background(), inputs...)
	if err != nil {
		t.Errorf("%s: %v", filepath.Base(dir), err)
		return true
	}
	for i, o := range got {
		compare(t, filepath.Base(dir), o, want[i])
	}
	return true
}

func compare(t *testing.T, name string, got *ort.Tensor, want *onnx.Tensor) {
	t.Helper()
	values, err := want.Floats()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !slices.Equal(got.Shape, want.Dims) {
		t.Errorf("%s: shape %v, want %v", name, got.Shape, want.Dims)
		return
	}
	for i, v := range got.Floats() {
		w := float64(values[i])
		d := math.Abs(float64(v) - w)
		if d > 1e-5+2e-3*math.Abs(w) || math.IsNaN(d) && math.IsNaN(w) != math.IsNaN(float64(v)) {
			t.Errorf("%s: element %d is %v, want %v", name, i, v, w)
			return
		}
	}
}

func readTensor(t *testing.T, dir, kind string, i int) *onnx.Tensor {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "test_data_set_0", kind+"_"+string(rune('0'+i))+".pb"))
	if err != nil {
		t.Fatal(err)
	}
	tensor, err := testmodel.ParseTensor(b)
	if err != nil {
		t.Fatal(err)
	}
	return tensor
}

// toORT converts a decoded tensor, or returns nil when its type is not supported.
func toORT(t *onnx.Tensor) *ort.Tensor {
	out := &ort.Tensor{Shape: t.Dims}
	floats, err := t.Floats()
	if err != nil {
		return nil
	}
	integers, _ := t.Int64s()
	switch t.Type {
	case onnx.Float32:
		out.Data = floats
	case onnx.Float64:
		out.Data = convert(floats, func(v float32) float64 { return float64(v) })
	case onnx.Float16:
		out.Data = ort.Half(convert(floats, onnx.FloatToHalf))
	case onnx.Int64:
		out.Data = integers
	case onnx.Int32:
		out.Data = convert(integers, func(v int64) int32 { return int32(v) })
	case onnx.Uint8:
		out.Data = convert(integers, func(v int64) uint8 { return uint8(v) })
	case onnx.Int8:
		out.Data = convert(integers, func(v int64) int8 { return int8(v) })
	case onnx.Bool:
		out.Data = convert(integers, func(v int64) bool { return v != 0 })
	default:
		return nil
	}
	return out
}

func convert[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
