package classifier

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// endOfGraph finds the class output, its activation and logits, and the number of
// classes by the graph alone, which it keeps.
func (r *reading) endOfGraph(context.Context) (err error) {
	s, m := r.spec, r.model
	s.Batch = Batch{Mode: Dynamic, Recommended: 1}
	if r.fixed > 0 {
		s.Batch.Mode, s.Batch.Fixed = Fixed, r.fixed
	}
	if s.Output.Name, err = onlyOutput(m, r.options.Output); err != nil {
		return err
	}
	activation, logits := m.Graph.Index().Logit(s.Output.Name)
	s.Activation, s.LogitTensor = Logits, s.Output.Name
	if activation != onnx.NoActivation {
		s.Activation, s.LogitTensor = Softmax, logits
	}
	if r.graph, err = s.canonical(m); err != nil {
		return err
	}
	n, err := scoresOf(r.graph.Model.Types[r.graph.Scores].Shape, max(1, s.Batch.Fixed))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOutput, s.Output.Name, err)
	}
	s.Output.Classes = n
	switch {
	case n == 1:
		s.Activation, s.Output.Classes = Sigmoid1, 2
	case activation == onnx.Sigmoid:
		s.Activation = Sigmoid
	}
	return nil
}

// onlyOutput is the class output: the one that is wanted, or the only one there is.
func onlyOutput(m *onnx.Model, wanted string) (string, error) {
	var names []string
	for _, v := range m.Graph.Outputs {
		if v.IsTensor() && v.Type != onnx.String && v.Type != onnx.Bool {
			names = append(names, v.Name)
		}
	}
	for _, name := range names {
		if name == wanted || wanted == "" && len(names) == 1 {
			return name, nil
		}
	}
	if wanted == "" {
		return "", fmt.Errorf("%w: it has the outputs %v; name the one with the class scores with --output", ErrOutput, names)
	}
	return "", fmt.Errorf("%w: it has no output %q, only %v", ErrOutput, wanted, names)
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
