package classifier_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// zipped is a model whose outputs are a label and a dictionary of scores, as Azure Custom
// Vision and scikit-learn write them.
func zipped(names ...*onnx.Attribute) *onnx.Model {
	m := testmodel.Build(testmodel.Options{End: "Softmax"})
	m.Opsets = append(m.Opsets, onnx.Opset{Domain: "ai.onnx.ml", Version: 1})
	m.Graph.Nodes = append(m.Graph.Nodes, onnx.NewNode("ArgMax", []string{"scores"}, []string{"classLabel"}, onnx.IntAttr("axis", 1)),
		&onnx.Node{Op: "ZipMap", Domain: "ai.onnx.ml", Inputs: []string{"scores"}, Outputs: []string{"loss"}, Attributes: names})
	m.Graph.Outputs = []*onnx.Value{onnx.NewValue("classLabel", onnx.Int64, -1, 1), {Name: "loss", Type: onnx.Undefined}}
	return m
}

// TestZipMap: the scores are what ZipMap reads, the names its own; --output may name either.
func TestZipMap(t *testing.T) {
	texts := &onnx.Attribute{Name: "classlabels_strings", Type: onnx.AttrStrings, Strings: [][]byte{[]byte("red"), []byte("green"), []byte("blue")}}
	plain := openSpec(t, inspect(t, testmodel.Write(t, testmodel.Options{End: "Softmax"}), classifier.Options{}))
	for _, c := range []struct {
		names   *onnx.Attribute
		output  string
		classes []string
	}{
		{texts, "", []string{"red", "green", "blue"}},
		{texts, "loss", []string{"red", "green", "blue"}},
		{texts, "scores", []string{"red", "green", "blue"}},
		{onnx.IntsAttr("classlabels_int64s", 10, 20, 30), "", []string{"10", "20", "30"}},
	} {
		path := testmodel.Save(t, zipped(c.names))
		o := classifier.Options{Output: c.output}
		s := inspect(t, path, o)
		if s.Output.Name != "scores" || !slices.Equal(s.Classes, c.classes) || source(s, "classes") != "the model (ZipMap)" || s.LogitTensor != "logits" || s.EmbeddingSize == 0 {
			t.Errorf("%+v, classes %v from %q, logits %q", s.Output, s.Classes, source(s, "classes"), s.LogitTensor)
		}
		sameScores(t, openSpec(t, s), plain)
		quickAgrees(t, path, s, o)
	}
}

// single takes the batch off the model's input, and off its output if asked.
func single(o testmodel.Options, flat bool, shape ...int64) *onnx.Model {
	o.Batch = 1
	m := testmodel.Build(o)
	g := m.Graph
	first, end := onnx.IntTensor("first_axis", []int64{0}, 1), g.Outputs[0].Name
	for _, n := range g.Nodes {
		for i, in := range n.Inputs {
			if in == "image" {
				n.Inputs[i] = "batch"
			}
		}
	}
	g.Inputs[0] = onnx.NewValue("image", g.Inputs[0].Type, shape...)
	g.Initializers = append(g.Initializers, first)
	g.Nodes = slices.Insert(g.Nodes, 0, onnx.NewNode("Unsqueeze", []string{"image", "first_axis"}, []string{"batch"}))
	if flat {
		g.Nodes = append(g.Nodes, onnx.NewNode("Squeeze", []string{end, "first_axis"}, []string{"row"}))
		g.Outputs = []*onnx.Value{onnx.NewValue("row", onnx.Float32, 3)}
	}
	return m
}

