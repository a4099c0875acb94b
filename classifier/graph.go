package classifier

import (
	"fmt"
	"runtime/debug"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/laidout"
)

// largeModel is the size, in bytes, from which memory is given back.
const largeModel = 16 << 20

// A plan says which graph to make of a model's file and which tensors to take
// from it. It is a function of the Spec, so that Inspect and Open run the same.
type plan struct {
	output    string // the class output
	logits    string // the tensor before the activation, "" if hidden
	embedding bool
	free      bool // rewrite to a free batch
}

func (s *Spec) plan() plan {
	return plan{output: s.Output.Name, logits: s.LogitTensor, embedding: s.EmbeddingTensor != "", free: s.Batch.Mode == Rewritten}
}

// scores is the tensor the class scores come from.
func (p plan) scores() string {
	if p.logits != "" {
		return p.logits
	}
	return p.output
}

// open loads the model's graph as planned, from its place on disk if it is there. The
// session has one or two outputs: scores and, if planned, the embedding.
func (p plan) open(m *onnx.Model, input string, threads int, at *laidout.Place) (*ort.Session, error) {
	if s, _ := at.Open(ort.Options{Threads: threads}); s != nil {
		return s, nil
	}
	outputs, err := p.rewrite(m)
	if err != nil {
		return nil, err
	}
	s, _, err := openSession(m, []string{input}, outputs, threads, written(at))
	return s, err
}

// written is asIs by way of a place on disk.
func written(at *laidout.Place) opener {
	return func(m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
		if s := at.Write(laidout.About{Inputs: inputs, Outputs: outputs, Size: int64(len(encoded))}, encoded, o); s != nil {
			return s, nil
		}
		return asIs(m, encoded, inputs, outputs, o)
	}
}

// rewrite changes m's graph and returns the outputs to fetch.
func (p plan) rewrite(m *onnx.Model) ([]string, error) {
	_ = m.Inline() // as in reading.input
	addBatch(m)
	if p.free {
		if err := m.FreeBatch(); err != nil {
			return nil, err
		}
	}
	g := m.Graph
	var feature onnx.Feature
	if p.embedding {
		var ok bool
		if feature, ok = g.Index().Embedding(p.scores()); !ok {
			return nil, fmt.Errorf("the graph has no linear layer before %q", p.scores())
		}
	}
	outputs := []string{g.AddOutput(p.scores(), onnx.Undefined)}
	if p.embedding {
		outputs = append(outputs, g.AddOutput(g.AddFeature(feature), onnx.Undefined))
	}
	g.KeepOutputs(outputs...)
	return outputs, nil
}

// openSession loads a model, and returns the size of the graph that the session
// holds. The encoded model is as large as its weights: large ones are given back to
// the system at once, not when the next collection finds them.
func openSession(m *onnx.Model, inputs, outputs []string, threads int, open opener) (*ort.Session, int64, error) {
	encoded, dir := m.Refer()
	if len(m.ExternalFiles()) > 0 {
		dir = m.Dir
	}
	size := int64(len(encoded))
	s, err := open(m, encoded, inputs, outputs, ort.Options{Threads: threads, ExternalDir: dir})
	if size > largeModel {
		debug.FreeOSMemory()
	}
	return s, size, err
}

// An opener loads an encoded model: [fuse.Open], or asIs.
type opener func(m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error)

func asIs(_ *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
	return ort.Open(encoded, inputs, outputs, o)
}
