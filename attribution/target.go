package attribution

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Kind is the way a target is chosen.
type Kind string

// The kinds of target.
const (
	Predicted Kind = "predicted" // the class with the highest score
	True      Kind = "true"      // the class of the label
	OneClass  Kind = "class"     // the class of Target.Class
	Contrast  Kind = "contrast"  // predicted minus true; on a right prediction, predicted minus runner-up
)

// Target is what a map explains: a class's score, or the difference of two.
// Class and Minus have a meaning once resolved (Class also for OneClass).
type Target struct {
	Kind  Kind
	Class int // whose score is explained
	Minus int // whose score is subtracted; -1 for none
}

// ErrNoTruth is wrapped by Resolve when the true class is asked for and the
// sample has none.
var ErrNoTruth = errors.New("the sample's label is not one of the model's classes")

// ParseTarget reads "predicted", "true", "contrast" or "class:12". An empty
// string is "predicted".
func ParseTarget(s string) (Target, error) {
	switch kind := Kind(s); kind {
	case "":
		return Target{Kind: Predicted, Minus: -1}, nil
	case Predicted, True, Contrast:
		return Target{Kind: kind, Minus: -1}, nil
	}
	number, ok := strings.CutPrefix(s, "class:")
	index, err := strconv.Atoi(number)
	if !ok || err != nil || index < 0 {
		return Target{}, fmt.Errorf("target %q is none of predicted, true, contrast, class:INDEX", s)
	}
	return Target{Kind: OneClass, Class: index, Minus: -1}, nil
}

// String is the inverse of ParseTarget.
func (t Target) String() string {
	switch t.Kind {
	case OneClass:
		return "class:" + strconv.Itoa(t.Class)
	case "":
		return string(Predicted)
	}
	return string(t.Kind)
}

// Resolve finds the classes a target means for a sample with these logits and
// this true class (NoTruth if unknown). Equal scores: the lower index is the
// prediction. A contrast without a known truth is predicted minus runner-up.
func Resolve(t Target, logits []float32, truth int) (Target, error) {
	if err := usable(logits); err != nil {
		return Target{}, fmt.Errorf("resolve target %s: %w", t, err)
	}
	best, second := topTwo(logits)
	t.Minus = -1
	switch t.Kind {
	case "", Predicted:
		t.Kind, t.Class = Predicted, best
	case True:
		if truth < 0 || truth >= len(logits) {
			return Target{}, fmt.Errorf("resolve target true: %w: choose the predicted class, or map the label to a class", ErrNoTruth)
		}
		t.Class = truth
	case OneClass:
		if t.Class < 0 || t.Class >= len(logits) {
			return Target{}, fmt.Errorf("resolve target %s: the model has classes 0 to %d", t, len(logits)-1)
		}
	case Contrast:
		t.Class, t.Minus = best, second
		if truth >= 0 && truth < len(logits) && truth != best {
			t.Minus = truth
		}
	default:
		return Target{}, fmt.Errorf("resolve target: unknown kind %q", t.Kind)
	}
	return t, nil
}

// Value is the explained number of a resolved target for one row of scores.
func (t Target) Value(scores []float32) float64 {
	v := float64(scores[t.Class])
	if t.Minus >= 0 {
		v -= float64(scores[t.Minus])
	}
	return v
}

// NaNError says that a model gives no number for a class of a sample.
type NaNError struct{ Class int }

func (e *NaNError) Error() string {
	return fmt.Sprintf("the model gives NaN for class %d on this sample, so nothing can be explained: check its preprocessing and weights", e.Class)
}

func usable(logits []float32) error {
	if len(logits) < 2 {
		return fmt.Errorf("needs the scores of at least two classes, not %d", len(logits))
	}
	for i, v := range logits {
		if math.IsNaN(float64(v)) {
			return &NaNError{Class: i}
		}
	}
	return nil
}

func topTwo(logits []float32) (best, second int) {
	second = -1
	for i, v := range logits {
		switch {
		case i == 0:
		case v > logits[best]:
			best, second = i, best
		case second < 0 || v > logits[second]:
			second = i
		}
	}
	return best, second
}
