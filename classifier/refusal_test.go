package classifier_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// Every model that cannot be used gives a typed error whose message helps.
var refusals = []struct {
	name   string
	change func(*onnx.Model)
	want   error
	says   string // part of the message
}{
	{"two inputs", func(m *onnx.Model) {
		m.Graph.Inputs = append(m.Graph.Inputs, onnx.NewValue("other", onnx.Float32, 1, 3, 8, 8))
	}, classifier.ErrInputs, "other: float32[1,3,8,8]"},
	{"no input", func(m *onnx.Model) { m.Graph.Inputs = nil }, classifier.ErrInputs, "0 inputs"},
	{"table", func(m *onnx.Model) { m.Graph.Inputs[0] = onnx.NewValue("image", onnx.Float32, -1, 4) }, classifier.ErrNotImage, "four dimensions"},
	{"unknown shape", func(m *onnx.Model) { m.Graph.Inputs[0].HasShape = false }, classifier.ErrNotImage, "unknown shape"},
	{"four channels", func(m *onnx.Model) { m.Graph.Inputs[0] = onnx.NewValue("image", onnx.Float32, -1, 4, 8, 8) }, classifier.ErrNotImage, "float32[?,4,8,8]"},
	{"integers", func(m *onnx.Model) { m.Graph.Inputs[0].Type = onnx.Int64 }, classifier.ErrInputType, "int64"},
	{"boxes", func(m *onnx.Model) { addOutput(m, "boxes", []int64{1, 8, -1}) }, classifier.ErrNotClassifier, "list of boxes"},
	{"pixels", func(m *onnx.Model) { onlyOutput(m, "relu") }, classifier.ErrNotClassifier, "value per pixel"},
	{"two heads", func(m *onnx.Model) { addHead(m, "other") }, classifier.ErrOutput, "--output"},
	{"unknown operator", func(m *onnx.Model) { m.Graph.Nodes[1].Op = "Rely" }, ort.ErrUnknownOperator, "Rely"},
	{"custom operator", func(m *onnx.Model) {
		m.Graph.Nodes[1].Op, m.Graph.Nodes[1].Domain = "Magic", "acme"
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: "acme", Version: 1})
	}, ort.ErrUnknownOperator, "Magic"},
	{"future opset", func(m *onnx.Model) { m.Opsets[0].Version = 99 }, ort.ErrOpset, "99"},
	{"future file version", func(m *onnx.Model) { m.IRVersion = 99 }, ort.ErrOpset, "99"},
	{"more classes than memory", func(m *onnx.Model) { *m = *testmodel.ManyClasses(999_999_999) }, classifier.ErrClasses, "999999999 values per image, more than the 100000 classes"},
	{"an input larger than any image", func(m *onnx.Model) { *m = *testmodel.HugeInput(20_000) }, classifier.ErrNotImage, "20000×20000 pixels, more than the 178956970"},
	{"too many classes", func(m *onnx.Model) { *m = *testmodel.ManyClasses(100_002) }, classifier.ErrClasses, "100002 values per image, more than the 100000 classes"},
	{"outside data", func(m *onnx.Model) { external(m, "../weights.bin") }, onnx.ErrExternalData, "outside"},
	{"absolute data", func(m *onnx.Model) { external(m, "/etc/passwd") }, onnx.ErrExternalData, "outside"},
	{"missing data", func(m *onnx.Model) { external(m, "weights.bin") }, onnx.ErrExternalData, "no such file"},
}

func TestRefusals(t *testing.T) {
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			m := testmodel.Build(testmodel.Options{})
			r.change(m)
			_, err := classifier.Inspect(context.Background(), testmodel.Save(t, m), classifier.Options{})
			wantError(t, err, r.want, r.says)
		})
	}
}

func wantError(t *testing.T, err, want error, says string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("message %q does not say %q", err, says)
	}
}

