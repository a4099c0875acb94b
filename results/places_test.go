package results

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/slice"
)

// The order that is kept is that of Samples, whatever was predicted or imported since.
func TestAtPlaces(t *testing.T) {
	f := planFixture(t, t.TempDir(), 40, 3)
	check := func(what string, n int) {
		t.Helper()
		_, page, err := f.w.Samples(ctx, f.e.ID, slice.Slice{}, ByPath, 0, 100)
		if err != nil || len(page) != n {
			t.Fatalf("%s: %d predictions, %v", what, len(page), err)
		}
		places := []int{n - 1, 0, n / 3, 0}
		for range 2 {
			got, err := f.w.AtPlaces(ctx, f.e.ID, func(all int) []int {
				if all != n {
					t.Errorf("%s: %d samples, want %d", what, all, n)
				}
				return places
			})
			if err != nil || !slices.Equal(got, []int64{page[n-1].ID, page[0].ID, page[n/3].ID, page[0].ID}) {
				t.Errorf("%s: got %v, %v", what, got, err)
			}
		}
	}
	if got, err := f.w.AtPlaces(ctx, f.e.ID, func(n int) []int { return make([]int, n) }); err != nil || len(got) != 0 {
		t.Errorf("without predictions: %v, %v", got, err)
	}
	f.ingest(t, 0, 0, 20)
	check("one chunk", 20)
	f.ingest(t, 1, 20, 20)
	check("two chunks", 40)
	if err := f.w.FinishEvaluation(ctx, f.e.ID); err != nil {
		t.Fatal(err)
	}
	check("finished", 40)
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Layout: "folders"}
	for i, s := range f.samples {
		path := s.Path
		if i%7 == 0 {
			path = "moved/" + path // after all others
		}
		scan.Samples = append(scan.Samples, dataset.Sample{Path: path, Hash: s.Hash, Label: s.Label, Labelled: s.Labelled, Split: s.Split, Orientation: 1})
	}
	if _, err := f.catalog.Import(ctx, "data", scan); err != nil {
		t.Fatal(err)
	}
	check("moved files", 40)
	if _, err := f.w.AtPlaces(ctx, f.e.ID, func(n int) []int { return []int{n} }); err == nil {
		t.Error("a place after the last one is found")
	}
	if _, err := f.w.AtPlaces(ctx, "no~such", func(n int) []int { return nil }); err == nil {
		t.Error("an unknown evaluation is ordered")
	}
}
