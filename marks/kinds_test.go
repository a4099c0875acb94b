package marks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/slice"
)

// Of each kind but tags a sample has one mark: another takes its place, and undoing that brings
// the former back, with its author.
func TestOtherKinds(t *testing.T) {
	s := filled(t, t.TempDir())
	act := func(kind marks.Kind, value, text, author string, remove bool) marks.Action {
		t.Helper()
		a, err := s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: kind, Value: value, Remove: remove, Author: author, Evaluation: evaluation, Slice: slice.MustParse(text)})
		must(t, err)
		return a
	}
	first := act(marks.Note, "too dark", "label=0", "ann", false)
	n := of(t, s, "label=0")
	second := act(marks.Note, "fine\nafter all", "", "bob", false)
	if first.Changed != n || second.Changed != samples {
		t.Errorf("%+v, %+v", first, second)
	}
	if _, err := s.Marks.Undo(ctx, "synthetic", first.ID); !errors.Is(err, marks.ErrChanged) {
		t.Errorf("undone under a later note: %v", err)
	}
	_, err := s.Marks.Undo(ctx, "synthetic", 0)
	must(t, err)
	_, page, err := s.Results.Samples(ctx, evaluation, slice.MustParse("marked=note"), "", 0, 1)
	must(t, err)
	list, err := s.Marks.Of(ctx, page[0].ID)
	must(t, err)
	if of(t, s, "marked=note") != n || len(list) != 1 || list[0].Value != "too dark" || list[0].Author != "ann" {
		t.Errorf("%+v", list)
	}
	act(marks.Label, "c1", "label=0", "", false)
	taken := act(marks.Label, "", "label=0", "", true)
	if taken.Changed != n || of(t, s, "marked=proposed") != 0 {
		t.Errorf("%+v", taken)
	}
	act(marks.Label, "c2", "label=0&split=test", "", false)
	if _, err := s.Marks.Undo(ctx, "synthetic", taken.ID); !errors.Is(err, marks.ErrChanged) {
		t.Errorf("the former label came back beside another: %v", err)
	}
	out := act(marks.Exclude, "", "label=0", "", false)
	if got := of(t, s, "without=excluded"); got != samples-n || of(t, s, "without=!excluded") != n || of(t, s, "marked=excluded") != n {
		t.Errorf("%d of %d are left without %d", got, samples, n)
	}
	act(marks.Exclude, "", "label=0", "", true)
	if got := of(t, s, "without=excluded"); got != samples {
		t.Errorf("%d are left", got)
	}
	for _, a := range []marks.Action{first, second, taken, out} {
		if text := a.String(); strings.Contains(text, "%!") || !strings.ContainsAny(text, "0123456789") {
			t.Errorf("%+v is said %q", a, text)
		}
	}
	for _, bad := range []marks.Request{{Kind: "star"}, {Kind: marks.Exclude, Value: "x"}, {Kind: marks.Note}, {Kind: marks.Note, Value: " \n"}, {Kind: marks.Label, Value: "a\nb"},
		{Kind: marks.Note, Value: strings.Repeat("x", 2001)}, {Kind: marks.Note, Value: "\xff"}} {
		bad.Dataset, bad.Evaluation = "synthetic", evaluation
		if _, err := s.Marks.Act(ctx, bad); !errors.Is(err, marks.ErrAction) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
