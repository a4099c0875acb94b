package classifier_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// What Quick reads off a file, or finds by running it where the graph leaves a doubt,
// is what Inspect finds, and the model answers alike.
func TestQuickAgreesWithInspect(t *testing.T) {
	agree := func(name, path string, o classifier.Options) {
		t.Run(name, func(t *testing.T) { quickAgrees(t, path, inspect(t, path, o), o) })
	}
	for _, k := range kinds {
		agree(k.name, testmodel.Write(t, k.options), classifier.Options{Preprocessing: "plain"})
	}
	for _, e := range sortedEnds {
		if !e.refused {
			agree(e.name, testmodel.Save(t, sortedModel(e.softmax, e.nodes, e.outputs)), classifier.Options{})
		}
	}
	agree("recurrent", testmodel.Save(t, recurrent()), classifier.Options{})
	agree("label and probabilities", testmodel.Save(t, sortedModel(true,
		[]*onnx.Node{onnx.NewNode("ArgMax", []string{"scores"}, []string{"indices"}, onnx.IntAttr("axis", 1))}, []string{"indices", "scores"})), classifier.Options{})
	m := testmodel.Build(testmodel.Options{})
	addHead(m, "other")
	agree("chosen output", testmodel.Save(t, m), classifier.Options{Output: "second"})
	agree("softmax over another axis", testmodel.Save(t, softmaxOverBatch()), classifier.Options{})
}

// quickAgrees compares with what Inspect found.
func quickAgrees(t *testing.T, path string, want *classifier.Spec, o classifier.Options) {
	t.Helper()
	quick, err := classifier.Quick(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer quick.Close()
	got := quick.Spec()
	if got.Activation != want.Activation || got.LogitTensor != want.LogitTensor || got.Output != want.Output || got.Input != want.Input || !slices.Equal(got.Classes, want.Classes) {
		t.Errorf("%v of %q, %+v, %+v; want %v of %q, %+v, %+v", got.Activation, got.LogitTensor, got.Output, got.Input, want.Activation, want.LogitTensor, want.Output, want.Input)
	}
	model := openSpec(t, want)
	input := make([]float32, model.InputLen())
	for i := range input {
		input[i] = float32(math.Sin(float64(i)))
	}
	a, err := model.Score(t.Context(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := quick.Score(t.Context(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a { // the runtime fuses other operators where the embedding is taken
		if d := math.Abs(float64(a[i] - b[i])); d > 1e-4*math.Max(1, math.Abs(float64(a[i]))) {
			t.Errorf("class %d scores %v, Inspect's model %v", i, b[i], a[i])
		}
	}
}

// recurrent is a model whose features pass an LSTM, which has no canonical form.
func recurrent() *onnx.Model {
	m := testmodel.Build(testmodel.Options{})
	g := m.Graph
	ones := func(name string, dims ...int64) string {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(math.Sin(float64(i)))
		}
		g.Initializers = append(g.Initializers, onnx.FloatTensor(name, values, dims...))
		return name
	}
	g.Initializers = append(g.Initializers, onnx.IntTensor("first", []int64{0}, 1))
	g.Nodes = append(g.Nodes[:len(g.Nodes)-1],
		onnx.NewNode("Unsqueeze", []string{"features", "first"}, []string{"sequence"}),
		onnx.NewNode("LSTM", []string{"sequence", ones("w", 1, 20, testmodel.Features), ones("r", 1, 20, 5)}, []string{"", "state"}, onnx.IntAttr("hidden_size", 5)),
		onnx.NewNode("Squeeze", []string{"state", "first"}, []string{"last"}),
		onnx.NewNode("Gemm", []string{"last", ones("head", 5, 3)}, []string{"scores"}))
	return m
}

// softmaxOverBatch ends in a softmax that does not run over the classes.
func softmaxOverBatch() *onnx.Model {
	m := testmodel.Build(testmodel.Options{Batch: 1, End: "Softmax"})
	i := slices.IndexFunc(m.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == "Softmax" })
	m.Graph.Nodes[i].Attributes = []*onnx.Attribute{onnx.IntAttr("axis", 0)}
	return m
}

func TestQuickSaysWhatIsMissing(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{})
	if _, err := classifier.Quick(t.Context(), path, classifier.Options{Preprocessing: "plain", Output: "nonsense"}); !errors.Is(err, classifier.ErrOutput) || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an output that is not there: %v", err)
	}
	quick, err := classifier.Quick(t.Context(), path, classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	if err := quick.Close(); err != nil {
		t.Errorf("closed before it was used: %v", err)
	}
	if _, err := quick.Score(context.Background(), make([]float32, quick.InputLen()), 1); err == nil {
		t.Error("a closed model answers")
	}
}

// Graphs that no other graph can be made of say why, and the model is scored all the same.
func TestGraphsThatCannotBeTakenApart(t *testing.T) {
	long := testmodel.Build(testmodel.Options{})
	g, at := long.Graph, "features"
	reader := slices.IndexFunc(g.Nodes, func(n *onnx.Node) bool { return slices.Contains(n.Inputs, "features") })
	var chain []*onnx.Node
	for i := range 8001 {
		to := fmt.Sprintf("r%d", i)
		chain = append(chain, onnx.NewNode("Relu", []string{at}, []string{to}))
		at = to
	}
	g.Nodes[reader].Inputs[slices.Index(g.Nodes[reader].Inputs, "features")] = at
	g.Nodes = slices.Insert(g.Nodes, reader, chain...)
	for want, m := range map[string]*onnx.Model{"operators": long, "operator LSTM": recurrent()} {
		c, err := classifier.Quick(t.Context(), testmodel.Save(t, m), classifier.Options{Preprocessing: "plain"})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Graph(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want it to tell of %s", err, want)
		}
		if _, err := c.Score(t.Context(), make([]float32, c.InputLen()), 1); err != nil {
			t.Error(err)
		}
	}
}
