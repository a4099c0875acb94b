package classifier

import (
	"context"
	"fmt"
	"slices"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// ending finds the class output, its activation and logits, and the number of classes:
// by the graph alone where that is certain, else by running the model as Inspect does.
func (r *reading) ending(ctx context.Context) error {
	s := r.spec
	s.Batch = Batch{Mode: Dynamic, Recommended: 1}
	if r.fixed > 0 {
		s.Batch.Mode, s.Batch.Fixed = Fixed, r.fixed
	}
	if r.graph = r.byGraph(); r.graph != nil {
		return nil
	}
	for _, step := range []func(context.Context) error{r.output, r.tensors} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.EmbeddingTensor, s.EmbeddingSize = "", 0 // nothing that reads one image's map asks for it
	return nil
}

// byGraph reads the end of the graph, and returns it in canonical form; nil where the
// values of a run could tell more than the graph does: several outputs, an end that is
// neither a linear layer nor an activation over the classes, an operator without a
// canonical form.
func (r *reading) byGraph() *autodiff.Graph {
	s, m, x := r.spec, r.model.Copy(), r.model.Graph.Index()
	name, ok := onlyOutput(m, r.options.Output)
	if !ok {
		return nil
	}
	plain := *s
	s.Output.Name = name
	activation, logits := x.Logit(name)
	s.Activation, s.LogitTensor = Softmax, logits
	switch activation {
	case onnx.NoActivation:
		s.Activation, ok = Logits, x.EndsLinear(name)
	case onnx.Sigmoid:
		s.Activation, ok = Sigmoid, x.EndsLinear(logits)
	}
	if ok {
		if g := r.counted(m, activation); g != nil {
			return g
		}
	}
	*s = plain
	return nil
}

// counted returns the graph of the plan in canonical form when its scores are a list,
// over which its activation runs. It counts the classes.
func (r *reading) counted(m *onnx.Model, activation onnx.Activation) *autodiff.Graph {
	s := r.spec
	g, err := s.canonical(m)
	if err != nil {
		return nil
	}
	shape := g.Model.Types[g.Scores].Shape
	n, err := scoresOf(shape, max(1, s.Batch.Fixed))
	switch {
	case err != nil:
		return nil
	case s.Activation == Softmax && (n == 1 || !r.overClasses(s.LogitTensor, shape, int64(n))):
		return nil
	case n == 1 && activation == onnx.NoActivation:
		return nil // a probability, or a logit: its values tell
	case n == 1:
		s.Activation, n = Sigmoid1, 2
	}
	s.Output.Classes = n
	return g
}

// overClasses reports whether the softmax of a tensor of n scores runs over all of them.
func (r *reading) overClasses(logits string, shape canonical.Shape, n int64) bool {
	uses := r.model.Graph.Index().Consumers(logits)
	i := slices.IndexFunc(uses, func(u onnx.Use) bool { return u.Node.Is("Softmax", "LogSoftmax") })
	if i < 0 {
		return false
	}
	fallback := int64(-1)
	flattens := r.spec.Opset < 13 // from its axis on
	if flattens {
		fallback = 1
	}
	axis := uses[i].Node.Int("axis", fallback)
	if axis < 0 {
		axis += int64(len(shape))
	}
	if axis < 1 || axis >= int64(len(shape)) {
		return false
	}
	return shape[axis] == n || flattens && !slices.ContainsFunc(shape[1:axis], func(d int64) bool { return d != 1 })
}

// onlyOutput is the class output that is clear without a run: the one that is wanted,
// or the only one there is, of a graph that is no detector's.
func onlyOutput(m *onnx.Model, wanted string) (string, bool) {
	if wanted == "" && (len(m.Graph.Outputs) != 1 || slices.ContainsFunc(m.Graph.Nodes, suppresses)) {
		return "", false
	}
	for _, v := range m.Graph.Outputs {
		if (v.Name == wanted || wanted == "") && v.IsTensor() && isReal(v.Type) {
			return v.Name, true
		}
	}
	return "", false
}

// scoresOf is how many scores a shape has per sample; the batch is the first
// dimension.
func scoresOf(shape canonical.Shape, batch int) (int, error) {
	list := append([]int64(nil), shape...)
	if len(list) > 0 && list[0] < 0 {
		list[0] = int64(batch)
	}
	n := classesOf(list, batch)
	if n == 0 {
		return 0, fmt.Errorf("its shape is %v, not one row of scores per image", shape)
	}
	return n, nil
}
