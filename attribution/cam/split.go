package cam

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/autodiff"
)

// split is a model in two parts: up to a layer, and from the layer's cut on. The
// second is small, so one forward pass serves any number of targets.
type split struct {
	layer       Layer
	whole       bool // the cut is the input itself
	first, head autodiff.Program
}

func openSplit(d attribution.Differentiable, l Layer) (*split, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, err
	}
	head, err := openHead(d, l)
	if err != nil {
		return nil, err
	}
	first, err := d.Program("trunk "+l.Tensor, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		outputs := []string{g.Scores, l.Tensor}
		if l.cut != l.Tensor && l.cut != g.Input {
			outputs = append(outputs, l.cut)
		}
		return &autodiff.Recipe{Model: autodiff.Trunk(g.Model, outputs...).Model, Inputs: []string{g.Input}, Outputs: outputs}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("run the model up to %s: %w", l.Tensor, err)
	}
	return &split{l, l.cut == g.Input, first, head}, nil
}

// openHead opens the part that goes from a layer's cut and seeds, a row of classes
// per sample, to the gradient at the layer.
func openHead(d attribution.Differentiable, l Layer) (autodiff.Program, error) {
	head, err := d.Program("head "+l.Tensor, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		m, err := autodiff.Head(g.Model, l.cut, g.Scores)
		if err != nil {
			return nil, err
		}
		r, err := autodiff.Gradient(m, autodiff.Options{Of: g.Scores, With: []string{l.Tensor}})
		if err != nil {
			return nil, err
		}
		r.Model.Graph.KeepOutputs(r.Gradients...)
		return &autodiff.Recipe{Model: r.Model, Inputs: []string{l.cut, r.Seed}, Outputs: r.Gradients}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("differentiate the model from %s on: %w", l.Tensor, err)
	}
	return head, nil
}

// features are samples seen at a layer.
type features struct {
	*split
	scores, values, cut []float32
}

// forward runs n inputs up to the layer.
func (s *split) forward(ctx context.Context, inputs []float32, n int) (*features, error) {
	out, err := s.first.Run(ctx, n, inputs)
	if err != nil {
		return nil, err
	}
	f := &features{s, out[0], out[1], out[len(out)-1]}
	if s.whole {
		f.cut = inputs
	}
	return f, nil
}

// backward returns the gradients at the layer of the seeds' weighted sums of
// scores, for n rows of cuts.
func (f *features) backward(ctx context.Context, cuts, seeds []float32, n int) ([]float32, error) {
	out, err := f.head.Run(ctx, n, cuts, seeds)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}
