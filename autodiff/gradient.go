package autodiff

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Options of a differentiation.
type Options struct {
	// Of names the tensor to differentiate, such as the logits; "" means the
	// model's first output.
	Of string
	// With names the tensors to differentiate with respect to; none means the
	// model's first input. They may be intermediate tensors.
	With []string
	// Rules emit the backward pass; nil means Plain().
	Rules Rules
}

// A Result is a model that computes a gradient beside its forward pass.
type Result struct {
	// Model has the outputs Of and Gradients, in that order, and one input more
	// than the original: Seed, last.
	Model *onnx.Model
	// Of is the differentiated tensor, Seed the input of its shape.
	Of, Seed string
	// Gradients names one output per tensor of Options.With, of its shape: the
	// gradient of the sum of Of times Seed.
	Gradients []string
}

// Gradient returns a model that computes what m computes up to Of and the
// gradient of it. m is not changed; weights are shared. It fails with a
// [*MissingRuleError] where an operator on the way has no rule, and with an error
// that says so where Of does not depend on a tensor of With.
func Gradient(m *canonical.Model, o Options) (*Result, error) {
	o, err := o.resolve(m)
	if err != nil {
		return nil, err
	}
	t := newTape(m, o)
	if err := t.backward(o); err != nil {
		return nil, err
	}
	return t.result(m, o)
}

func (o Options) resolve(m *canonical.Model) (Options, error) {
	if o.Of == "" && len(m.Graph.Outputs) == 0 {
		return o, fmt.Errorf("differentiate: the model has no output")
	}
	if o.Of == "" {
		o.Of = m.Graph.Outputs[0].Name
	}
	if len(o.With) == 0 {
		if len(m.Graph.Inputs) == 0 {
			return o, fmt.Errorf("differentiate %s: the model has no input", o.Of)
		}
		o.With = []string{m.Graph.Inputs[0].Name}
	}
	if o.Rules == nil {
		o.Rules = Plain()
	}
	for _, name := range append([]string{o.Of}, o.With...) {
		if _, ok := m.Types[name]; !ok {
			return o, fmt.Errorf("differentiate %s: the model has no tensor %q; canonical names are those of the original except where nodes were folded", o.Of, name)
		}
	}
	return o, nil
}

// backward emits the backward pass, from the last node to the first.
func (t *tape) backward(o Options) error {
	for _, n := range slices.Backward(t.forward) {
		if !slices.ContainsFunc(n.Outputs, t.received) {
			continue
		}
		if !slices.ContainsFunc(n.Inputs, func(in string) bool { return t.wanted[in] }) {
			continue
		}
		rule := o.Rules[key(n)]
		if rule == nil {
			return &MissingRuleError{Operator: key(n), Node: n.Label()}
		}
		if err := t.apply(rule, n); err != nil {
			return fmt.Errorf("differentiate node %s: %w", n.Label(), err)
		}
	}
	return nil
}

// apply runs a rule. The canonical form has every input that its operator needs;
// what else a damaged model lacks, the Context's checked accessors find.
func (t *tape) apply(rule Rule, n *onnx.Node) error {
	x := &Context{tape: t, Node: n, hint: "grad_" + n.Outputs[0]}
	return errors.Join(rule(x), x.err, t.err)
}

// key is the operator's name in a rule set.
func key(n *onnx.Node) string {
	if n.Is(n.Op) {
		return n.Op
	}
	return n.Domain + "." + n.Op
}

// result names the gradients and makes the model.
func (t *tape) result(m *canonical.Model, o Options) (*Result, error) {
	r := &Result{Of: o.Of, Seed: t.seed}
	outputs := []string{o.Of}
	for _, with := range o.With {
		g := t.sum(with)
		if t.err != nil {
			return nil, fmt.Errorf("differentiate %s: %w", o.Of, t.err)
		}
		if g == "" {
			return nil, t.noSlope(o.Of, with)
		}
		name := t.edit.Emit("gradient_"+with, "Identity", []string{g})
		r.Gradients, outputs = append(r.Gradients, name), append(outputs, name)
	}
	for _, name := range outputs {
		if t.graph.Output(name) == nil {
			t.graph.Outputs = append(t.graph.Outputs, &onnx.Value{Name: name, Type: onnx.Float32})
		}
	}
	t.graph.KeepOutputs(outputs...)
	copied := *m.Model
	copied.Graph = t.graph
	r.Model = &copied
	return r, nil
}

// A NoSlopeError says that a tensor has no gradient with respect to another, whatever the
// values: it is not computed from it, or only over an operator that counts.
type NoSlopeError struct {
	Of, With string
	Operator string // the last such operator, "" where Of is not computed from With
	Node     string // its label
}

func (e *NoSlopeError) Error() string {
	if e.Operator == "" {
		return fmt.Sprintf("%s is not computed from %s, so there is no gradient", e.Of, e.With)
	}
	return fmt.Sprintf("the way from %s to %s leads over the operator %s (node %s), which has no slope, so there is no gradient; methods that need none, such as occlusion and rise, still work for this model",
		e.With, e.Of, e.Operator, e.Node)
}

// noSlope says why of has no gradient with respect to with: the last node on the way that
// received one and passed none on.
func (t *tape) noSlope(of, with string) error {
	e := &NoSlopeError{Of: of, With: with}
	way := onTheWay(t.model.Graph, with, of)
	receives := func(name string) bool { return way[name] && t.received(name) }
	for _, n := range t.forward {
		if slices.ContainsFunc(n.Outputs, receives) && !slices.ContainsFunc(n.Inputs, receives) {
			e.Operator, e.Node = key(n), n.Label()
		}
	}
	return e
}
