package classifier

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

// maxEmbedding is the longest embedding that is kept, in values per sample: a
// flattened feature map is too large to store for every sample, and no summary.
const maxEmbedding = 1 << 14

// tensors finds activation, logits and embedding, and proves them: the planned graph
// must give the class output's scores again.
func (r *reading) tensors(ctx context.Context) (err error) {
	s, x := r.spec, r.model.Graph.Index()
	activation, logits := x.Logit(s.Output.Name)
	s.Activation, s.LogitTensor = interpret(activation, logits, r.scores)
	if _, ok := x.Embedding(s.plan().scores()); ok {
		s.EmbeddingTensor = "?" // probed next; its name follows from the graph
	}
	if err := r.probePlan(ctx); err != nil {
		return err
	}
	for !reproduces(s, r.taken[0], r.scores.values) && simplify(s) {
		if err := r.probePlan(ctx); err != nil {
			return err
		}
	}
	nameEmbedding(s, x, r.taken)
	if s.Activation == Sigmoid1 {
		s.Output.Classes = 2
	}
	recordTensors(s)
	return nil
}

// interpret turns what the graph's end and its values on the probes look like into
// an activation and the tensor of the logits.
func interpret(a onnx.Activation, logits string, output probed) (Activation, string) {
	single := len(output.values[0]) == 1
	switch {
	case a == onnx.Sigmoid && single:
		return Sigmoid1, logits
	case a == onnx.Sigmoid:
		return Sigmoid, logits
	case a != onnx.NoActivation && !single:
		return Softmax, logits
	case single && inUnit(output.values):
		return Sigmoid1, ""
	case single:
		return Sigmoid1, logits
	case inUnit(output.values) && sumsToOne(output.values):
		return Softmax, ""
	}
	return Logits, output.value.Name
}

func inUnit(outputs [][]float32) bool {
	for _, values := range outputs {
		for _, v := range values {
			if !(v >= 0 && v <= 1) {
				return false
			}
		}
	}
	return true
}

func sumsToOne(outputs [][]float32) bool {
	for _, values := range outputs {
		sum := 0.0
		for _, v := range values {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-2 {
			return false
		}
	}
	return true
}

// probePlan takes the planned tensors of the probes. An embedding that cannot be had
// is given up with a warning.
func (r *reading) probePlan(ctx context.Context) (err error) {
	r.taken, err = r.runPlan(ctx)
	if err != nil && r.spec.EmbeddingTensor != "" && !errors.Is(err, ctx.Err()) {
		r.spec.EmbeddingTensor = ""
		r.spec.warn("no embedding: %v", err)
		r.taken, err = r.runPlan(ctx)
	}
	return err
}

// runPlan runs the planned graph on the probes, sample by sample at the file's own
// batch, and returns per output and probe its values.
func (r *reading) runPlan(ctx context.Context) ([][][]float32, error) {
	session, err := r.planned(r.spec.plan())
	if err != nil {
		return nil, err
	}
	var got [][][]float32
	for i := range probes {
		raw, err := r.runProbe(ctx, session, i)
		if err != nil {
			return nil, err
		}
		if got == nil {
			got = make([][][]float32, len(raw))
		}
		for j, t := range raw {
			got[j] = append(got[j], firstOf(t, max(1, r.fixed)))
		}
	}
	return got, nil
}

// reproduces reports whether the planned graph's values, put through the
// activation, give what the file's graph gave. That fails where a softmax runs over
// another axis, or where taking the embedding kept the runtime from a fusion that
// changes results.
func reproduces(s *Spec, logits, outputs [][]float32) bool {
	if !finite(outputs[0]) {
		return true // nothing to compare
	}
	if s.LogitTensor == s.Output.Name || s.LogitTensor == "" {
		return differ(outputs, logits) <= toleranceQuantised
	}
	var scores [][]float32
	for i, values := range logits {
		if len(values) != len(outputs[i]) {
			return false
		}
		got := make([]float32, len(values))
		Score(s.Activation, values, got)
		if outputs[i][0] < 0 { // the model ends in a log-softmax
			for j, v := range got {
				got[j] = float32(math.Log(float64(v)))
			}
		}
		scores = append(scores, got)
	}
	return differ(outputs, scores) <= toleranceQuantised
}

// simplify gives up what may have changed the result: first a logit tensor other
// than the output, then the embedding. It returns false when nothing is left.
func simplify(s *Spec) bool {
	switch {
	case s.LogitTensor != "" && s.LogitTensor != s.Output.Name && s.Activation != Sigmoid1:
		s.warn("the graph's last activation is not one over the classes; the class output's values are used as they are")
		s.Activation, s.LogitTensor = Logits, s.Output.Name
	case s.EmbeddingTensor != "":
		s.warn("no embedding: taking it changes the scores")
		s.EmbeddingTensor = ""
	default:
		return false
	}
	return true
}

// nameEmbedding records the embedding, or drops one that is no use.
func nameEmbedding(s *Spec, x *onnx.Index, got [][][]float32) {
	if s.EmbeddingTensor == "" {
		return
	}
	f, _ := x.Embedding(s.plan().scores())
	s.EmbeddingTensor, s.EmbeddingSize = f.Tensor, len(got[1][0])
	if s.EmbeddingSize > maxEmbedding {
		s.warn("no embedding: the input of the last linear layer has %d values per image, more than the %d that are kept", s.EmbeddingSize, maxEmbedding)
		s.EmbeddingTensor, s.EmbeddingSize = "", 0
	}
}

// recordTensors notes activation, logits and embedding.
func recordTensors(s *Spec) {
	s.set("activation", string(s.Activation), "the model")
	switch s.LogitTensor {
	case "":
		s.set("logits", "log-probabilities: the graph hides its logits", "the model")
	default:
		s.set("logits", s.LogitTensor, "the model")
	}
	if s.EmbeddingTensor != "" {
		s.set("embedding", fmt.Sprintf("%s, %d values", s.EmbeddingTensor, s.EmbeddingSize), "the model")
	}
}
