package marks_test

import (
	"maps"
	"math"
	"testing"

	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
)

// scored is a sample as the slow count below sees it.
type scored struct {
	truth  int
	scores []float32
	path   string
}

// plainly counts, from all scores and with the proposed labels put in by hand, what labels=proposed should give.
func plainly(t *testing.T, s *stores.Stores, truths map[string]int) (list []scored) {
	t.Helper()
	must(t, s.Results.EachPrediction(ctx, evaluation, slice.Slice{}, true, func(x results.Exported) error {
		one := scored{x.Truth, append([]float32{}, x.Scores...), x.Path}
		if truth, ok := truths[x.Path]; ok {
			one.truth = truth
		}
		list = append(list, one)
		return nil
	}))
	return list
}

// summed compares a summary with a slow count.
func summed(t *testing.T, s *stores.Stores, text string, list []scored) {
	t.Helper()
	got, err := s.Results.Summary(ctx, evaluation, slice.MustParse(text))
	must(t, err)
	var scores []float32
	var truths, predicted []int
	top := 0
	for _, x := range list {
		if x.truth < 0 {
			continue
		}
		best, before := 0, 0
		for c, v := range x.scores {
			if v > x.scores[best] {
				best = c
			}
			if v > x.scores[x.truth] || v == x.scores[x.truth] && c > x.truth {
				before++
			}
		}
		if before < 5 {
			top++
		}
		scores, truths, predicted = append(scores, x.scores...), append(truths, x.truth), append(predicted, best)
	}
	n := len(truths)
	c, err := metrics.Count(truths, predicted, 8)
	must(t, err)
	if got.Labelled != n || got.Confusion.Correct() != c.Correct() {
		t.Errorf("%s: %d of %d right, want %d of %d", text, got.Confusion.Correct(), got.Labelled, c.Correct(), n)
	}
	for i := range c.Counts {
		if got.Confusion.Counts[i] != c.Counts[i] {
			t.Fatalf("%s: cell %d has %d, want %d", text, i, got.Confusion.Counts[i], c.Counts[i])
		}
	}
	near(t, text+": log loss", got.LogLoss, metrics.LogLoss(scores, 8, truths))
	near(t, text+": Brier", got.Brier, metrics.Brier(scores, 8, truths))
	curve, err := s.Results.CurveOf(ctx, evaluation, slice.MustParse(text), 2, 10)
	if want := got.Confusion.PerClass()[2].Support; err != nil || curve.Positives != want || got.Areas[2].AveragePrecision != curve.AveragePrecision {
		t.Errorf("%s: a curve over %d labelled, want %d; areas %v (%v)", text, curve.Positives, want, got.Areas[2], err)
	}
	near(t, text+": top 5", got.Top5, float64(top)/float64(n))
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func propose(t *testing.T, s *stores.Stores, text, label string, truth int, truths map[string]int) {
	t.Helper()
	_, page, err := s.Results.Samples(ctx, evaluation, slice.MustParse(text), results.ByPath, 0, 1000)
	must(t, err)
	for _, it := range page {
		truths[it.Path] = truth
	}
	_, err = s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: marks.Label, Value: label, Evaluation: evaluation, Slice: slice.MustParse(text)})
	must(t, err)
}

// With labels=proposed every figure is that of a count by hand with those labels; without it nothing changes.
func TestProposedLabelsCountWhereAsked(t *testing.T) {
	s := open(t, t.TempDir())
	e := fill(t, s, 60, 8)
	before := plainly(t, s, nil)
	summed(t, s, "labels=proposed", before)
	truths := map[string]int{}
	propose(t, s, "correct=false", e.Classes[2], 2, truths)
	propose(t, s, "label=1&confidence=0.5-", "none of the classes", -1, truths)
	summed(t, s, "", before)
	summed(t, s, "labels=proposed", plainly(t, s, truths))
	wrong, relabelled := of(t, s, "correct=false"), of(t, s, "correct=false&labels=proposed")
	if wrong == 0 || relabelled >= wrong {
		t.Errorf("%d wrong, %d with proposed labels", wrong, relabelled)
	}
	// Taken back, and another class in its place.
	_, err := s.Marks.Undo(ctx, "synthetic", 0)
	must(t, err)
	maps.DeleteFunc(truths, func(_ string, truth int) bool { return truth < 0 })
	propose(t, s, "correct=false", e.Classes[3], 3, truths)
	summed(t, s, "labels=proposed", plainly(t, s, truths))
}

// A comparison counts with the labels that are proposed on both sides.
func TestProposedLabelsInPairs(t *testing.T) {
	s := open(t, t.TempDir())
	e := fill(t, s, 60, 3)
	propose(t, s, "correct=false", e.Classes[2], 2, map[string]int{})
	for _, text := range []string{"", "labels=proposed", "labels=proposed&transition(" + slice.Named(evaluation).Name + ")=still-right"} {
		pairs, err := s.Results.Pairs(ctx, evaluation, evaluation, slice.MustParse(text))
		must(t, err)
		right, n := 0, 0
		for _, c := range pairs.Cells {
			if c.Truth != c.TruthBefore {
				t.Errorf("%s: a label is %d here and %d there", text, c.Truth, c.TruthBefore)
			}
			if n += c.Count; c.Truth == c.Now {
				right += c.Count
			}
		}
		if want := of(t, s, "correct=true&"+text); right != want || n == 0 {
			t.Errorf("%s: %d of %d pairs right, want %d", text, right, n, want)
		}
	}
}
