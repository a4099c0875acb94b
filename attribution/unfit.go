package attribution

import (
	"errors"

	"github.com/sightline/sightline/autodiff"
)

// Unfit reports whether an error of a method says that it cannot explain this
// model or this sample, whatever the machine: another method may.
func Unfit(err error) bool {
	var attention *NoAttentionError
	var layer *NoLayerError
	var relu *NoReluError
	var relevance *autodiff.RelevanceError
	var rule *autodiff.MissingRuleError
	for _, typed := range []any{&attention, &layer, &relu, &relevance, &rule} {
		if errors.As(err, typed) {
			return true
		}
	}
	return errors.Is(err, ErrNotDifferentiable) || errors.Is(err, ErrNoBaselines) || errors.Is(err, ErrNoTruth)
}
