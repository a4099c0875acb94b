package trials_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/trials"
	"github.com/sightline/sightline/workspace"
)

const evaluation = "synthetic~random"

func opened(t *testing.T) *stores.Stores {
	t.Helper()
	s, err := stores.Open(context.Background(), t.TempDir(), workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := synthetic.Fill(context.Background(), s, synthetic.Size{Samples: 10, Classes: 3}, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ingest(s *stores.Stores, stage, job string, list ...trials.Trial) error {
	ctx := context.Background()
	return s.Workspace.Update(ctx, func(tx *workspace.Tx) error { return s.Trials.Ingest(ctx, tx, evaluation, stage, job, list) })
}

// Trials are read as they were stored; a unit that is done again replaces what it had, and a
// job that another one has taken over from stores nothing.
func TestTrials(t *testing.T) {
	s, ctx := opened(t), context.Background()
	must(t, s.Trials.PutPlan(ctx, evaluation, trials.Plan{Stage: "test", Job: "a", Content: json.RawMessage(`{"x":1}`)}))
	one := trials.Trial{Unit: 3, Sample: 5, Class: 2, Region: "head", Place: 1, Fill: "blur", Donor: 4, Area: 0.25, Logits: floats.Bytes([]float32{1, -2, 0.5})}
	must(t, ingest(s, "test", "a", trials.Trial{Unit: 3, Sample: 5, Logits: floats.Bytes([]float32{0, 0, 0})}))
	must(t, ingest(s, "test", "a", one))
	if err := ingest(s, "test", "b", one); err == nil {
		t.Error("a job that the plan is not of stored trials")
	}
	list, err := s.Trials.Trials(ctx, evaluation, "test")
	must(t, err)
	if len(list) != 1 || !slices.Equal(list[0].Scores(), one.Scores()) || list[0].Region != "head" || list[0].Donor != 4 || list[0].Area != 0.25 {
		t.Errorf("read %+v", list)
	}
	units, err := s.Trials.Units(ctx, evaluation, "test")
	if must(t, err); len(units) != 1 || !units[3] {
		t.Errorf("units %v", units)
	}
	must(t, s.Trials.Finish(ctx, evaluation, "test", "a"))
	if p, ok, err := s.Trials.Plan(ctx, evaluation, "test"); err != nil || !ok || !p.Finished || string(p.Content) != `{"x":1}` {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
}

// The same plan keeps its trials; another one drops them, and those that follow from them.
func TestPlansReplaceOneAnother(t *testing.T) {
	s, ctx := opened(t), context.Background()
	put := func(stage, job, content string, later ...string) {
		t.Helper()
		must(t, s.Trials.PutPlan(ctx, evaluation, trials.Plan{Stage: stage, Job: job, Content: json.RawMessage(content)}, later...))
	}
	count := func(stage string) int {
		list, err := s.Trials.Trials(ctx, evaluation, stage)
		must(t, err)
		return len(list)
	}
	put("screen", "a", `{"x":1}`, "test")
	must(t, ingest(s, "screen", "a", trials.Trial{}))
	put("test", "b", `{"y":1}`)
	must(t, ingest(s, "test", "b", trials.Trial{}))
	put("screen", "c", `{"x":1}`, "test")
	if count("screen") != 1 || count("test") != 1 {
		t.Errorf("the same plan: %d and %d trials", count("screen"), count("test"))
	}
	put("screen", "d", `{"x":2}`, "test")
	if _, ok, err := s.Trials.Plan(ctx, evaluation, "test"); count("screen") != 0 || count("test") != 0 || ok || err != nil {
		t.Errorf("another plan: %d and %d trials, %v", count("screen"), count("test"), err)
	}
}

// Trials go with their evaluation, declarations with their dataset.
func TestTrialsGo(t *testing.T) {
	s, ctx := opened(t), context.Background()
	must(t, s.Trials.PutPlan(ctx, evaluation, trials.Plan{Stage: "test", Job: "a", Content: json.RawMessage(`{}`)}))
	must(t, ingest(s, "test", "a", trials.Trial{Unit: 1}))
	must(t, s.Trials.Declare(ctx, "synthetic", []trials.Declaration{{Region: "head", Word: trials.Unwanted}}, true))
	must(t, s.Trials.Dismiss(ctx, "synthetic", []trials.Dismissal{{Key: "leak"}}, nil))
	if _, err := s.Remove(ctx, stores.Dataset, "synthetic"); err != nil {
		t.Fatal(err)
	}
	var left int
	must(t, s.Workspace.QueryRow(ctx, `SELECT (SELECT count(*) FROM trials) + (SELECT count(*) FROM trial_plans) + (SELECT count(*) FROM declarations)
		+ (SELECT count(*) FROM dismissals)`).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

func TestDeclarations(t *testing.T) {
	s, ctx := opened(t), context.Background()
	declare := func(all bool, list ...trials.Declaration) []trials.Declaration {
		t.Helper()
		must(t, s.Trials.Declare(ctx, "synthetic", list, all))
		now, err := s.Trials.Declarations(ctx, "synthetic")
		must(t, err)
		return now
	}
	head, apron := trials.Declaration{Region: "head", Word: trials.Unwanted}, trials.Declaration{Class: "chef", Region: "apron", Word: trials.Expected}
	if now := declare(false, apron, head); !slices.Equal(now, []trials.Declaration{head, apron}) {
		t.Errorf("%v", now)
	}
	head.Word = trials.Expected
	if now := declare(false, head); !slices.Equal(now, []trials.Declaration{head, apron}) {
		t.Errorf("said otherwise: %v", now)
	}
	if now := declare(false, trials.Declaration{Class: "chef", Region: "apron"}); !slices.Equal(now, []trials.Declaration{head}) {
		t.Errorf("taken back: %v", now)
	}
	if now := declare(true, apron); !slices.Equal(now, []trials.Declaration{apron}) {
		t.Errorf("replaced: %v", now)
	}
	for _, bad := range []trials.Declaration{{Region: "head", Word: "nice"}, {Word: trials.Expected}} {
		if err := s.Trials.Declare(ctx, "synthetic", []trials.Declaration{bad}, false); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// A dismissal is kept with its note until it is taken back, whatever is declared meanwhile.
func TestDismissals(t *testing.T) {
	s, ctx := opened(t), context.Background()
	dismiss := func(back []string, list ...trials.Dismissal) (keys []string) {
		t.Helper()
		must(t, s.Trials.Dismiss(ctx, "synthetic", list, back))
		now, err := s.Trials.Dismissals(ctx, "synthetic")
		must(t, err)
		for _, d := range now {
			keys = append(keys, d.Key+": "+d.Note+": "+d.Text)
			if d.Made.IsZero() {
				t.Errorf("%+v has no time", d)
			}
		}
		return keys
	}
	leak, cake := trials.Dismissal{Key: "leak", Note: "known", Text: "two files"}, trials.Dismissal{Key: "confusion/cake/chocolate"}
	if now := dismiss(nil, leak, cake); !slices.Equal(now, []string{"confusion/cake/chocolate: : ", "leak: known: two files"}) {
		t.Errorf("%v", now)
	}
	must(t, s.Trials.Declare(ctx, "synthetic", nil, true))
	leak.Note = "will be mended"
	if now := dismiss([]string{cake.Key}, leak); !slices.Equal(now, []string{"leak: will be mended: two files"}) {
		t.Errorf("%v", now)
	}
	for _, bad := range []trials.Dismissal{{}, {Key: "a\x00"}, {Key: strings.Repeat("x", 8001)}, {Key: "a", Note: strings.Repeat("x", 2001)}} {
		if err := s.Trials.Dismiss(ctx, "synthetic", []trials.Dismissal{bad}, nil); !errors.Is(err, trials.ErrDismissal) {
			t.Errorf("%.20q was accepted: %v", bad.Key, err)
		}
	}
}

// A declaration of a region or class with a name that no list can show is refused, as names of
// datasets are, and nothing of the same request is stored.
func TestDeclarationsOfOddNamesAreRefused(t *testing.T) {
	s, ctx := opened(t), context.Background()
	good := trials.Declaration{Region: "head", Word: trials.Unwanted}
	for name, bad := range map[string]trials.Declaration{
		"long region": {Region: strings.Repeat("x", 1001), Word: trials.Unwanted}, "NUL": {Region: "a\x00b", Word: trials.Unwanted},
		"long class": {Class: strings.Repeat("x", 1001), Region: "head", Word: trials.Unwanted}, "escape": {Class: "\x1b[2J", Region: "head", Word: trials.Unwanted},
	} {
		if err := s.Trials.Declare(ctx, "synthetic", []trials.Declaration{good, bad}, false); !errors.Is(err, trials.ErrDeclaration) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now, err := s.Trials.Declarations(ctx, "synthetic"); err != nil || len(now) != 0 {
		t.Errorf("%v, %v", now, err)
	}
}
