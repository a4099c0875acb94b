package slice_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

// TestCriteriaToCome shows that the table takes the criteria that are planned, each
// as one entry: with arguments of which some may be left out, and with values that
// stand in tables of their own.
func TestCriteriaToCome(t *testing.T) {
	l := slice.Define(
		slice.Field{Name: "share", Kind: slice.Range, Of: []slice.Arg{{Name: "REGION", Kind: slice.Words}, {Name: "METHOD", Kind: slice.Words}, {Name: "TARGET", Kind: slice.Words}}, Omit: 2,
			Say: "share of {of} {}", SayNot: "share of {of} not {}"},
		slice.Field{Name: "verdict", Kind: slice.Words, Say: "verdict {}", SayNot: "verdict not {}"},
		slice.Field{Name: "tag", Kind: slice.Words, Say: "tagged {}", SayNot: "not tagged {}"},
		slice.Field{Name: "near", Kind: slice.Range, Of: []slice.Arg{{Name: "SAMPLE", Kind: slice.Words}}, Say: "distance to sample {of} {}", SayNot: "distance to sample {of} not {}"},
		slice.Field{Name: "width", Kind: slice.Whole, Say: "width {}", SayNot: "width not {}", Column: "s.width", Joins: true},
	)
	relation := func(t slice.Term) (slice.Relation, error) {
		return slice.Relation{From: t.Field.Name + "s(?)", Value: "v", Args: []any{t.Of}}, nil
	}
	for text, want := range map[string][3]string{
		"share(head)=0.5-":         {"share(head)=0.5-", "share of head at least 0.5", "p.sample IN (SELECT sample FROM shares(?) WHERE v >= ?)"},
		"share(a,lrp,b%2Cc)=!-0.5": {"share(a,lrp,b%2Cc)=!-0.5", "share of a not under 0.5 (lrp, b,c)", "(p.sample IN (SELECT sample FROM shares(?) WHERE v < ?)) IS NOT TRUE"},
		"verdict=red,amber":        {"verdict=amber,red", "verdict amber or red", "p.sample IN (SELECT sample FROM verdicts(?) WHERE v IN (?, ?))"},
		"tag=!done":                {"tag=!done", "not tagged done", "(p.sample IN (SELECT sample FROM tags(?) WHERE v = ?)) IS NOT TRUE"},
		"near(17)=-0.25":           {"near(17)=-0.25", "distance to sample 17 under 0.25", "p.sample IN (SELECT sample FROM nears(?) WHERE v < ?)"},
		"width=0224":               {"width=224", "width 224", "s.width >= ? AND s.width <= ?"},
		"width=100-200":            {"width=100-200", "width 100 to 200", "s.width >= ? AND s.width <= ?"},
		"width=!-0":                {"width=!-0", "width not at most 0", "(s.width <= ?) IS NOT TRUE"},
	} {
		s, err := l.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		w, err := s.Where(relation)
		if err != nil || len(w.Conditions) != 1 || w.Joins != (text[0] == 'w') {
			t.Fatalf("%s: %+v, %v", text, w, err)
		}
		if got := [3]string{s.String(), s.Sentence(nil), w.Conditions[0]}; got != want {
			t.Errorf("%s is\n%q, want\n%q", text, got, want)
		}
	}
	for _, text := range []string{"share=0.5-", "share()=0.5-", "share(a,b,c,d)=0.5-", "width=1.5-", "width=-"} {
		if s, err := l.Parse(text); err == nil {
			t.Errorf("%s is read as %s", text, s)
		}
	}
}

func TestPartsOfASlice(t *testing.T) {
	s := slice.MustParse("label=1&confidence=0.5-&split=test&threshold=0.25")
	if got := s.Only("split", "threshold").String(); got != "split=test&threshold=0.25" {
		t.Errorf("only split and threshold: %s", got)
	}
	if got := s.Without("split").String(); got != "label=1&confidence=0.5-&threshold=0.25" {
		t.Errorf("without split: %s", got)
	}
	if s.Threshold() != 0.25 || (slice.Slice{}).Threshold() != 0 || s.Empty() || !(slice.Slice{}).Empty() {
		t.Errorf("threshold %v; empty %v", s.Threshold(), s.Empty())
	}
	both, err := s.Only("label").And(slice.MustParse("predicted=2"))
	if err != nil || both.String() != "label=1&predicted=2" {
		t.Errorf("both: %s, %v", both, err)
	}
	if _, err := s.And(slice.MustParse("label=2")); err == nil {
		t.Error("two labels are put together")
	}
	if s.String() != "label=1&confidence=0.5-&split=test&threshold=0.25" {
		t.Errorf("the slice has changed: %s", s)
	}
}

