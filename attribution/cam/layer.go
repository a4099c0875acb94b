package cam

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/positions"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// Grid says where in a layer's tensor the values of a place lie.
type Grid = positions.Grid

// Layer is a tensor inside a model at which a CAM method looks.
type Layer struct {
	Tensor string // name in the canonical graph, the original's except where nodes were folded
	Grid   Grid
	// cut is the last tensor up to this one through which all of the image
	// passes: Tensor itself for the layers of Layers.
	cut string
	// across and down are where the middles of columns and rows lie in the input, once measured; see lie.
	across, down imaging.Line
}

// Layers lists the tensors a CAM can be made of, from the last one of the model
// to the first: bottlenecks of the graph, through which everything the scores take
// from the image passes, with more than one spatial position.
func Layers(d attribution.Differentiable) ([]Layer, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, err
	}
	known := layerViews(d, g)
	var list []Layer
	for _, name := range slices.Backward(autodiff.Bottlenecks(g.Model, g.Input, g.Scores)) {
		if l, ok := layerOf(g, known, name); ok {
			list = append(list, l)
		}
	}
	return list, nil
}

func layerViews(d attribution.Differentiable, g *autodiff.Graph) map[string]positions.View {
	_, _, _, layout := d.Shape()
	return positions.Find(g, layout)
}

// layerOf is a tensor as a layer, if it is known to have several places.
func layerOf(g *autodiff.Graph, known map[string]positions.View, name string) (Layer, bool) {
	v, ok := known[name]
	if !ok || g.Model.Types[name].Elem != onnx.Float32 {
		return Layer{}, false
	}
	grid, ok := v.Grid(g.Model.Types[name].Shape)
	return Layer{Tensor: name, Grid: grid, cut: name}, ok && grid.Height*grid.Width > 1
}

// LayerChoices lists the tensors a CAM can be made of, as Layers, and the index of
// the automatic choice among them. It is a NoLayerError where there are none.
func LayerChoices(ctx context.Context, d attribution.Differentiable) (layers []Layer, automatic int, err error) {
	if layers, err = Layers(d); err != nil {
		return nil, -1, err
	}
	chosen, err := FindLayer(ctx, d, "")
	if err != nil {
		return nil, -1, err
	}
	return layers, slices.IndexFunc(layers, func(l Layer) bool { return l.Tensor == chosen.Tensor }), nil
}

// NoLayerError says that a model has no tensor a CAM can be made of.
type NoLayerError struct{ Wanted string }

// Unwrap says that another method may fit the model.
func (e *NoLayerError) Unwrap() error { return attribution.ErrUnfit }

func (e *NoLayerError) Error() string {
	if e.Wanted != "" {
		return fmt.Sprintf("the model has no layer %q that holds spatial positions and feeds the scores; `sightline layers FILE` lists those all of it passes through, or count from the last one: 1, 2, …", e.Wanted)
	}
	return "no tensor of the model has spatial positions and passes all of it on, so there is no layer for a CAM: choose gradient, occlusion or rise"
}

// chosenLayer is the note under which the automatic choice is kept.
type chosenLayer struct{}

// FindLayer returns the layer called wanted: the name of any tensor that holds
// spatial positions, or a number that counts Layers from the last one, 1. ""
// is the automatic choice: the last of Layers at which the scores' gradient is not
// zero at more than one place. (In a vision transformer only the class token feeds
// the head, so that is the input of the last attention block.)
//
// The choice is the model's, not the image's: gradients are tried on random
// values at the layer, the same each time, so that an image whose own gradient
// happens to vanish cannot change it, and all images are looked at in one place.
func FindLayer(ctx context.Context, d attribution.Differentiable, wanted string) (Layer, error) {
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
		return namedLayer(d, g, layers, wanted)
	}
	for _, l := range layers {
		spread, err := spreads(ctx, d, l)
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
	g.Notes.Store(chosenLayer{}, layers[0]) // nothing flows back at all: the map will be zero, and say so
	return layers[0], nil
}

// Ready finds the layer called wanted, as FindLayer, and opens the two parts of the
// model that a CAM there runs.
func Ready(ctx context.Context, d attribution.Differentiable, wanted string) (Layer, error) {
	l, err := placedLayer(ctx, d, wanted)
	if err == nil {
		_, err = openSplit(d, l)
	}
	return l, err
}

func namedLayer(d attribution.Differentiable, g *autodiff.Graph, layers []Layer, wanted string) (Layer, error) {
	if n, err := strconv.Atoi(strings.TrimPrefix(wanted, "-")); err == nil && n >= 1 && n <= len(layers) {
		return layers[n-1], nil
	}
	if l, ok := layerOf(g, layerViews(d, g), wanted); ok && wanted != g.Input {
		if l.cut = cutBefore(g, wanted); l.cut != "" {
			return l, nil
		}
	}
	return Layer{}, &NoLayerError{wanted}
}

// cutBefore returns the last bottleneck up to a tensor, the input at the earliest;
// "" where the scores do not depend on the tensor.
func cutBefore(g *autodiff.Graph, tensor string) string {
	if !autodiff.Depends(g.Model, tensor, g.Scores) || !autodiff.Depends(g.Model, g.Input, tensor) {
		return ""
	}
	cut := g.Input
	for _, name := range autodiff.Bottlenecks(g.Model, g.Input, g.Scores) {
		if name == tensor || autodiff.Depends(g.Model, name, tensor) {
			cut = name
		}
	}
	return cut
}

// spreads reports whether the scores' gradient at a layer reaches more than one
// place, for random weights of the scores.
func spreads(ctx context.Context, d attribution.Differentiable, l Layer) (bool, error) {
	_, gradient, err := randomPass(ctx, d, l)
	return err == nil && l.Grid.Active(gradient) > 1, err
}

// randomPass runs the head of a model on random values at a layer that are not negative, as
// after a ReLU, for random weights of the scores: always the same. gradient is that at the layer.
func randomPass(ctx context.Context, d attribution.Differentiable, l Layer) (values, gradient []float32, err error) {
	head, err := openHead(d, l)
	if err != nil {
		return nil, nil, err
	}
	return randomAt(ctx, head, l, d.Classes(), 1)
}

// randomAt is randomPass of a head that is open, with values that are size times as large.
func randomAt(ctx context.Context, head autodiff.Program, l Layer, classes int, size float64) (values, gradient []float32, err error) {
	r := rand.New(rand.NewPCG(11, 13))
	values, seed := make([]float32, l.Grid.Length), make([]float32, classes)
	for i := range values {
		values[i] = float32(size * math.Abs(r.NormFloat64()))
	}
	for i := range seed {
		seed[i] = float32(r.NormFloat64())
	}
	out, err := head.Run(ctx, 1, values, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("look for the layer of a CAM: %w", err)
	}
	return values, out[0], nil
}
