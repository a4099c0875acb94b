package classifier_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// withFunctions is a small classifier whose middle and end are functions of the model's own:
// one calls another, takes an attribute or leaves it to its default, and is called twice.
func withFunctions() *onnx.Model {
	m := testmodel.Build(testmodel.Options{})
	own := func(op string, inputs, outputs []string, attributes ...*onnx.Attribute) *onnx.Node {
		return &onnx.Node{Op: op, Domain: "own", Inputs: inputs, Outputs: outputs, Attributes: attributes}
	}
	standard := []onnx.Opset{{Version: 13}, {Domain: "own", Version: 1}}
	m.IRVersion, m.Opsets = 9, standard
	m.Functions = []*onnx.Function{
		{Domain: "own", Name: "Leaky", Inputs: []string{"x"}, Outputs: []string{"y"}, Opsets: standard, Defaults: []*onnx.Attribute{onnx.FloatAttr("slope", 0.25)},
			Nodes: []*onnx.Node{onnx.NewNode("LeakyRelu", []string{"x"}, []string{"y"}, &onnx.Attribute{Name: "alpha", Type: onnx.AttrFloat, Ref: "slope"})}},
		{Domain: "own", Name: "Twice", Inputs: []string{"x"}, Outputs: []string{"y"}, Opsets: standard,
			Nodes: []*onnx.Node{own("Leaky", []string{"x"}, []string{"h"}), onnx.NewNode("Neg", []string{"h"}, []string{"n"}),
				own("Leaky", []string{"n"}, []string{"y"}, onnx.FloatAttr("slope", 0.5))}},
		{Domain: "own", Name: "Head", Inputs: []string{"x"}, Outputs: []string{"p"}, Opsets: standard,
			Nodes: []*onnx.Node{onnx.NewNode("Softmax", []string{"x"}, []string{"p"}, onnx.IntAttr("axis", 1))}},
	}
	for i, n := range m.Graph.Nodes {
		if n.Op == "Relu" {
			m.Graph.Nodes[i] = own("Twice", n.Inputs, []string{"first"})
			m.Graph.Nodes = slices.Insert(m.Graph.Nodes, i+1, own("Twice", []string{"first"}, n.Outputs))
			break
		}
	}
	m.Graph.Nodes = append(m.Graph.Nodes, own("Head", []string{"scores"}, []string{"probabilities_of_own"}))
	m.Graph.Outputs = []*onnx.Value{onnx.NewValue("probabilities_of_own", onnx.Float32, -1, 3)}
	return m
}

// TestFunctionsAreInlined: a model's own functions are put in place of their calls: activation and
// embedding behind them are found, the scores are those of the untouched file, and the graph can be
// taken apart and differentiated.
func TestFunctionsAreInlined(t *testing.T) {
	path := testmodel.Save(t, withFunctions())
	s := inspect(t, path, classifier.Options{})
	if s.Activation != classifier.Softmax || s.LogitTensor != "scores" || s.EmbeddingSize != testmodel.Features || s.Batch.Mode != classifier.Dynamic {
		t.Errorf("%v of %q, embedding of %d, batch %+v, warnings %q", s.Activation, s.LogitTensor, s.EmbeddingSize, s.Batch, s.Warnings)
	}
	compareWithFile(t, s)
	quickAgrees(t, path, s, classifier.Options{})
	g, err := openSpec(t, s).Graph()
	if err != nil {
		t.Fatal(err)
	}
	leaky := 0
	for _, n := range g.Model.Graph.Nodes {
		if n.Domain != "" {
			t.Errorf("the call %s is left", n.Label())
		}
		if n.Op == "LeakyRelu" {
			leaky++
			if want := []float32{0.25, 0.5}[(leaky-1)%2]; n.Float("alpha", 0) != want {
				t.Errorf("slope %v of call %d, want %v", n.Float("alpha", 0), leaky, want)
			}
		}
	}
	if leaky != 4 {
		t.Errorf("%d of the 4 calls are there", leaky)
	}
}

// TestFunctionsThatCannotBeInlined stay as they are, and the error says why.
func TestFunctionsThatCannotBeInlined(t *testing.T) {
	m := withFunctions()
	m.Functions[0].Nodes[0].Op, m.Functions[0].Nodes[0].Domain = "Twice", "own"
	if err := m.Inline(); err == nil || !strings.Contains(err.Error(), "calls itself") || len(m.Functions) != 3 {
		t.Errorf("%d functions, %v", len(m.Functions), err)
	}
	m = withFunctions()
	m.Functions[1].Opsets = []onnx.Opset{{Version: 9}}
	if err := m.Inline(); err == nil || !strings.Contains(err.Error(), "opset 9") {
		t.Errorf("%v", err)
	}
}
