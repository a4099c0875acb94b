package attribution

import (
	"errors"
	"fmt"

	"github.com/sightline/sightline/autodiff"
)

// Differentiable is a Scorer whose graph is known, so that methods can have
// other graphs made of it: one that ends at a layer, one with a backward pass.
// Whoever implements it runs those; methods only say what to run.
type Differentiable interface {
	Scorer
	// Graph is the model as methods may take it apart; its scores are those of
	// Score. An error says why it cannot be had.
	Graph() (*autodiff.Graph, error)
	// Program returns what the recipe called name makes, ready to run. It is made
	// once and kept, so that name must tell everything the recipe depends on, the
	// model aside.
	Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error)
}

// ErrNotDifferentiable is wrapped by errors of methods that need the graph of a
// model that cannot be had or differentiated.
var ErrNotDifferentiable = errors.New("gradients of this model cannot be computed")

// Inside is s, if its inside is known.
func Inside(s Scorer) (Differentiable, error) {
	d, ok := s.(Differentiable)
	if !ok {
		return nil, fmt.Errorf("%w: only its scores are known; choose a method that needs no more, such as occlusion or rise", ErrNotDifferentiable)
	}
	if _, err := d.Graph(); err != nil {
		return nil, fmt.Errorf("%w: %w; methods that need only scores, such as occlusion and rise, still work", ErrNotDifferentiable, err)
	}
	return d, nil
}
