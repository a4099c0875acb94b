package results

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

func (f *fixture) count(t testing.TB, table string) (n int) {
	t.Helper()
	if err := f.ws.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChunkThatComesAgainReplaces(t *testing.T) {
	f := newFixture(t, 100, 4, 40)
	before := f.expect(slice.Slice{}, MostConfident)
	f.ingest(t, 1, 40, 40)
	f.ingest(t, 1, 40, 40)
	if n := f.count(t, "predictions"); n != 100 {
		t.Errorf("%d predictions, want 100", n)
	}
	if n := f.count(t, "blocks"); n != 3 {
		t.Errorf("%d blocks, want 3", n)
	}
	if got := f.allPages(t, slice.Slice{}, MostConfident); !slices.Equal(got, before) {
		t.Error("the samples differ")
	}
}

func TestFailedTransactionStoresNothing(t *testing.T) {
	f := planFixture(t, t.TempDir(), 20, 3)
	path := filepath.Join(f.ws.Incoming(), "c")
	if err := scoreblock.Write(path, f.block(0, 20)); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("the done-mark failed")
	err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		if err := f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job1", Block: path}); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if n := f.count(t, "predictions") + f.count(t, "blocks"); n != 0 {
		t.Errorf("%d rows after a rollback", n)
	}
	f.ingest(t, 0, 0, 20)
	if n := f.count(t, "predictions"); n != 20 {
		t.Errorf("%d predictions after the retry, want 20", n)
	}
}

func TestOutputThatIsNoNumberIsAFailure(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	f.logits[2][1] = float32(math.NaN())
	f.logits[5][0] = float32(math.Inf(1))
	f.logits[7][0] = float32(math.Inf(-1)) // a score of 0, which is fine
	f.ingest(t, 0, 0, 10)
	failures, err := f.w.Failures(ctx, f.e.ID)
	if err != nil || len(failures) != 2 || failures[0].Sample != f.samples[2].ID || failures[1].Sample != f.samples[5].ID || !strings.Contains(failures[0].Reason, "not a number") {
		t.Errorf("failures %+v, %v", failures, err)
	}
	if _, err := f.w.Prediction(ctx, f.e.ID, f.samples[2].ID); !errors.Is(err, workspace.ErrNotFound) || !strings.Contains(err.Error(), "not a number") {
		t.Errorf("prediction of a failed sample: %v", err)
	}
	c, err := f.w.Curve(ctx, f.e.ID, "", 0, 100)
	if err != nil || c.Points[len(c.Points)-1].TP+c.Points[len(c.Points)-1].FP != 7 { // 10 − 2 failed − 1 unlabelled
		t.Errorf("curve %+v, %v", c, err)
	}
	p, err := f.w.Prediction(ctx, f.e.ID, f.samples[7].ID)
	if err != nil || p.Scores[2].Score != 0 {
		t.Errorf("a score of zero: %+v, %v", p, err)
	}
}

func TestChunkWithoutBlockKeepsItsFailures(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	for seq := range 2 {
		err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
			return f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job1", Seq: seq,
				Failures: []catalog.Failure{{Sample: f.samples[seq].ID, Reason: "it killed the worker twice"}}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if failures, err := f.w.Failures(ctx, f.e.ID); err != nil || len(failures) != 2 {
		t.Errorf("failures %+v, %v", failures, err)
	}
}

func TestBlockOfAnotherModelIsRefused(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	path := filepath.Join(f.ws.Incoming(), "c")
	if err := scoreblock.Write(path, &scoreblock.Block{Samples: []int64{f.samples[0].ID}, Classes: 4, Values: make([]float32, 4)}); err != nil {
		t.Fatal(err)
	}
	ingest := func() error {
		return f.ws.Update(ctx, func(tx *workspace.Tx) error {
			return f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job1", Block: path})
		})
	}
	if err := ingest(); err == nil || !strings.Contains(err.Error(), "4 classes, the evaluation 3") {
		t.Errorf("got %v", err)
	}
	if err := scoreblock.Write(path, &scoreblock.Block{Samples: []int64{1 << 40}, Classes: 3, Values: make([]float32, 3)}); err != nil {
		t.Fatal(err)
	}
	if err := ingest(); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("an unknown sample: %v", err)
	}
}

// plan is the plan of the fixture's evaluation under another job.
func (f *fixture) plan(job string) EvaluationPlan {
	classOf := map[string]int{}
	for i, s := range f.samples {
		if f.truth[i] >= 0 {
			classOf[s.Label] = f.truth[i]
		}
	}
	return EvaluationPlan{Dataset: "data", Model: "model", Job: job, Classes: f.e.Classes, Matching: json.RawMessage(`{}`), LabelClass: classOf}
}

