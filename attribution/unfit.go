package attribution

import (
	"errors"

	"github.com/sightline/sightline/autodiff"
)

// ErrUnfit is what the errors of the families' own types are, by errors.Is: the
// method cannot explain this model, whatever the machine.
var ErrUnfit = errors.New("the method does not fit the model")

// ErrNoBaselines is wrapped where a method wants other images and has none.
var ErrNoBaselines = errors.New("other images of the dataset are needed to compare with, and none were given")

// Unfit reports whether an error of a method says that it cannot explain this
// model or this sample, whatever the machine: another method may.
func Unfit(err error) bool {
	var relevance *autodiff.RelevanceError
	var rule *autodiff.MissingRuleError
	var flat *autodiff.NoSlopeError
	var nan *NaNError
	for _, typed := range []any{&relevance, &rule, &flat, &nan} {
		if errors.As(err, typed) {
			return true
		}
	}
	for _, kind := range []error{ErrUnfit, ErrNotDifferentiable, ErrNoBaselines, ErrNoTruth} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
