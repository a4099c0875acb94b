package classifier_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// Ends of exports that give the scores in falling order, or the best alone, of the
// tensor scores, which has four classes.
var sortedEnds = []struct {
	name    string
	softmax bool // before the sorting
	nodes   []*onnx.Node
	outputs []string
	refused bool
}{
	{"all, sorted", false, topK("scores", "all"), []string{"values", "indices"}, false},
	{"all, sorted, of probabilities", true, topK("scores", "all"), []string{"values", "indices"}, false},
	{"the best two, which look like two classes", false, topK("scores", "two"), []string{"values", "indices"}, false},
	{"the best two alone", false, topK("scores", "two"), []string{"values"}, false},
	{"the best, which looks like one sigmoid", true, topK("scores", "one"), []string{"indices", "values"}, false},
	{"indices alone", false, topK("scores", "all"), []string{"indices"}, false},
	{"sorted, beside the scores", false, topK("scores", "all"), []string{"values", "scores", "indices"}, false},
	{"sorted and cast", false, append(topK("scores", "two"), onnx.NewNode("Identity", []string{"values"}, []string{"end"})), []string{"end"}, false},
	{"the largest probability", true, []*onnx.Node{
		onnx.NewNode("ReduceMax", []string{"scores"}, []string{"values"}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("ArgMax", []string{"scores"}, []string{"indices"}, onnx.IntAttr("axis", 1))}, []string{"values", "indices"}, false},
	{"the largest score and its class", false, []*onnx.Node{
		onnx.NewNode("ReduceMax", []string{"scores"}, []string{"values"}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("ArgMax", []string{"scores"}, []string{"indices"}, onnx.IntAttr("axis", 1), onnx.IntAttr("keepdims", 0))}, []string{"indices", "values"}, false},
	{"softmax of the sorted", false, append(topK("scores", "all"), onnx.NewNode("Softmax", []string{"values"}, []string{"end"})), []string{"end"}, true},
	{"part of the sorted", false, append(topK("scores", "all"), onnx.NewNode("Slice", []string{"values", "one", "all", "one"}, []string{"end"})), []string{"end", "indices"}, false},
	{"chosen by the order", false, append(topK("scores", "all"), onnx.NewNode("GatherElements", []string{"scores", "indices"}, []string{"end"}, onnx.IntAttr("axis", 1))), []string{"end"}, true},
}

func topK(of, k string) []*onnx.Node {
	return []*onnx.Node{onnx.NewNode("TopK", []string{of, k}, []string{"values", "indices"})}
}

// sortedModel is a model of four classes with an end.
func sortedModel(softmax bool, nodes []*onnx.Node, outputs []string) *onnx.Model {
	end := ""
	if softmax {
		end = "Softmax"
	}
	m := testmodel.Build(testmodel.Options{Classes: 4, End: end})
	g := m.Graph
	for name, k := range map[string]int64{"one": 1, "two": 2, "all": 4} {
		g.Initializers = append(g.Initializers, onnx.IntTensor(name, []int64{k}, 1))
	}
	g.Nodes, g.Outputs = append(g.Nodes, nodes...), nil
	for _, name := range outputs {
		v := &onnx.Value{Name: name, Type: onnx.Float32}
		if name == "indices" {
			v.Type = onnx.Int64
		}
		g.Outputs = append(g.Outputs, v)
	}
	return m
}

// Scores in sorted order are undone, with a word, or refused: never one per class.
func TestSortedScores(t *testing.T) {
	for _, e := range sortedEnds {
		t.Run(e.name, func(t *testing.T) {
			path := testmodel.Save(t, sortedModel(e.softmax, e.nodes, e.outputs))
			s, err := classifier.Inspect(context.Background(), path, classifier.Options{})
			if e.refused {
				wantError(t, err, classifier.ErrNotClassifier, "sorted order (TopK)")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Contains(strings.Join(s.Warnings, " "), "sorted order"); !said {
				t.Errorf("warnings %q", s.Warnings)
			}
			plain := inspect(t, testmodel.Save(t, sortedModel(e.softmax, nil, []string{"scores"})), classifier.Options{})
			if s.Output != plain.Output || s.Activation != plain.Activation || s.LogitTensor != plain.LogitTensor || s.Batch.Mode != plain.Batch.Mode {
				t.Errorf("%+v, %v of %q, batch %v; without the sorting %+v, %v of %q", s.Output, s.Activation, s.LogitTensor, s.Batch.Mode, plain.Output, plain.Activation, plain.LogitTensor)
			}
			sameScores(t, openSpec(t, s), openSpec(t, plain))
		})
	}
}

func sameScores(t *testing.T, a, b *classifier.Classifier) {
	t.Helper()
	inputs := randomInputs(t, a, 3)
	got, err := a.Run(context.Background(), inputs, 3)
	if err != nil {
		t.Fatal(err)
	}
	want, err := b.Run(context.Background(), inputs, 3)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Scores, want.Scores) || !slices.Equal(got.Logits, want.Logits) {
		t.Errorf("scores %v, want %v", got.Scores, want.Scores)
	}
}

// Where the least value is the best, the values are distances, and the model is refused: as
// scores they would make the most distant class win.
func TestDistancesAreRefused(t *testing.T) {
	least := []*onnx.Node{onnx.NewNode("TopK", []string{"negative", "all"}, []string{"values", "indices"}, onnx.IntAttr("largest", 0))}
	for name, end := range map[string]struct {
		nodes   []*onnx.Node
		outputs []string
	}{
		"sorted":               {least, []string{"values", "indices"}},
		"sorted, turned round": {append(least, onnx.NewNode("Neg", []string{"values"}, []string{"end"})), []string{"end", "indices"}},
		"indices alone":        {least, []string{"indices"}},
		"with the class":       {[]*onnx.Node{onnx.NewNode("ArgMin", []string{"negative"}, []string{"indices"}, onnx.IntAttr("axis", 1))}, []string{"negative", "indices"}},
	} {
		t.Run(name, func(t *testing.T) {
			nodes := append([]*onnx.Node{onnx.NewNode("Neg", []string{"scores"}, []string{"negative"})}, end.nodes...)
			_, err := classifier.Inspect(context.Background(), testmodel.Save(t, sortedModel(false, nodes, end.outputs)), classifier.Options{})
			wantError(t, err, classifier.ErrNotClassifier, "they are distances")
		})
	}
}

// An output that is asked for is unsorted, or refused, too.
func TestSortedScoresChosen(t *testing.T) {
	path := testmodel.Save(t, sortedModel(false, topK("scores", "all"), []string{"values", "indices"}))
	if s := inspect(t, path, classifier.Options{Output: "values"}); s.Output.Name != "scores" || s.Output.Classes != 4 {
		t.Errorf("%+v", s.Output)
	}
	path = testmodel.Save(t, sortedModel(false, sortedEnds[10].nodes, []string{"end"}))
	_, err := classifier.Inspect(context.Background(), path, classifier.Options{Output: "end"})
	wantError(t, err, classifier.ErrNotClassifier, "sorted order (TopK)")
}

// A TopK inside a network, of places or before a further layer, is none of the scores'.
func TestTopKInsideIsLeftAlone(t *testing.T) {
	m := testmodel.Build(testmodel.Options{})
	g := m.Graph
	g.Initializers = append(g.Initializers, onnx.IntTensor("places", []int64{0, 4, -1}, 3), onnx.IntTensor("k", []int64{1}, 1), onnx.IntTensor("flat", []int64{0, 4}, 2))
	i := slices.IndexFunc(g.Nodes, func(n *onnx.Node) bool { return n.Op == "GlobalAveragePool" })
	g.Nodes = slices.Concat(g.Nodes[:i], []*onnx.Node{
		onnx.NewNode("Reshape", []string{"relu", "places"}, []string{"rows"}),
		onnx.NewNode("TopK", []string{"rows", "k"}, []string{"best", "where"}),
		onnx.NewNode("Reshape", []string{"best", "flat"}, []string{"pooled"})}, g.Nodes[i+1:])
	s := inspect(t, testmodel.Save(t, m), classifier.Options{})
	if s.Output.Name != "scores" || s.Output.Classes != 3 {
		t.Errorf("%+v, warnings %q", s.Output, s.Warnings)
	}
	g.Nodes, g.Outputs = g.Nodes[:i+3], []*onnx.Value{{Name: "pooled", Type: onnx.Float32}} // max pooling is the end
	s = inspect(t, testmodel.Save(t, m), classifier.Options{})
	if s.Output.Name != "pooled" || s.Output.Classes != 4 {
		t.Errorf("%+v, warnings %q", s.Output, s.Warnings)
	}
}
