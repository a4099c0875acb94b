package classifier

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/sightline/sightline/onnx"
)

// Options say what the user decided about a model; the zero value leaves all to
// what is found.
type Options struct {
	Name          string // default: the name of the file, or of the folder of a model.onnx
	Preprocessing string // a file or a preset
	Classes       string // a file
	Output        string // the name of the class output
	Threads       int    // to measure the batch with; 0 means 1

	// MeasureFor is the time to spend on measuring a good batch length: 0 means
	// two seconds, a negative time none, and eight is recommended.
	MeasureFor time.Duration
}

// What is measured for, and recommended without measuring.
const (
	defaultBudget = 2 * time.Second
	defaultBatch  = 8
)

// Inspect finds out how to use the model at path. It runs the model on generated
// images, so call it where a crash does no harm. Errors match those of this
// package, of onnx or of ort.
func Inspect(ctx context.Context, path string, o Options) (*Spec, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the model: %w", err)
	}
	m, err := onnx.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, declared, err := describeFile(m, path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := inspect(ctx, s, m, declared, o); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// describeFile fills in what the file itself states.
func describeFile(m *onnx.Model, path string, o Options) (*Spec, int, error) {
	s := &Spec{Name: o.Name, Path: path, Opset: m.Opset(""), Producer: m.Producer(), Warnings: []string{}}
	if s.Name == "" {
		s.Name = nameFromPath(path)
	}
	var err error
	if s.SHA256, s.Size, err = hashModel(m, path); err != nil {
		return nil, 0, err
	}
	for _, out := range m.Graph.Outputs {
		s.Outputs = append(s.Outputs, out.String())
	}
	if s.Input, err = recogniseInput(m); err != nil {
		return nil, 0, err
	}
	return s, int(max(0, m.Graph.RequiredInputs()[0].Shape[0].Size)), nil
}

// nameFromPath is the file's name, or its folder's where the file is just called
// model, as exporters do.
func nameFromPath(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if folder := filepath.Base(filepath.Dir(path)); name == "model" && folder != "onnx" {
		return folder
	}
	return name
}

func inspect(ctx context.Context, s *Spec, m *onnx.Model, declared int, o Options) error {
	s.set("input layout", string(s.Input.Layout), "the model")
	found, err := findSettings(m, s.Input, o)
	if err != nil {
		return err
	}
	if err := fitPreprocessing(s, found); err != nil {
		return err
	}
	inputs, err := probeInputs(s)
	if err != nil {
		return err
	}
	output, err := recogniseOutput(ctx, s, m, inputs, declared, len(found.classes), o.Output)
	if err != nil {
		return err
	}
	if err := recogniseTensors(ctx, s, output, inputs, declared); err != nil {
		return err
	}
	if err := fitClasses(s, found); err != nil {
		return err
	}
	return recommendBatch(ctx, s, o)
}

// recogniseOutput runs the file as it is and finds the class output.
func recogniseOutput(ctx context.Context, s *Spec, m *onnx.Model, inputs []float32, declared, names int, wanted string) (probed, error) {
	graph := *m.Graph // probing replaces outputs; the choice looks at the original
	outputs, err := probeOutputs(ctx, m, s, inputs, declared)
	if err != nil {
		return probed{}, err
	}
	output, err := chooseOutput(&graph, outputs, declared, names, wanted)
	if err != nil {
		return probed{}, err
	}
	s.Output = Output{Name: output.value.Name, Classes: classesOf(output.shapes, max(1, declared))}
	source := "the model"
	if wanted != "" {
		source = "--output"
	}
	s.set("class output", fmt.Sprintf("%s, %d values", s.Output.Name, s.Output.Classes), source)
	for i, values := range output.values {
		if !finite(values) {
			s.warn("the model gives NaN or infinity for generated image %d; its weights or the preprocessing may be broken", i+1)
			break
		}
	}
	return output, nil
}

// recogniseTensors finds activation, logits and embedding, and proves them: the
// planned graph must give the class output's scores again.
func recogniseTensors(ctx context.Context, s *Spec, output probed, inputs []float32, declared int) error {
	m, err := onnx.ReadFile(s.Path)
	if err != nil {
		return err
	}
	x := m.Graph.Index()
	activation, logits := x.Logit(s.Output.Name)
	s.Activation, s.LogitTensor = interpret(activation, logits, output)
	if _, ok := x.Embedding(s.plan().scores()); ok {
		s.EmbeddingTensor = "?" // probed next; its name follows from the graph
	}
	want, err := probePlan(ctx, s, inputs, declared)
	if err != nil {
		return err
	}
	for !reproduces(s, want[0], output.values) && simplify(s) {
		if want, err = probePlan(ctx, s, inputs, declared); err != nil {
			return err
		}
	}
	nameEmbedding(s, x, want)
	if s.Activation == Sigmoid1 {
		s.Output.Classes = 2
	}
	recordTensors(s)
	chooseBatch(ctx, s, declared, inputs, want)
	s.set("batch", string(s.Batch.Mode), s.Batch.Note)
	return nil
}
