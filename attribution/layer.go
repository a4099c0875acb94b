package attribution

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Layer is a tensor inside a model at which a CAM method looks: everything the
// scores take from the picture passes through it.
type Layer struct {
	Tensor string // name in the canonical graph, the original's except where nodes were folded
	Grid   Grid
}

// Layers lists the tensors a CAM can be made of, from the last one of the model
// to the first: bottlenecks of the graph with more than one place of the picture.
func Layers(d Differentiable) ([]Layer, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, err
	}
	_, _, _, layout := d.Shape()
	known := views(g, layout)
	var list []Layer
	for _, name := range slices.Backward(autodiff.Bottlenecks(g.Model, g.Input, g.Scores)) {
		v, ok := known[name]
		if !ok || g.Model.Types[name].Elem != onnx.Float32 {
			continue
		}
		if grid, ok := v.grid(g.Model.Types[name].Shape); ok && grid.Height*grid.Width > 1 {
			list = append(list, Layer{name, grid})
		}
	}
	return list, nil
}

// NoLayerError says that a model has no tensor a CAM can be made of.
type NoLayerError struct{ Wanted string }

func (e *NoLayerError) Error() string {
	if e.Wanted != "" {
		return fmt.Sprintf("the model has no layer %q with places of the picture through which all of it passes; `sightline model show` lists those it has, or count from the last one: 1, 2, …", e.Wanted)
	}
	return "no tensor of the model has places of the picture and passes all of it on, so there is no layer for a CAM: choose gradient, occlusion or rise"
}

// chosenLayer is the note under which the automatic choice is kept.
type chosenLayer struct{}

// FindLayer returns the layer called wanted: a tensor's name, or a number that
// counts from the last one, 1. "" is the automatic choice: the last layer at
// which the scores' gradient, on the given input, is not zero at more than one
// place. (In a vision transformer only the class token feeds the head, so that
// is the input of the last attention block.)
func FindLayer(ctx context.Context, d Differentiable, wanted string, input []float32) (Layer, error) {
	g, err := d.Graph()
	if err != nil {
		return Layer{}, err
	}
	if found, ok := g.Notes.Load(chosenLayer{}); ok && wanted == "" {
		return found.(Layer), nil
	}
	layers, err := Layers(d)
	if err != nil {
		return Layer{}, err
	}
	if wanted != "" {
		return namedLayer(layers, wanted)
	}
	for _, l := range layers {
		spread, err := spreads(ctx, d, l, input)
		if err != nil {
			return Layer{}, err
		}
		if spread {
			g.Notes.Store(chosenLayer{}, l)
			return l, nil
		}
	}
	if len(layers) == 0 {
		return Layer{}, &NoLayerError{}
	}
	return layers[0], nil // this input's gradient is zero everywhere: the map will say so, another input may choose
}

func namedLayer(layers []Layer, wanted string) (Layer, error) {
	if n, err := strconv.Atoi(strings.TrimPrefix(wanted, "-")); err == nil && n >= 1 && n <= len(layers) {
		return layers[n-1], nil
	}
	i := slices.IndexFunc(layers, func(l Layer) bool { return l.Tensor == wanted })
	if i < 0 {
		return Layer{}, &NoLayerError{wanted}
	}
	return layers[i], nil
}

// spreads reports whether the highest score's gradient at a layer reaches more
// than one place.
func spreads(ctx context.Context, d Differentiable, l Layer, input []float32) (bool, error) {
	split, err := openSplit(d, l)
	if err != nil {
		return false, err
	}
	scores, values, err := split.forward(ctx, input, 1)
	if err != nil {
		return false, err
	}
	best, _ := topTwo(scores)
	seed := make([]float32, d.Classes())
	seed[best] = 1
	gradient, err := split.backward(ctx, values, seed, 1)
	if err != nil {
		return false, err
	}
	places := 0
	for y := range l.Grid.Height {
		for x := range l.Grid.Width {
			if !l.Grid.zero(gradient, y, x) {
				places++
			}
		}
	}
	return places > 1, nil
}

// zero reports whether all channels at a place are zero.
func (g Grid) zero(values []float32, y, x int) bool {
	for c, i := 0, g.at(y, x); c < g.Channels; c, i = c+1, i+g.ChannelStride {
		if values[i] != 0 {
			return false
		}
	}
	return true
}

// split is a model in two parts, before and after a layer. The second is small,
// so one forward pass serves any number of targets.
type split struct {
	layer       Layer
	first, head autodiff.Program
}

func openSplit(d Differentiable, l Layer) (*split, error) {
	first, err := d.Program("trunk "+l.Tensor, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		trunk := autodiff.Trunk(g.Model, g.Scores, l.Tensor)
		return &autodiff.Recipe{Model: trunk.Model, Inputs: []string{g.Input}, Outputs: []string{g.Scores, l.Tensor}}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("run the model up to %s: %w", l.Tensor, err)
	}
	head, err := d.Program("head "+l.Tensor, func(g *autodiff.Graph) (*autodiff.Recipe, error) { return headGradient(g, l) })
	if err != nil {
		return nil, fmt.Errorf("differentiate the model from %s on: %w", l.Tensor, err)
	}
	return &split{l, first, head}, nil
}

// headGradient is the recipe from a layer's values and a seed to the gradient at
// the layer.
func headGradient(g *autodiff.Graph, l Layer) (*autodiff.Recipe, error) {
	var head *canonical.Model
	head, err := autodiff.Head(g.Model, l.Tensor, g.Scores)
	if err != nil {
		return nil, err
	}
	r, err := autodiff.Gradient(head, autodiff.Options{Of: g.Scores, With: []string{l.Tensor}})
	if err != nil {
		return nil, err
	}
	r.Model.Graph.KeepOutputs(r.Gradients...)
	return &autodiff.Recipe{Model: r.Model, Inputs: []string{l.Tensor, r.Seed}, Outputs: r.Gradients}, nil
}

// forward returns the scores of n inputs and the layer's values.
func (s *split) forward(ctx context.Context, inputs []float32, n int) (scores, values []float32, err error) {
	out, err := s.first.Run(ctx, n, inputs)
	if err != nil {
		return nil, nil, err
	}
	return out[0], out[1], nil
}

// backward returns the gradient of the seeds' weighted sum of scores.
func (s *split) backward(ctx context.Context, values, seeds []float32, n int) ([]float32, error) {
	out, err := s.head.Run(ctx, n, values, seeds)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}
