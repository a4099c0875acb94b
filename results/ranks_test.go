package results

import (
	"slices"
	"testing"
)

// Ranks agree with what a sample's page reads from the block of scores.
func TestRanks(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 7)
	f.ingest(t, 0, 0, 6)
	var ids []int64
	for _, s := range f.samples {
		ids = append(ids, s.ID)
	}
	ranks, err := f.w.Ranks(ctx, f.e.ID, ids)
	if err != nil || len(ranks) != 6 {
		t.Fatalf("%d ranks, %v; want those of the six that are predicted", len(ranks), err)
	}
	for id, r := range ranks {
		p, err := f.w.Prediction(ctx, f.e.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		var best []int
		for _, s := range p.Scores[:5] {
			best = append(best, s.Index)
		}
		if r.Truth != p.Truth || !slices.Equal(r.Best, best) {
			t.Errorf("sample %d: %+v, want %d and %v", id, r, p.Truth, best)
		}
	}
}

// Truths are those that predictions have, of samples without one too.
func TestTruths(t *testing.T) {
	f := planFixture(t, t.TempDir(), 30, 7)
	f.ingest(t, 0, 0, 6)
	var ids []int64
	for _, s := range f.samples {
		ids = append(ids, s.ID)
	}
	slices.Reverse(ids)
	truths, err := f.w.Truths(ctx, f.e.ID, ids)
	slices.Reverse(truths)
	if err != nil || !slices.Equal(truths, f.truth) || !slices.Contains(truths, -1) {
		t.Errorf("%v, %v; want %v", truths, err, f.truth)
	}
	if none, err := f.w.Truths(ctx, f.e.ID, nil); err != nil || len(none) > 0 {
		t.Errorf("of no samples: %v, %v", none, err)
	}
}
