package selections_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/selections"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

const (
	evaluation = "synthetic~random"
	samples    = 60
)

var ctx = context.Background()

func filled(t *testing.T) *stores.Stores {
	t.Helper()
	s, err := stores.Open(ctx, t.TempDir(), workspace.Options{})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	_, err = synthetic.Fill(ctx, s, synthetic.Size{Samples: samples, Classes: 3}, nil)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, s *stores.Stores, name, text string) selections.Saved {
	t.Helper()
	saved, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: name, Slice: slice.MustParse(text), Author: "ann"})
	must(t, err)
	return saved
}

// ids lists the samples of a slice.
func ids(t *testing.T, s *stores.Stores, text string) (list []int64) {
	t.Helper()
	n, page, err := s.Results.Samples(ctx, evaluation, slice.MustParse(text), results.ByPath, 0, samples)
	must(t, err)
	for _, it := range page {
		list = append(list, it.ID)
	}
	tally, err := s.Results.Tally(ctx, evaluation, slice.MustParse(text))
	if err != nil || n != len(list) || tally.Samples != n {
		t.Fatalf("%s: %d samples, %d listed, %+v, %v", text, n, len(list), tally, err)
	}
	return list
}

// same tells that two texts select the same samples, which are some, but not all.
func same(t *testing.T, s *stores.Stores, text, as string) {
	t.Helper()
	got, want := ids(t, s, text), ids(t, s, as)
	if len(want) == 0 || len(want) == samples {
		t.Errorf("%s selects %d samples: the test shows nothing", as, len(want))
	}
	if len(got) != len(want) {
		t.Fatalf("%s selects %d samples, %s %d", text, len(got), as, len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s and %s differ in sample %d", text, as, want[i])
		}
	}
}

// mistaken tells that a slice is refused, with words.
func mistaken(t *testing.T, s *stores.Stores, text, want string) {
	t.Helper()
	_, err := s.Results.Tally(ctx, evaluation, slice.MustParse(text))
	var m *slice.Mistake
	if !errors.As(err, &m) || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want a mistake with %q", text, err, want)
	}
}

// A saved slice selects what its text does, alone, with others and turned round; its own threshold says what
// it selects, and no more.
func TestLive(t *testing.T) {
	s := filled(t)
	e, err := s.Results.Evaluation(ctx, evaluation)
	must(t, err)
	saved := save(t, s, "un sure & odd", "predicted=-1,0&threshold=0.5")
	if want := "predicted=-1," + strings.ReplaceAll(e.Classes[0], " ", "%20") + "&threshold=0.5"; saved.Slice != want || saved.Evaluation != evaluation {
		t.Errorf("%+v, want the text %s", saved, want)
	}
	name := saved.Text().String()
	same(t, s, name, "predicted=-1,0&threshold=0.5")
	same(t, s, "saved=!un%20sure%20%26%20odd", "predicted=!-1,0&threshold=0.5")
	same(t, s, name+"&label=1&threshold=0.9", "predicted=-1,0&threshold=0.5&label=1")
	save(t, s, "sure", "score(1)=0.3-")
	same(t, s, "saved=sure&score(2)=-0.5", "score(1)=0.3-&score(2)=-0.5")
	save(t, s, "both", name+"&split=test")
	same(t, s, "saved=both", "predicted=-1,0&threshold=0.5&split=test")

	a, b := ids(t, s, "saved=both"), ids(t, s, "saved=sure")
	union := map[int64]bool{}
	for _, id := range append(a, b...) {
		union[id] = true
	}
	if n := len(ids(t, s, "saved=both,sure")); n != len(union) {
		t.Errorf("%d samples in one of two, want %d", n, len(union))
	}
}

// It follows what it rests on, and where that is gone says what.
func TestLiveFollows(t *testing.T) {
	s := filled(t)
	tag := func(text string, remove bool) {
		_, err := s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: marks.Tag, Value: "odd", Remove: remove, Evaluation: evaluation, Slice: slice.MustParse(text)})
		must(t, err)
	}
	tag("label=0", false)
	save(t, s, "odd", "tag=odd")
	save(t, s, "odder", "saved=odd&split=test")
	same(t, s, "saved=odd", "label=0")
	tag("label=1", false)
	same(t, s, "saved=odder", "label=0,1&split=test")
	_, err := s.Marks.RemoveTag(ctx, "synthetic", "odd", "")
	must(t, err)
	mistaken(t, s, "saved=odd", "is odd, whose tag is odd")
	mistaken(t, s, "saved=odder", "is odder, whose saved is odd, whose tag is odd")
	mistaken(t, s, "saved=od", "has no such saved slice; it has odd, odder")
}

