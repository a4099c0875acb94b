package server

import (
	"testing"

	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/slice"
)

// Where a label changed, images that stayed in a cell and images that came became the same:
// their doors ask for the earlier class, too. Elsewhere they do not.
func TestDoorsOfACell(t *testing.T) {
	way := func(of compare.Transition, n int) []compare.Way { return []compare.Way{{Transition: of, Count: n}} }
	got := toCell(compare.Move{Label: 1, Class: 2, Stayed: way(compare.Fixed, 5), Came: append(way(compare.Fixed, 14), way(compare.Changed, 3)...), Left: way(compare.Fixed, 2)},
		slice.MustParse("split=test"), "photos~old")
	want := []string{
		"stayed fixed label=1&predicted=2&transition(photos~old)=fixed&was(photos~old)=2&split=test",
		"came fixed label=1&predicted=2&transition(photos~old)=fixed&was(photos~old)=!2&split=test",
		"came changed label=1&predicted=2&transition(photos~old)=changed&split=test",
		"left fixed label=1&predicted=!2&transition(photos~old)=fixed&was(photos~old)=2&split=test",
	}
	if len(got.Ways) != len(want) {
		t.Fatalf("%+v", got.Ways)
	}
	for i, w := range got.Ways {
		if text := w.Way + " " + w.Transition + " " + w.Slice; text != want[i] {
			t.Errorf("%s, want %s", text, want[i])
		}
	}
}