// addOutput makes a reshaped copy of the feature map an output.
func addOutput(m *onnx.Model, name string, shape []int64) {
	g := m.Graph
	g.Initializers = append(g.Initializers, onnx.IntTensor(name+"_shape", shape, int64(len(shape))))
	g.Nodes = append(g.Nodes, onnx.NewNode("Reshape", []string{"relu", name + "_shape"}, []string{name}))
	g.Outputs = append(g.Outputs, &onnx.Value{Name: name, Type: onnx.Float32})
}

func onlyOutput(m *onnx.Model, name string) {
	m.Graph.Outputs = []*onnx.Value{{Name: name, Type: onnx.Float32}}
}

// addHead adds a second, equal list of scores.
func addHead(m *onnx.Model, name string) {
	g := m.Graph
	g.Nodes = append(g.Nodes, onnx.NewNode("Gemm", []string{"features", "fc_w", "fc_b"}, []string{name}))
	g.Outputs = []*onnx.Value{onnx.NewValue(name, onnx.Float32, -1, 3), onnx.NewValue("logits", onnx.Float32, -1, 3)}
	g.Outputs[1].Name = "second"
	g.Nodes = append(g.Nodes, onnx.NewNode("Gemm", []string{"features", "fc_w", "fc_b"}, []string{"second"}))
}

func external(m *onnx.Model, location string) {
	t := m.Graph.Initializers[0]
	t.External = &onnx.External{Location: location, Length: int64(len(t.Raw))}
	t.Raw = nil
}

func TestChosenOutput(t *testing.T) {
	m := testmodel.Build(testmodel.Options{})
	addHead(m, "other")
	path := testmodel.Save(t, m)
	if s := inspect(t, path, classifier.Options{Output: "second"}); s.Output.Name != "second" || s.Output.Classes != 3 {
		t.Errorf("chosen output: %+v", s.Output)
	}
	_, err := classifier.Inspect(context.Background(), path, classifier.Options{Output: "third"})
	wantError(t, err, classifier.ErrOutput, `"third"`)
}

func TestOutputChosenByNumberOfNames(t *testing.T) {
	m := testmodel.Build(testmodel.Options{})
	g := m.Graph // a second head with two classes, as multi-task models have
	g.Initializers = append(g.Initializers, onnx.FloatTensor("w2", make([]float32, 2*testmodel.Features), testmodel.Features, 2))
	g.Nodes = append(g.Nodes, onnx.NewNode("MatMul", []string{"features", "w2"}, []string{"gender"}))
	g.Outputs = append(g.Outputs, onnx.NewValue("gender", onnx.Float32, -1, 2))
	path := testmodel.Save(t, m)
	for count, want := range map[int]string{2: "gender", 3: "scores"} {
		names := filepath.Join(t.TempDir(), "names.txt")
		if err := os.WriteFile(names, []byte(strings.Repeat("x\n", count)), 0o600); err != nil {
			t.Fatal(err)
		}
		if s := inspect(t, path, classifier.Options{Classes: names}); s.Output.Name != want {
			t.Errorf("%d names: output %q, want %q", count, s.Output.Name, want)
		}
	}
}

func TestRealBadFiles(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "bad-inputs")
	for name, want := range map[string]error{
		"html-page-saved-as-mobilenetv2-7.onnx":   onnx.ErrHTML,
		"lfs-pointer-resnet18.onnx":               onnx.ErrLFSPointer,
		"missing-external-data-resnet18.onnx":     onnx.ErrExternalData,
		"tabular-sklearn-randomforest.onnx":       classifier.ErrNotImage,
		"../images/mnist/0/t10k-00003.png":        onnx.ErrNotONNX,
		"../models/mnist-cntk/no-such-file.onnx":  os.ErrNotExist,
		"../models/textdirection-paddle/notes.md": onnx.ErrNotONNX,
		"../torchvision/inputs.npz":               onnx.ErrOtherModel,
	} {
		_, err := classifier.Inspect(context.Background(), filepath.Join(dir, name), classifier.Options{})
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
}