// What cannot be evaluated, has no name or is all samples is not saved.
func TestRefused(t *testing.T) {
	s := filled(t)
	for _, one := range []struct{ name, text, want string }{
		{"a", "", "is empty"}, {"a", "label=nine", "no such class"}, {"a", "tag=x", "nothing in the dataset is tagged"},
		{"a", "saved=a", "no slice of the dataset is saved"}, {"a/b", "label=0", "stand in addresses"}, {"", "label=0", "is empty"},
	} {
		_, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: one.name, Slice: slice.MustParse(one.text)})
		if err == nil || !strings.Contains(err.Error(), one.want) {
			t.Errorf("%q as %q: %v, want %q", one.text, one.name, err, one.want)
		}
	}
	save(t, s, "a", "label=0")
	save(t, s, "b", "saved=a&split=test")
	if _, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: "a", Slice: slice.MustParse("label=1")}); !errors.Is(err, catalog.ErrTaken) {
		t.Errorf("%v", err)
	}
	if _, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: "a", Slice: slice.MustParse("saved=b"), Replace: true}); err == nil || !strings.Contains(err.Error(), "made of itself: a, then b, then a") {
		t.Errorf("%v", err)
	}
	_, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: "a", Slice: slice.MustParse("label=1"), Replace: true})
	must(t, err)
	same(t, s, "saved=b", "label=1&split=test")
}

// Renaming renames in what is made of it; what something is made of is not removed.
func TestManage(t *testing.T) {
	s := filled(t)
	save(t, s, "a", "label=0")
	save(t, s, "b", "saved=a&split=test")
	must(t, s.Saved.Rename(ctx, "synthetic", "a", "c"))
	same(t, s, "saved=b", "label=0&split=test")
	if err := s.Saved.Rename(ctx, "synthetic", "c", "b"); !errors.Is(err, catalog.ErrTaken) {
		t.Errorf("%v", err)
	}
	for _, err := range []error{s.Saved.Rename(ctx, "synthetic", "a", "d"), s.Saved.Remove(ctx, "synthetic", "a")} {
		if !errors.Is(err, workspace.ErrNotFound) || !strings.Contains(err.Error(), "there are b, c") {
			t.Errorf("%v", err)
		}
	}
	if err := s.Saved.Remove(ctx, "synthetic", "c"); !errors.Is(err, catalog.ErrInUse) || !strings.Contains(err.Error(), "saved slices b;") {
		t.Errorf("%v", err)
	}
	must(t, s.Saved.Remove(ctx, "synthetic", "b"))
	must(t, s.Saved.Remove(ctx, "synthetic", "c"))
	save(t, s, "a", "label=0")
	_, err := s.Remove(ctx, stores.Dataset, "synthetic")
	must(t, err)
	var left int
	must(t, s.Workspace.QueryRow(ctx, `SELECT count(*) FROM saved_slices`).Scan(&left))
	if left != 0 {
		t.Errorf("%d are left of a dataset that is gone", left)
	}
}

// Slices that name evaluations follow when a model or a dataset gets another name.
func TestEvaluationsThatAreRenamed(t *testing.T) {
	s := filled(t)
	save(t, s, "a", "label=0")
	save(t, s, "b", "label=1")
	must(t, s.Workspace.Update(ctx, func(tx *workspace.Tx) error { // as saved on another evaluation, later
		_, err := tx.Exec(ctx, `UPDATE saved_slices SET slice = 'split=test&transition(synthetic~random)=fixed', evaluation = 'synthetic~later' WHERE name = 'a'`)
		return err
	}))
	must(t, s.Rename(ctx, stores.Model, "random", "chance"))
	must(t, s.Rename(ctx, stores.Dataset, "synthetic", "drawn"))
	list, err := s.Saved.List(ctx, "drawn")
	must(t, err)
	if len(list) != 2 || list[0].Slice != "transition(drawn~chance)=fixed&split=test" || list[0].Evaluation != "synthetic~later" || list[1].Evaluation != "drawn~chance" {
		t.Errorf("%+v", list)
	}
}

