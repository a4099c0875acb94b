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

// mixed is a model whose scores change by what nodes make of the image, "extra", unless that
// is zero.
func mixed(batch int64, nodes ...*onnx.Node) *onnx.Model {
	m := testmodel.Build(testmodel.Options{Batch: batch})
	g := m.Graph
	for name, v := range map[string]float32{"high": 0.99, "low": 0.01, "hard": 3, "much": 1e3} {
		g.Initializers = append(g.Initializers, onnx.FloatTensor(name, []float32{v}))
	}
	g.Initializers = append(g.Initializers, &onnx.Tensor{Name: "all", Type: onnx.Bool, Dims: []int64{3}, Raw: []byte{1, 1, 1}})
	g.Nodes = append(append(g.Nodes, nodes...), onnx.NewNode("Mul", []string{"extra", "much"}, []string{"weighed"}),
		onnx.NewNode("Sub", []string{"scores", "hard"}, []string{"shifted_scores"}), onnx.NewNode("Mul", []string{"shifted_scores", "weighed"}, []string{"product"}),
		onnx.NewNode("Add", []string{"scores", "product"}, []string{"end"}))
	g.Outputs = []*onnx.Value{onnx.NewValue("end", onnx.Float32, g.Inputs[0].Shape[0].Size, 3)}
	return m
}

// over is a value of the whole batch, less a limit, if that is above zero.
func over(op, of, limit string) []*onnx.Node {
	return []*onnx.Node{onnx.NewNode(op, []string{of}, []string{"edge"}, onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("Sub", []string{"edge", limit}, []string{"above"}), onnx.NewNode("Relu", []string{"above"}, []string{"extra"})}
}

// TestSamplesThatMixAreKeptApart: operators over the batch that ordinary images do not set off
// are found in the graph, or, where shapes are not known, by white, black and huge inputs; the
// samples' scores then do not depend on each other, whatever the file's own batch.
func TestSamplesThatMixAreKeptApart(t *testing.T) {
	hidden := onnx.NewNode("Compress", []string{"image", "all"}, []string{"unknown"}, onnx.IntAttr("axis", 1)) // its shape is not known
	for name, c := range map[string]struct {
		model *onnx.Model
		says  string
		alone bool
	}{
		"all white, in the graph":          {mixed(0, over("ReduceMin", "image", "high")...), "ReduceMin", false},
		"the mean, by the trial":           {mixed(0, append([]*onnx.Node{hidden}, over("ReduceMax", "unknown", "hard")...)...), "differ", false},
		"a batch of four, in the graph":    {mixed(4, over("ReduceMax", "image", "high")...), "ReduceMax", true},
		"a batch of four, by the trial":    {mixed(4, append([]*onnx.Node{hidden}, over("ReduceMax", "unknown", "hard")...)...), "differ", true},
		"each by itself: nothing is found": {mixed(0, perSample()...), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := inspect(t, testmodel.Save(t, c.model), classifier.Options{Preprocessing: "plain"})
			if c.says == "" {
				if s.Batch.Mode != classifier.Dynamic {
					t.Errorf("a false alarm: %+v", s.Batch)
				}
				return
			}
			if s.Batch.Mode != classifier.Fixed || !strings.Contains(s.Batch.Note, c.says) || s.Batch.Alone != c.alone {
				t.Errorf("%+v", s.Batch)
			}
			scoredApart(t, openSpec(t, s))
		})
	}
}

// perSample is the same of each sample by itself.
func perSample() []*onnx.Node {
	return []*onnx.Node{onnx.NewNode("GlobalMaxPool", []string{"image"}, []string{"peaks"}),
		onnx.NewNode("ReduceMax", []string{"peaks"}, []string{"edge"}, onnx.IntsAttr("axes", 2, 3), onnx.IntAttr("keepdims", 0)),
		onnx.NewNode("Sub", []string{"edge", "hard"}, []string{"above"}), onnx.NewNode("Relu", []string{"above"}, []string{"extra"})}
}

// scoredApart compares what samples give together with what each gives alone.
func scoredApart(t *testing.T, c *classifier.Classifier) {
	t.Helper()
	inputs, n := randomInputs(t, c, 4), c.InputLen()
	for i := range n {
		inputs[i], inputs[3*n+i] = 1, 50 // white, and brighter than white
	}
	together, err := c.Score(context.Background(), inputs, 4)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 4 {
		alone, err := c.Score(context.Background(), inputs[k*n:(k+1)*n], 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := together[3*k : 3*k+3]; !slices.Equal(got, alone) {
			t.Errorf("sample %d: %v among others, %v alone", k, got, alone)
		}
	}
}

// TestModelsThatFailOnExtremes: a model that ends in an error on a white image, or never, is
// taken all the same, with a warning.
func TestModelsThatFailOnExtremes(t *testing.T) {
	whole := func(of string) []*onnx.Node { // 1 on white, 0 on others
		return []*onnx.Node{onnx.NewNode("ReduceMean", []string{"image"}, []string{"mean"}, onnx.IntAttr("keepdims", 0)),
			onnx.NewNode("Add", []string{"mean", "low"}, []string{"lifted"}), onnx.NewNode("Floor", []string{"lifted"}, []string{"floor"}),
			onnx.NewNode("Min", []string{"floor", "one"}, []string{"at_most"}), onnx.NewNode("Cast", []string{"at_most"}, []string{of}, onnx.IntAttr("to", int64(onnx.Int64)))}
	}
	loop := &onnx.Graph{Name: "body", Inputs: []*onnx.Value{onnx.NewValue("turn", onnx.Int64), onnx.NewValue("go", onnx.Bool), onnx.NewValue("carried", onnx.Float32)},
		Outputs: []*onnx.Value{onnx.NewValue("go_on", onnx.Bool), onnx.NewValue("carry", onnx.Float32)},
		Nodes:   []*onnx.Node{onnx.NewNode("Identity", []string{"go"}, []string{"go_on"}), onnx.NewNode("Sin", []string{"carried"}, []string{"carry"})}}
	for name, nodes := range map[string][]*onnx.Node{
		"an error": append(whole("row"), onnx.NewNode("Gather", []string{"rows", "row"}, []string{"extra"})),
		"no end": append(whole("row"), onnx.NewNode("Mul", []string{"row", "ever"}, []string{"turns"}),
			onnx.NewNode("Loop", []string{"turns", "", "zero"}, []string{"extra"}, &onnx.Attribute{Name: "body", Type: onnx.AttrGraph, Graph: loop})),
	} {
		t.Run(name, func(t *testing.T) {
			m := mixed(0, nodes...)
			m.Graph.Initializers = append(m.Graph.Initializers, onnx.FloatTensor("one", []float32{1}), onnx.FloatTensor("zero", []float32{0}),
				onnx.FloatTensor("rows", []float32{0}, 1), onnx.IntTensor("ever", []int64{1e12}))
			s := inspect(t, testmodel.Save(t, m), classifier.Options{Preprocessing: "plain"})
			if !warns(s, "the model gives nothing for a white image") || s.Batch.Mode != classifier.Fixed {
				t.Errorf("warnings %q, batch %+v", s.Warnings, s.Batch)
			}
		})
	}
}
