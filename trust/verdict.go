package trust

import "fmt"

// Verdict is the colour of a map's badge.
type Verdict string

// The verdicts.
const (
	Green Verdict = "green" // better than the controls
	Amber Verdict = "amber" // not separable from them
	Red   Verdict = "red"   // degenerate, or worse than the controls
)

// assess compares the map's difference with those of its controls.
func (t *Trust) assess() {
	differences := make([]float64, len(t.Controls))
	for i, c := range t.Controls {
		differences[i] = c.Difference
	}
	t.Low, t.High = tails(differences)
	switch d := t.Map.Difference; {
	case d < t.Low:
		t.Verdict, t.Reason = Red, fmt.Sprintf("worse than its own cells at random places (%.3f; the worst 5 %% of them reach %.3f)", d, t.Low)
	case !(d > t.High):
		t.Verdict, t.Reason = Amber, fmt.Sprintf("not separable from its own cells at random places (%.3f; the best 5 %% of them reach %.3f)", d, t.High)
	case !(d > t.Centre.Difference):
		t.Verdict, t.Reason = Amber, fmt.Sprintf("no better than pointing at the centre of the image (%.3f, the centre %.3f)", d, t.Centre.Difference)
	case !t.Content.Matters():
		t.Verdict, t.Reason = Amber, fmt.Sprintf("the model says much the same of the image with its parts in random order (log-odds %.1f, in random order %.1f, the highest 5 %% of them %.1f): faithful or not, the map has nothing to show",
			t.Content.Whole, t.Content.Rearranged, t.Content.High)
	default:
		t.Verdict, t.Reason = Green, fmt.Sprintf("better than its own cells at random places (%.3f; the best 5 %% of them reach %.3f) and than the centre (%.3f)", d, t.High, t.Centre.Difference)
	}
}