// A fixed slice has the samples that it had, whatever is tagged later, but those whose file is another one now.
func TestFixed(t *testing.T) {
	s := filled(t)
	tag := func(text string) {
		_, err := s.Marks.Act(ctx, marks.Request{Dataset: "synthetic", Kind: marks.Tag, Value: "odd", Evaluation: evaluation, Slice: slice.MustParse(text)})
		must(t, err)
	}
	tag("label=0")
	saved, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: "then", Slice: slice.MustParse("tag=odd"), Fixed: true})
	must(t, err)
	was := ids(t, s, "tag=odd")
	if saved.Set == nil || saved.Set.Samples != len(was) || saved.Slice != "tag=odd" {
		t.Errorf("%+v", saved)
	}
	tag("label=1")
	_, err = s.Marks.RemoveTag(ctx, "synthetic", "odd", "")
	must(t, err)
	same(t, s, "saved=then", "label=0")
	same(t, s, "saved=!then", "label=!0")
	rehash(t, s, `UPDATE samples SET hash = 'x' || hash WHERE id IN (SELECT unnest(?::BIGINT[]))`, was[:2])
	list, err := s.Saved.List(ctx, "synthetic")
	if n := len(ids(t, s, "saved=then")); err != nil || n != len(was)-2 || list[0].Set.Changed != 2 || list[0].Set.Samples != len(was) {
		t.Errorf("%d of %d count, %+v, %v", n, len(was), list[0].Set, err)
	}
	if _, err := s.Saved.Save(ctx, evaluation, selections.Saving{Name: "none", Slice: slice.MustParse("q=nowhere"), Fixed: true}); !errors.Is(err, selections.ErrEmpty) {
		t.Errorf("%v", err)
	}
}

func rehash(t *testing.T, s *stores.Stores, query string, list []int64) {
	t.Helper()
	must(t, s.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, query, list)
		return err
	}))
}

// Samples chosen by hand are a set whose id says which they are; it is dropped when nothing used it for long.
func TestSets(t *testing.T) {
	s := filled(t)
	all := ids(t, s, "")
	keep := func(list []int64) selections.Set {
		t.Helper()
		set, err := s.Saved.Keep(ctx, evaluation, slice.Slice{}, list)
		must(t, err)
		return set
	}
	a, b, c := keep([]int64{all[3], all[1], all[3]}), keep([]int64{all[1], all[3]}), keep(all[1:5])
	if a.ID != b.ID || a.ID == c.ID || a.Samples != 2 || c.Samples != 4 || len(a.ID) != 16 {
		t.Errorf("%+v, %+v, %+v", a, b, c)
	}
	if got := ids(t, s, "sel="+a.ID); len(got) != 2 || got[0] != all[1] || got[1] != all[3] {
		t.Errorf("%v", got)
	}
	of, err := s.Saved.Keep(ctx, evaluation, slice.MustParse("label=0&split=test"), nil)
	must(t, err)
	same(t, s, "sel="+of.ID, "label=0&split=test")
	if set, err := s.Saved.Set(ctx, "synthetic", of.ID); err != nil || set != of || !strings.HasPrefix(of.Slice, "label=") {
		t.Errorf("%+v, want %+v, %v", set, of, err)
	}
	for _, list := range [][]int64{{all[0], 1 << 40}, {}} {
		if _, err := s.Saved.Keep(ctx, evaluation, slice.Slice{}, list); !errors.Is(err, workspace.ErrNotFound) && !errors.Is(err, selections.ErrEmpty) {
			t.Errorf("%v: %v", list, err)
		}
	}
	mistaken(t, s, "sel=00ff", "there is no such selection")

	save(t, s, "mine", "sel="+c.ID)
	old := func() {
		rehash(t, s, `UPDATE sample_sets SET used = used - INTERVAL 200 DAY WHERE len(?::BIGINT[]) > 0`, all)
	}
	old()
	ids(t, s, "sel="+of.ID) // it is used again
	keep(all[2:4])
	mistaken(t, s, "sel="+a.ID, "dropped when it was not used for 90 days")
	if n := len(ids(t, s, "sel="+of.ID)) + len(ids(t, s, "saved=mine")); n != of.Samples+4 {
		t.Errorf("%d samples are left", n)
	}
}
