package classifier

import (
	"fmt"
	"path/filepath"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Quick readies the model at path for methods that take its graph apart, without
// running it first: input, output, activation and classes are what the file states
// and what lies beside it. Inspect tries the model on images and so also finds what
// a file hides, such as a softmax made of other operators, and whether batches give
// what single images give. The session of the whole model is opened when Run or
// Score first need it. The spec has no digest. The file must not change before the
// process ends.
func Quick(path string, o Options) (*Classifier, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the model: %w", err)
	}
	m, err := onnx.MapFile(path)
	if err != nil {
		return nil, err
	}
	c, err := quick(m, path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func quick(m *onnx.Model, path string, o Options) (*Classifier, error) {
	s := &Spec{Name: o.Name, Path: path, Opset: m.Opset(""), Producer: m.Producer(), Warnings: []string{}}
	if s.Name == "" {
		s.Name = nameFromPath(path)
	}
	var err error
	if s.Input, err = recogniseInput(m); err != nil {
		return nil, err
	}
	found, err := findSettings(m, s.Input, o)
	if err != nil {
		return nil, err
	}
	if err := fitPreprocessing(s, found); err != nil {
		return nil, err
	}
	s.Batch = Batch{Mode: Dynamic, Recommended: 1}
	if declared := int(m.Graph.RequiredInputs()[0].Shape[0].Size); declared > 0 {
		s.Batch.Mode, s.Batch.Fixed = Fixed, declared
	}
	if s.Output.Name, err = onlyOutput(m, o.Output); err != nil {
		return nil, err
	}
	c := &Classifier{spec: s, threads: max(1, o.Threads), mapped: true}
	return c, c.readEnd(m, found)
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

// readEnd finds activation, logits and classes in the graph, which it keeps.
func (c *Classifier) readEnd(m *onnx.Model, found settings) error {
	activation, logits := m.Graph.Index().Logit(c.spec.Output.Name)
	c.spec.Activation, c.spec.LogitTensor = Logits, c.spec.Output.Name
	if activation != onnx.NoActivation {
		c.spec.Activation, c.spec.LogitTensor = Softmax, logits
	}
	g, err := c.rewritten(m)
	if err != nil {
		return err
	}
	n := 0
	if n, err = scoresOf(g.Model.Types[g.Scores].Shape, max(1, c.spec.Batch.Fixed)); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOutput, c.spec.Output.Name, err)
	}
	c.spec.Output.Classes = n
	switch {
	case n == 1:
		c.spec.Activation, c.spec.Output.Classes = Sigmoid1, 2
	case activation == onnx.Sigmoid:
		c.spec.Activation = Sigmoid
	}
	if err := fitClasses(c.spec, found); err != nil {
		return err
	}
	if err := c.endInLogits(g); err != nil {
		return err
	}
	c.inside.once.Do(func() { c.inside.graph = g })
	return nil
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
