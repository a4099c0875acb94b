package results

import (
	"errors"
	"testing"

	"github.com/sightline/sightline/slice"
)

func TestEachPredictionGivesEverySampleOnce(t *testing.T) {
	f := planFixture(t, t.TempDir(), 50, 4)
	for _, seq := range []int{2, 0, 1} { // chunks finish in any order
		f.ingest(t, seq, seq*20, min(20, 50-seq*20))
	}
	i := 0
	err := f.w.EachPrediction(ctx, f.e.ID, slice.Slice{}, true, func(x Exported) error {
		class, confidence := f.predicted(i)
		label := ""
		if f.truth[i] >= 0 {
			label = f.samples[i].Label
		}
		if x.Sample != f.samples[i].ID || x.Path != f.samples[i].Path || x.Label != label || x.Truth != f.truth[i] || x.Predicted != class || x.Confidence != confidence || x.Split != sampleSplit(i) {
			t.Fatalf("row %d is %+v", i, x)
		}
		for c, s := range x.Scores {
			if s != f.score(i, c) {
				t.Fatalf("row %d, class %d: %v, want %v", i, c, s, f.score(i, c))
			}
		}
		i++
		return nil
	})
	if err != nil || i != 50 {
		t.Errorf("%d rows, %v", i, err)
	}
	split := 0
	err = f.w.EachPrediction(ctx, f.e.ID, slice.MustParse("split=test"), true, func(x Exported) error {
		if x.Split != "test" || x.Scores[2] != f.score(int(x.Sample-f.samples[0].ID), 2) {
			t.Errorf("of the split: %+v", x)
		}
		split++
		return nil
	})
	if total, _, bad := f.w.Samples(ctx, f.e.ID, slice.MustParse("split=test"), ByPath, 0, 1); err != nil || bad != nil || split != total || split == 0 {
		t.Errorf("%d of a split with %d, %v, %v", split, total, err, bad)
	}
	stop := errors.New("enough")
	if err := f.w.EachPrediction(ctx, f.e.ID, slice.Slice{}, false, func(Exported) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
