package autodiff_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// model is a problem as a model.
func (p problem) model() *onnx.Model {
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 18}, {Domain: "com.microsoft", Version: 1}}, Graph: &onnx.Graph{
		Outputs: []*onnx.Value{{Name: "y", Type: onnx.Float32}}, Initializers: p.constants, Nodes: p.nodes}}
	for i, s := range p.inputs {
		m.Graph.Inputs = append(m.Graph.Inputs, onnx.NewValue([]string{"x0", "x1", "x2"}[i], onnx.Float32, s...))
	}
	return m
}

// ruleSets are one of each kind.
func ruleSets() map[string]autodiff.Rules {
	return map[string]autodiff.Rules{"plain": autodiff.Plain(), "guided": autodiff.Guided(), "relevance": autodiff.Relevance(autodiff.Composite{
		Dense: autodiff.Epsilon(1e-3), Conv: autodiff.Gamma(0.25), First: autodiff.Flat()})}
}

// TestDamagedModels differentiates models with something wrong in them: they may be
// refused with an error, and some still have a gradient. Nothing recovers from a
// panic.
func TestDamagedModels(t *testing.T) {
	rules := ruleSets()
	for _, family := range families {
		for name, make := range family {
			t.Run(name, func(t *testing.T) {
				for i := range 80 {
					r := rand.New(rand.NewPCG(uint64(i), 5))
					takeApart(testmodel.Damage(make(newDice(i%trials)).model(), r), rules)
				}
			})
		}
	}
}

// takeApart rewrites a model and differentiates it by every rule set, if it can be.
func takeApart(m *onnx.Model, rules map[string]autodiff.Rules) {
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		return
	}
	canonical.Bytes(c.Model)
	for _, set := range rules {
		_, _ = autodiff.Gradient(c, autodiff.Options{Rules: set})
	}
}

// TestOwnMistakesAreNotHidden has a rule that panics: the panic arrives, instead of
// an error that blames the model.
func TestOwnMistakesAreNotHidden(t *testing.T) {
	c, err := canonical.Rewrite(op("Relu", [][]int64{{2}}, nil).model(), canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mistake := errors.New("index out of range")
	defer func() {
		if recover() != mistake {
			t.Error("the panic of a rule was recovered from")
		}
	}()
	_, err = autodiff.Gradient(c, autodiff.Options{Rules: autodiff.Rules{"Relu": func(*autodiff.Context) error { panic(mistake) }}})
	t.Errorf("a rule that panics gives the error %v", err)
}
