package marks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

const (
	evaluation = "synthetic~random"
	samples    = 40
)

var ctx = context.Background()

func open(t *testing.T, dir string) *stores.Stores {
	t.Helper()
	s, err := stores.Open(ctx, dir, workspace.Options{})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// fill stores a made-up evaluation.
func fill(t *testing.T, s *stores.Stores, samples, classes int) *results.Evaluation {
	t.Helper()
	e, err := synthetic.Fill(ctx, s, synthetic.Size{Samples: samples, Classes: classes}, nil)
	must(t, err)
	return e
}

func filled(t *testing.T, dir string) *stores.Stores {
	t.Helper()
	s := open(t, dir)
	_, err := synthetic.Fill(ctx, s, synthetic.Size{Samples: samples, Classes: 3}, nil)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// of counts the samples of a slice by the results' own query.
func of(t *testing.T, s *stores.Stores, text string) int {
	t.Helper()
	n, _, err := s.Results.Samples(ctx, evaluation, slice.MustParse(text), results.ByPath, 0, 1)
	must(t, err)
	return n
}

func tag(t *testing.T, s *stores.Stores, name, text string, remove bool) marks.Action {
	t.Helper()
	a, err := s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: marks.Tag, Value: name, Remove: remove, Author: "ann", Evaluation: evaluation, Slice: slice.MustParse(text)})
	must(t, err)
	return a
}

// A tag selects what it was given, and only once; it is counted by slice and listed for a sample.
func TestTags(t *testing.T) {
	s := filled(t, t.TempDir())
	if _, _, err := s.Results.Samples(ctx, evaluation, slice.MustParse("tag=relabel"), "", 0, 1); err == nil || !strings.Contains(err.Error(), "tag is relabel: nothing in the dataset is tagged yet") {
		t.Errorf("an unknown tag: %v", err)
	}
	wrong := of(t, s, "correct=false")
	if a := tag(t, s, "relabel", "correct=false", false); a.Selected != wrong || a.Changed != wrong || wrong == 0 {
		t.Errorf("%+v, want %d", a, wrong)
	}
	if n := of(t, s, "tag=relabel"); n != wrong {
		t.Errorf("tagged %d, selects %d", wrong, n)
	}
	if n := of(t, s, "tag=!relabel"); n != samples-wrong {
		t.Errorf("%d of %d are not tagged", n, samples)
	}
	test := of(t, s, "split=test&correct=true")
	if a := tag(t, s, "relabel", "split=test", false); a.Selected != of(t, s, "split=test") || a.Changed != test {
		t.Errorf("a second time: %+v, %d are new", a, test)
	}
	tag(t, s, "hot dog, 1", "label=0", false)
	found, err := s.Marks.InSlice(ctx, evaluation, slice.MustParse("label=0&correct=false"))
	must(t, err)
	if want := of(t, s, "label=0&correct=false"); found["relabel"] != want || found["hot dog, 1"] != want {
		t.Errorf("by tag %v, want %d of each", found, want)
	}
	_, page, err := s.Results.Samples(ctx, evaluation, slice.MustParse("label=0&correct=false"), "", 0, 1)
	must(t, err)
	list, err := s.Marks.Of(ctx, page[0].ID)
	must(t, err)
	if len(list) != 2 || list[0].Value != "hot dog, 1" || list[1].Value != "relabel" || list[1].Author != "ann" || list[1].Changed || list[1].Created.IsZero() {
		t.Errorf("%+v", list)
	}
}

