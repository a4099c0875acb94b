package classifier

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// MostClasses is how many classes a model may have: an image takes a score for each to store,
// and every page of a model's names is read as a whole.
const MostClasses = 100_000

// output runs the file as it is and finds the class output.
func (r *reading) output(ctx context.Context) (err error) {
	s := r.spec
	if err := r.affordable(); err != nil {
		return err
	}
	if r.probes, err = probeInputs(s); err != nil {
		return err
	}
	outputs, err := r.probeOutputs(ctx)
	if err != nil {
		return err
	}
	wanted := r.options.Output
	if r.scores, err = chooseOutput(r.model.Graph, outputs, r.fixed, len(r.found.classes), wanted); err != nil {
		return err
	}
	s.Output = Output{Name: r.scores.value.Name, Classes: classesOf(r.scores.shapes, max(1, r.fixed))}
	source := "the model"
	if wanted != "" {
		source = "--output"
	}
	if s.Output.Classes > MostClasses {
		return tooManyClasses(s.Output.Name, s.Output.Classes)
	}
	s.set("class output", fmt.Sprintf("%s, %d values", s.Output.Name, s.Output.Classes), source)
	if len(r.scores.stated) > 0 {
		s.warn("the model gives its scores in sorted order (TopK: %s); the scores before it, %s, are used, one per class", strings.Join(r.scores.stated, ", "), s.Output.Name)
	}
	for i, values := range r.scores.values {
		if !finite(values) {
			s.warn("the model gives NaN or infinity for generated image %d; its weights or the preprocessing may be broken", i+1)
			break
		}
	}
	return nil
}

func tooManyClasses(output string, n int) error {
	return fmt.Errorf("%w: output %q has %d values per image, more than the %d classes that can be measured; if another output has the class scores, name it with --output", ErrClasses, output, n, MostClasses)
}

// affordable refuses what the file declares to be too large, before it is run: a run would
// take all memory.
func (r *reading) affordable() error {
	if in := r.spec.Input; in.Width*in.Height > imaging.DefaultMaxPixels {
		return fmt.Errorf("%w: its input has %d×%d pixels, more than the %d that an image may have", ErrNotImage, in.Width, in.Height, imaging.DefaultMaxPixels)
	}
	var real []*onnx.Value
	for _, v := range r.model.Graph.Outputs {
		if v.IsTensor() && isReal(v.Type) {
			real = append(real, v)
		}
	}
	if len(real) != 1 || !real[0].HasShape {
		return nil
	}
	var shape []int64
	for _, d := range real[0].Shape {
		shape = append(shape, max(1, d.Size))
	}
	if n := classesOf(shape, max(1, r.fixed)); n > MostClasses {
		return tooManyClasses(real[0].Name, n)
	}
	return nil
}

// chooseOutput finds the output that holds the class scores. wanted is the user's
// choice ("" for none), names the number of class names known (0 for none).
func chooseOutput(g *onnx.Graph, outputs []probed, fixed, names int, wanted string) (probed, error) {
	n := max(1, fixed)
	if wanted != "" {
		return wantedOutput(g, outputs, n, wanted)
	}
	if i := slices.IndexFunc(outputs, func(o probed) bool { return o.sorted && (o.least || len(outputs) == 1) }); i >= 0 {
		return probed{}, orderRefused(outputs[i])
	}
	if why := detects(g, outputs); why != "" {
		return probed{}, fmt.Errorf("%w: it looks like a detector (%s); Sightline works with models that give one score per class and image. If one output does, name it with --output", ErrNotClassifier, why)
	}
	var candidates []probed
	for _, o := range outputs {
		if classesOf(o.shapes, n) > 0 && isReal(o.value.Type) && !o.sorted {
			candidates = append(candidates, o)
		}
	}
	candidates = narrow(g, candidates, n, names)
	switch len(candidates) {
	case 1:
		return candidates[0], nil
	case 0:
		return probed{}, fmt.Errorf("%w: %s", ErrNotClassifier, whyNone(g, outputs, n))
	}
	return probed{}, fmt.Errorf("%w: several outputs could hold the class scores; choose one with --output: %s", ErrOutput, describe(candidates))
}

