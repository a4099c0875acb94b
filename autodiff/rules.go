package autodiff

import (
	"fmt"
	"maps"
)

// A Rule emits the gradients of the inputs of one node (see [Context]).
type Rule func(x *Context) error

// Rules is a rule set: a rule for each operator, called by its type, with its
// domain in front ("com.microsoft.X") if it is not of the standard set.
type Rules map[string]Rule

// Plain returns the rules of the ordinary gradient.
func Plain() Rules {
	all := Rules{}
	for _, family := range []Rules{activations, arithmetic, convolutions, einsums, functions, indexing, layout, linear, norms,
		pools, quantised, reductions, resizing, scattering, softmaxes} {
		maps.Copy(all, family)
	}
	return all
}

// With returns the rule set with others put in the place of its own; a nil rule
// removes one.
func (r Rules) With(others Rules) Rules {
	all := maps.Clone(r)
	for op, rule := range others {
		all[op] = rule
		if rule == nil {
			delete(all, op)
		}
	}
	return all
}

// A MissingRuleError says that an operator between the tensors in question has no
// rule, so that there is no gradient.
type MissingRuleError struct {
	Operator string // operator type, with its domain if not of the standard set
	Node     string // label of the node
}

func (e *MissingRuleError) Error() string {
	return fmt.Sprintf("there is no gradient rule for the operator %s (node %s); methods that need no gradient, such as occlusion and RISE, still work for this model",
		e.Operator, e.Node)
}

// zero is the rule of operators that are flat almost everywhere: nothing flows
// back.
func zero(*Context) error { return nil }