// What cannot be is refused, and nothing of it is stored.
func TestRefused(t *testing.T) {
	s := filled(t, t.TempDir())
	good := marks.Request{Dataset: "synthetic", Kind: marks.Tag, Value: "a", Evaluation: evaluation}
	for name, change := range map[string]func(*marks.Request){
		"empty": func(r *marks.Request) { r.Value = "" }, "NUL": func(r *marks.Request) { r.Value = "a\x00" }, "slash": func(r *marks.Request) { r.Value = "a/b" },
		"no dataset": func(r *marks.Request) { r.Dataset = "none" }, "no class": func(r *marks.Request) { r.Slice = slice.MustParse("label=nothing") },
		"no samples": func(r *marks.Request) { r.Evaluation = "" }, "author": func(r *marks.Request) { r.Author = strings.Repeat("x", 201) },
		"no such tag": func(r *marks.Request) { r.Remove = true },
	} {
		bad := good
		change(&bad)
		if _, err := s.Marks.Act(ctx, bad); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if list, err := s.Marks.Tags(ctx, "synthetic"); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := s.Marks.History(ctx, "synthetic"); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	for _, id := range []int64{0, 7} {
		if _, err := s.Marks.Undo(ctx, "synthetic", id); err == nil {
			t.Errorf("action %d was undone", id)
		}
	}
	// Samples that are of no dataset, or of another one, are left out.
	good.Evaluation, good.Samples = "", []int64{1, 1, 2, 9999}
	if a, err := s.Marks.Act(ctx, good); err != nil || a.Selected != 2 || a.Changed != 2 {
		t.Errorf("%+v, %v", a, err)
	}
}

// Any action can be undone while nothing changed its samples since, also after a restart, and
// then all is as it was; else it is refused and nothing changes.
func TestUndo(t *testing.T) {
	dir := t.TempDir()
	s := filled(t, dir)
	first, all := tag(t, s, "a", "label=0", false), of(t, s, "")
	second := tag(t, s, "a", "", false)
	third := tag(t, s, "a", "label=0&split=test", true)
	must(t, s.Close())
	s = open(t, dir)
	if _, err := s.Marks.Undo(ctx, "synthetic", first.ID); !errors.Is(err, marks.ErrChanged) {
		t.Errorf("undone under a later action: %v", err)
	}
	if n := of(t, s, "tag=a"); n != all-third.Changed {
		t.Errorf("%d have it, want %d without %d", n, all, third.Changed)
	}
	if a, err := s.Marks.Undo(ctx, "synthetic", second.ID); err != nil || a.Undone == nil || a.ID != second.ID { // others' samples are not its own
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := s.Marks.Undo(ctx, "synthetic", 0); err != nil || a.ID != third.ID {
		t.Errorf("%+v, %v", a, err)
	}
	if n := of(t, s, "tag=a"); n != first.Changed || n != of(t, s, "label=0") {
		t.Errorf("%d have it, want %d", n, first.Changed)
	}
	if _, err := s.Marks.Undo(ctx, "synthetic", second.ID); !errors.Is(err, marks.ErrAction) {
		t.Errorf("undone twice: %v", err)
	}
	if a, err := s.Marks.Undo(ctx, "synthetic", 0); err != nil || a.ID != first.ID {
		t.Errorf("%+v, %v", a, err)
	}
	if list, err := s.Marks.Tags(ctx, "synthetic"); err != nil || len(list) != 0 {
		t.Errorf("a tag that was never given stays: %v, %v", list, err)
	}
}

// What a removed action took cannot come back twice.
func TestUndoOfRemoval(t *testing.T) {
	s := filled(t, t.TempDir())
	tag(t, s, "a", "", false)
	taken := tag(t, s, "a", "label=1", true)
	tag(t, s, "a", "label=1&split=test", false)
	if _, err := s.Marks.Undo(ctx, "synthetic", taken.ID); !errors.Is(err, marks.ErrChanged) {
		t.Errorf("%v", err)
	}
	if n := of(t, s, "tag=a"); n != samples-of(t, s, "label=1&split=val") {
		t.Errorf("%d have it", n)
	}
}

// Tags are renamed with their history, and removed so that it can be undone.
func TestManage(t *testing.T) {
	s := filled(t, t.TempDir())
	tag(t, s, "a", "label=0", false)
	tag(t, s, "b", "label=1", false)
	if err := s.Marks.RenameTag(ctx, "synthetic", "a", "b"); !errors.Is(err, catalog.ErrTaken) {
		t.Errorf("%v", err)
	}
	if err := s.Marks.RenameTag(ctx, "synthetic", "none", "c"); !errors.Is(err, workspace.ErrNotFound) || !strings.Contains(err.Error(), "there are a, b") {
		t.Errorf("%v", err)
	}
	must(t, s.Marks.RenameTag(ctx, "synthetic", "a", "c"))
	if n, want := of(t, s, "tag=c"), of(t, s, "label=0"); n != want {
		t.Errorf("%d, want %d", n, want)
	}
	// Renaming is undone as anything else, unless the tag has yet another name.
	must(t, s.Marks.RenameTag(ctx, "synthetic", "c", "d e"))
	list, err := s.Marks.History(ctx, "synthetic")
	must(t, err)
	if text := list[0].String(); text != "renamed the tag c to d e" || list[0].Changed != of(t, s, "label=0") || list[1].String() != "renamed the tag a to c" {
		t.Errorf("%s; %+v", text, list[1])
	}
	if _, err := s.Marks.Undo(ctx, "synthetic", list[1].ID); !errors.Is(err, marks.ErrChanged) {
		t.Errorf("a rename was undone under a later one: %v", err)
	}
	_, err = s.Marks.Undo(ctx, "synthetic", 0)
	must(t, err)
	if n, want := of(t, s, "tag=c"), of(t, s, "label=0"); n != want {
		t.Errorf("%d, want %d", n, want)
	}
	removed, err := s.Marks.RemoveTag(ctx, "synthetic", "c", "")
	must(t, err)
	if list, err := s.Marks.Tags(ctx, "synthetic"); err != nil || len(list) != 1 || list[0].Name != "b" {
		t.Errorf("%v, %v", list, err)
	}
	_, err = s.Marks.Undo(ctx, "synthetic", removed.ID)
	must(t, err)
	if n, want := of(t, s, "tag=c"), of(t, s, "label=0"); n != want {
		t.Errorf("back are %d, want %d", n, want)
	}
	_, err = s.Remove(ctx, stores.Dataset, "synthetic")
	must(t, err)
	var left int
	must(t, s.Workspace.QueryRow(ctx, `SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM tags) + (SELECT count(*) FROM mark_actions) + (SELECT count(*) FROM mark_changes)`).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows are left of the dataset", left)
	}
}

// A mark belongs to the bytes: of a file that changed it is listed and counts no longer, and
// counts again when the file is as it was.
func TestChangedFile(t *testing.T) {
	s := filled(t, t.TempDir())
	tag(t, s, "a", "", false)
	rehash := func(query string) {
		must(t, s.Workspace.Update(ctx, func(tx *workspace.Tx) error {
			_, err := tx.Exec(ctx, query)
			return err
		}))
	}
	rehash(`UPDATE samples SET hash = 'x' || hash WHERE id <= 3`)
	if n := of(t, s, "tag=a"); n != samples-3 {
		t.Errorf("%d count", n)
	}
	if list, err := s.Marks.Tags(ctx, "synthetic"); err != nil || list[0].Samples != samples-3 || list[0].Changed != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.Marks.Of(ctx, 2); err != nil || len(list) != 1 || !list[0].Changed {
		t.Errorf("%+v, %v", list, err)
	}
	rehash(`UPDATE samples SET hash = substr(hash, 2) WHERE id <= 3`)
	if n := of(t, s, "tag=a"); n != samples {
		t.Errorf("%d count again", n)
	}
}

// Only the last hundred actions are kept whole.
func TestPruned(t *testing.T) {
	s := filled(t, t.TempDir())
	var first marks.Action
	for i := range marks.Undoable + 2 {
		a, err := s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: marks.Tag, Value: fmt.Sprint("t", i), Samples: []int64{1}})
		must(t, err)
		if i == 0 {
			first = a
		}
	}
	if _, err := s.Marks.Undo(ctx, "synthetic", first.ID); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("%v", err)
	}
	var changes int
	must(t, s.Workspace.QueryRow(ctx, `SELECT count(*) FROM mark_changes`).Scan(&changes))
	if changes != marks.Undoable {
		t.Errorf("%d changes are kept", changes)
	}
}