func wantedOutput(g *onnx.Graph, outputs []probed, n int, wanted string) (probed, error) {
	for _, o := range outputs {
		if o.value.Name != wanted && o.zipped != wanted && !slices.Contains(o.stated, wanted) {
			continue
		}
		if o.sorted {
			return probed{}, orderRefused(o)
		}
		if classesOf(o.shapes, n) == 0 {
			return probed{}, fmt.Errorf("%w: output %q has the shape %v, which is not one score per class; choose one of: %s", ErrOutput, wanted, o.shapes, describe(outputs))
		}
		return o, nil
	}
	return probed{}, fmt.Errorf("%w: the model has no output %q; choose one of: %s", ErrOutput, wanted, list(g.Outputs))
}

func isReal(t onnx.DataType) bool {
	return t == onnx.Float32 || t == onnx.Float16 || t == onnx.Float64 || t == onnx.BFloat16
}

func describe(outputs []probed) string {
	var s []string
	for _, o := range outputs {
		s = append(s, fmt.Sprintf("%s %v", o.value.Name, o.shapes))
	}
	return strings.Join(s, ", ")
}

// narrow drops candidates that are not the class output: ones that others are
// computed from (features, or logits beside their softmax), ones of another
// number than the class names, single values beside lists.
func narrow(g *onnx.Graph, candidates []probed, n, names int) []probed {
	rules := []func(probed) bool{
		func(o probed) bool { return names > 0 && classesOf(o.shapes, n) == names },
		func(o probed) bool { return !feedsAnother(g, o, candidates) },
		func(o probed) bool { return classesOf(o.shapes, n) > 1 },
		func(o probed) bool { return hasScoreName(o.value.Name) },
	}
	for _, rule := range rules {
		if len(candidates) < 2 {
			break
		}
		if kept := slices.DeleteFunc(slices.Clone(candidates), func(o probed) bool { return !rule(o) }); len(kept) > 0 {
			candidates = kept
		}
	}
	return candidates
}

// feedsAnother reports whether another candidate is computed from o.
func feedsAnother(g *onnx.Graph, o probed, candidates []probed) bool {
	reached := g.Reachable(o.value.Name)
	return slices.ContainsFunc(candidates, func(other probed) bool {
		return other.value.Name != o.value.Name && reached[other.value.Name]
	})
}

func hasScoreName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"logit", "prob", "score", "softmax", "class", "predict"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// detects says why the model looks like a detector, "" if it does not.
func detects(g *onnx.Graph, outputs []probed) string {
	for _, n := range g.Nodes {
		if suppresses(n) {
			return "it contains " + n.Op
		}
	}
	for _, o := range outputs {
		s := o.shapes
		if len(s) == 3 && s[1] > 1 && s[2] > 1 {
			return fmt.Sprintf("output %s of shape %v is a list of boxes", o.value.Name, s)
		}
		if len(s) >= 2 && s[len(s)-1] == 4 && strings.Contains(strings.ToLower(o.value.Name), "box") {
			return fmt.Sprintf("output %s of shape %v holds boxes", o.value.Name, s)
		}
	}
	return ""
}

// suppresses reports whether n drops boxes that overlap.
func suppresses(n *onnx.Node) bool {
	return n.Op == "NonMaxSuppression" || strings.Contains(n.Op, "NMS")
}

// whyNone says what the outputs are instead of class scores.
func whyNone(g *onnx.Graph, outputs []probed, n int) string {
	for _, o := range outputs {
		if o.sorted {
			return fmt.Sprintf("output %s holds scores in sorted order (TopK), not one score per class", o.value.Name)
		}
		if s := o.shapes; len(s) == 4 && s[2] > 1 && s[3] > 1 {
			return fmt.Sprintf("output %s of shape %v is a value per pixel, as of a segmentation or image-to-image model", o.value.Name, s)
		}
	}
	return fmt.Sprintf("none of its outputs (%s) has one score per class", list(g.Outputs))
}