func TestPlanningAgain(t *testing.T) {
	f := newFixture(t, 30, 3, 10)
	more := f.plan("job2")
	more.LabelClass["a label nobody has yet"], more.Matching = 1, json.RawMessage(`{"more":true}`)
	e, ids, err := f.w.PlanEvaluation(ctx, more)
	if err != nil || len(ids) != 0 || e.Planned != 30 || f.count(t, "predictions") != 30 {
		t.Fatalf("another job when all is done: %d items, %+v, %v", len(ids), e, err)
	}
	for name, change := range map[string]func(p *EvaluationPlan){
		"a label is another class": func(p *EvaluationPlan) { p.LabelClass["label0"], p.LabelClass["label1"] = 1, 0 },
		"a label is no class":      func(p *EvaluationPlan) { delete(p.LabelClass, "label0") },
		"other names of classes":   func(p *EvaluationPlan) { p.Classes = []string{"x", "y", "z"} },
		"other model settings":     nil,
	} {
		f := newFixture(t, 30, 3, 10)
		var dropped []Dropped
		f.w.dependents = append(f.w.dependents, func(_ context.Context, _ *workspace.Tx, d Dropped) error {
			dropped = append(dropped, d)
			return nil
		})
		p := f.plan("job3")
		if change != nil {
			change(&p)
		} else if _, err := f.catalog.PutModel(ctx, "model", "abc", json.RawMessage(`{"preprocessing":"other"}`), OfModel); err != nil {
			t.Fatal(err)
		}
		_, ids, err := f.w.PlanEvaluation(ctx, p)
		if err != nil || len(ids) != 30 || f.count(t, "predictions") != 0 {
			t.Errorf("%s: %d items, %d predictions, %v", name, len(ids), f.count(t, "predictions"), err)
		}
		if files, err := filepath.Glob(filepath.Join(f.ws.Dir(), "blocks", "*", "*")); err != nil || len(files) != 0 {
			t.Errorf("%s: blocks left: %q, %v", name, files, err)
		}
		if len(dropped) != 1 || dropped[0].Evaluation != f.e.number || dropped[0].Samples != nil {
			t.Errorf("%s: dependents are told to drop %+v, want all", name, dropped)
		}
	}
}

func TestChangedFilesAreEvaluatedAgain(t *testing.T) {
	f := newFixture(t, 30, 3, 10)
	var dropped []int64
	f.w.dependents = append(f.w.dependents, func(_ context.Context, _ *workspace.Tx, d Dropped) error {
		dropped = append(dropped, d.Samples...)
		return nil
	})
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Layout: "folders"}
	for i, s := range f.samples {
		scan.Samples = append(scan.Samples, dataset.Sample{Path: s.Path, Hash: s.Hash, Label: s.Label, Labelled: s.Labelled, Split: s.Split,
			Bytes: s.Bytes, Format: s.Format, Width: s.Width, Height: s.Height, Orientation: s.Orientation})
		if i == 12 {
			scan.Samples[i].Hash = "other"
		}
	}
	r, err := f.catalog.Import(ctx, "data", scan)
	if err != nil || len(r.Changed) != 1 || f.count(t, "predictions") != 30 {
		t.Fatalf("the import: %+v, %v", r, err)
	}
	_, ids, err := f.w.PlanEvaluation(ctx, f.plan("job2"))
	if err != nil || len(ids) != 10 || f.count(t, "predictions") != 20 {
		t.Fatalf("%d items, %d predictions, %v; want the chunk of the changed sample", len(ids), f.count(t, "predictions"), err)
	}
	if !slices.Equal(dropped, []int64{f.samples[12].ID}) {
		t.Errorf("dependents are told to drop what is of samples %v, want the changed one", dropped)
	}
	path := filepath.Join(f.ws.Incoming(), "again")
	if err := scoreblock.Write(path, f.block(10, 10)); err != nil {
		t.Fatal(err)
	}
	err = f.ws.Update(ctx, func(tx *workspace.Tx) error {
		return f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job2", Block: path})
	})
	if err != nil || f.count(t, "predictions") != 30 {
		t.Fatalf("%d predictions, %v", f.count(t, "predictions"), err)
	}
	if _, ids, err := f.w.PlanEvaluation(ctx, f.plan("job3")); err != nil || len(ids) != 0 {
		t.Errorf("once more: %d items, %v", len(ids), err)
	}
}
