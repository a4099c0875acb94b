package autodiff

import (
	"fmt"
	"slices"
)

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