// TestSingleImages: a model of one image without a batch gives what the same model gives with
// one, in either layout, and its graph can be taken apart.
func TestSingleImages(t *testing.T) {
	for name, c := range map[string]struct {
		options testmodel.Options
		flat    bool
		shape   []int64
		layout  imaging.Layout
	}{
		"channels first":          {testmodel.Options{}, false, []int64{3, 8, 8}, imaging.NCHW},
		"channels last":           {testmodel.Options{NHWC: true, End: "Softmax"}, false, []int64{8, 8, 3}, imaging.NHWC},
		"grey":                    {testmodel.Options{Channels: 1}, false, []int64{1, 8, 8}, imaging.NCHW},
		"a row of scores":         {testmodel.Options{End: "Softmax"}, true, []int64{3, 8, 8}, imaging.NCHW},
		"bytes":                   {testmodel.Options{DType: onnx.Uint8, NHWC: true}, false, []int64{8, 8, 3}, imaging.NHWC},
		"free height and width":   {testmodel.Options{}, false, []int64{3, -1, -1}, imaging.NCHW},
		"an old set of operators": {testmodel.Options{Opset: 13}, true, []int64{3, 8, 8}, imaging.NCHW},
	} {
		t.Run(name, func(t *testing.T) {
			o := classifier.Options{}
			if c.shape[1] < 0 {
				o.Preprocessing = filepath.Join(t.TempDir(), "pre.json")
				if err := os.WriteFile(o.Preprocessing, []byte(`{"size": {"height": 8, "width": 8}}`), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path := testmodel.Save(t, single(c.options, c.flat, c.shape...))
			s := inspect(t, path, o)
			if s.Input.Layout != c.layout || s.Batch.Mode != classifier.Fixed || s.Batch.Fixed != 1 || s.Output.Classes != 3 || source(s, "batch dimension") != "the model" {
				t.Errorf("%+v, batch %+v, output %+v", s.Input, s.Batch, s.Output)
			}
			c.options.Batch = 1
			one := openSpec(t, s)
			sameScores(t, one, openSpec(t, inspect(t, testmodel.Write(t, c.options), o)))
			if _, err := one.Graph(); err != nil {
				t.Error(err)
			}
			quickAgrees(t, path, s, o)
		})
	}
	_, err := classifier.Inspect(context.Background(), testmodel.Save(t, single(testmodel.Options{}, false, -1, 8, 8)), classifier.Options{})
	wantError(t, err, classifier.ErrNotImage, "export it with a channel dimension")
}

// TestNamesInMetadata: Ultralytics' names as a list or a dictionary, with a task or, in
// YOLOv5, without; what the user gives never fails for what the metadata says.
func TestNamesInMetadata(t *testing.T) {
	given := filepath.Join(t.TempDir(), "names.txt")
	if err := os.WriteFile(given, []byte("x\ny\nz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := func(text string, more ...onnx.Property) testmodel.Options {
		return testmodel.Options{Metadata: append(more, onnx.Property{Key: "names", Value: text})}
	}
	task, stride := onnx.Property{Key: "task", Value: "classify"}, onnx.Property{Key: "stride", Value: "32"}
	for name, c := range map[string]struct {
		options testmodel.Options
		files   map[string]string
		classes string // the user's file
		want    string
		mean    bool // ImageNet's is subtracted
	}{
		"YOLOv5's list":                  {names("['red', 'green', \"bl]ue\"]", stride), nil, "", "bl]ue", true},
		"YOLOv5's dictionary":            {names("{0: 'red', 1: 'green', 2: 'blue'}", stride), nil, "", "blue", true},
		"a list with a task":             {names("['red', 'green', 'blue']", task), nil, "", "blue", false},
		"numbers":                        {names("[10, 20, 30]", task), nil, "", "30", false},
		"unreadable, and names given":    {names("['red', 'green'", task), nil, given, "z", false},
		"another number, names given":    {names("['red']", task), nil, given, "z", false},
		"id2label unreadable, given":     {testmodel.Options{}, map[string]string{"config.json": `{"id2label": {"0": "a", "3": "c"}}`}, given, "z", true},
		"labels.txt beside it, given":    {testmodel.Options{}, map[string]string{"labels.txt": ""}, given, "z", true},
		"no names of Ultralytics at all": {names("['red', 'green', 'blue']"), nil, "", "class 2", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := testmodel.Write(t, c.options)
			write(t, path, c.files)
			s := inspect(t, path, classifier.Options{Classes: c.classes})
			if s.Classes[2] != c.want || s.Preprocessing.DoNormalize != c.mean {
				t.Errorf("classes %q, normalised: %v", s.Classes, s.Preprocessing.DoNormalize)
			}
		})
	}
	_, err := classifier.Inspect(context.Background(), testmodel.Write(t, names("['red', 'green'", task)), classifier.Options{})
	wantError(t, err, classifier.ErrClasses, "--classes FILE")
}
