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
		outputs := append([]string{g.Scores}, l.reads(g)...)
		return &autodiff.Recipe{Model: autodiff.Trunk(g.Model, outputs...).Model, Inputs: []string{g.Input}, Outputs: outputs}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("run the model up to %s: %w", l.Tensor, err)
	}
	return &split{l, l.cut == g.Input, first, head}, nil
}

// reads are the tensors that a map at the layer is made of: the layer's, and its cut where
// that is another one and not the input.
func (l Layer) reads(g *autodiff.Graph) []string {
	if l.cut != l.Tensor && l.cut != g.Input {
		return []string{l.Tensor, l.cut}
	}
	return []string{l.Tensor}
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
	return s.seen(inputs, out[0], out[1:]), nil
}

// seen are samples of which a run gave the scores and the tensors that the layer reads.
func (s *split) seen(inputs, scores []float32, tensors [][]float32) *features {
	f := &features{s, scores, tensors[0], tensors[len(tensors)-1]}
	if s.whole {
		f.cut = inputs
	}
	return f
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
