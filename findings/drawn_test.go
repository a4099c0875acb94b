package findings

import (
	"math"
	"strings"
	"testing"
)

// What was drawn is told with both shares; of few images nothing is claimed; of none that is said.
func TestDrawn(t *testing.T) {
	if d := OfDrawn(&Pair{}, "the tail", "answers"); d.Word != Undecided || !strings.Contains(d.Text, "No image of the cell has the tail") {
		t.Errorf("nothing: %+v", d)
	}
	pair := func(n, turned int) *Pair {
		p := &Pair{Class: 0}
		for i := range n {
			changed := Outcome{0, 4}
			if i < turned {
				changed = Outcome{1, -4}
			}
			p.Samples = append(p.Samples, Sample{ID: int64(i), Before: Outcome{0, 5}, Fills: []Fill{{"pyramid", []Outcome{changed}, []Outcome{{0, 4.5 - 0.01*float64(i)}}}}})
		}
		return p
	}
	few := OfDrawn(pair(6, 6), "the drawn box", "answers “cat”")
	if few.Word != Undecided || !strings.HasPrefix(few.Text, "Hiding the drawn box turns 100 %") || !strings.HasSuffix(few.Text, "cannot be told: a test takes 12 images.") {
		t.Errorf("six: %+v", few)
	}
	many := OfDrawn(pair(40, 30), "the drawn box", "answers “cat”")
	if g := many.Figures[0]; many.Word != Helps || math.Abs(g.Hidden.Mean-0.75) > 1e-9 || g.Moved.Mean != 0 || g.Hidden.Low >= 0.65 || g.Hidden.High <= 0.85 || g.N != 40 {
		t.Errorf("forty: %+v", many)
	}
	if none := OfDrawn(pair(60, 0), "the drawn box", "answers"); none.Word != NotUsed {
		t.Errorf("none turns: %+v", none)
	}
}