func TestQueryLeavesOthersAlone(t *testing.T) {
	s, err := slice.Samples.Query("sort=path&label=1&limit=10&sort=x", "sort", "limit")
	if err != nil || s.String() != "label=1" {
		t.Errorf("%s, %v", s, err)
	}
	var m *slice.Mistake
	if _, err := slice.Samples.Query("sort=path", "limit"); !errors.As(err, &m) || m.Name != "sort" {
		t.Errorf("sort is no parameter here: %v", err)
	}
}

func TestSlicesInJSON(t *testing.T) {
	in := struct {
		Slice slice.Slice `json:"slice"`
	}{slice.MustParse("label=hot dog&predicted=1")}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"slice":"label=hot%20dog\u0026predicted=1"}` {
		t.Fatalf("%s, %v", b, err)
	}
	out := in
	out.Slice = slice.Slice{}
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%s, %v", out.Slice, err)
	}
	if err := json.Unmarshal([]byte(`{"slice":"labl=1"}`), &out); err == nil {
		t.Error("a mistake is read")
	}
}

func TestObjectsOfEarlierVersions(t *testing.T) {
	var object map[string]any
	if err := json.Unmarshal([]byte(`{"label": 0, "predicted": -1, "correct": false, "min_confidence": 0.7, "max_confidence": 1, "class": 3,
		"min_score": 1e-7, "q": "a,b & !c", "split": "test,val", "threshold": 0.5, "max_score": null}`), &object); err != nil {
		t.Fatal(err)
	}
	s, err := slice.FromObject(object)
	want := "label=0&predicted=-1&correct=false&confidence=0.7-1&score(3)=0.0000001-&q=a%2Cb%20%26%20%21c&split=test%2Cval&threshold=0.5"
	if err != nil || s.String() != want {
		t.Errorf("%s, %v; want %s", s, err, want)
	}
	for _, bad := range []map[string]any{{"labl": 1.0}, {"label": []any{1.0}}, {"label": 1.5}, {"min_score": 0.5}} {
		if s, err := slice.FromObject(bad); err == nil && s.String() != "label=1.5" {
			t.Errorf("%v is read as %s", bad, s)
		}
	}
}

func TestUnresolvedNamesHaveNoSQL(t *testing.T) {
	if _, err := slice.MustParse("label=cake").Where(nil); err == nil {
		t.Error("a name without an index becomes SQL")
	}
	if _, err := slice.MustParse("label=cake").Resolve([]string{"Cake", "CAKE"}); err == nil {
		t.Error("a name that two classes have is resolved")
	}
}

// TestSQLIsPlain shows the conditions of what there was before this language: one
// comparison each, on columns that the database can skip by.
func TestSQLIsPlain(t *testing.T) {
	score := func(slice.Term) (slice.Relation, error) {
		return slice.Relation{From: "class_score('1')", Value: "score::DOUBLE"}, nil
	}
	for text, want := range map[string]string{
		"label=1":                   "p.truth = ?",
		"predicted=1&threshold=0.5": "p.predicted = ? AND p.confidence::DOUBLE >= ?",
		"predicted=-1":              "p.confidence::DOUBLE < ?",
		"correct=true":              "p.truth = p.predicted",
		"correct=false":             "p.truth >= 0 AND p.truth <> p.predicted",
		"confidence=0.5-0.7":        "p.confidence::DOUBLE >= ? AND p.confidence::DOUBLE < ?",
		"max_confidence=1":          "p.confidence::DOUBLE <= ?",
		"score(1)=0.5-":             "p.sample IN (SELECT sample FROM class_score('1') WHERE score::DOUBLE >= ?)",
		"q=a":                       "contains(lower(s.path), lower(?))",
		"split=test":                "p.split = ?",
		"label=1,2":                 "p.truth IN (?, ?)",
		"predicted=!-1,2":           "((p.predicted = ? AND p.confidence::DOUBLE >= ? OR p.confidence::DOUBLE < ?)) IS NOT TRUE",
		"threshold=0.5":             "",
	} {
		w, err := slice.MustParse(text).Where(score)
		if got := strings.Join(w.Conditions, " AND "); err != nil || got != want || strings.Count(want, "?") != len(w.Args) {
			t.Errorf("%s is %s with %v (%v), want %s", text, got, w.Args, err, want)
		}
	}
}
