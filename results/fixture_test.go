package results

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

var ctx = context.Background()

// openStores opens the workspace in dir, with the stores up to this one, until the test ends.
func openStores(t testing.TB, dir string) (*workspace.Workspace, *catalog.Store, *Store) {
	t.Helper()
	ws, err := workspace.Open(dir, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	c, err := catalog.New(ctx, ws)
	if err != nil {
		t.Fatal(err)
	}
	db, err := New(ctx, ws, c)
	if err != nil {
		t.Fatal(err)
	}
	return ws, c, db
}

// fixture is an evaluation whose every score is known.
type fixture struct {
	ws      *workspace.Workspace
	catalog *catalog.Store
	w       *Store
	e       *Evaluation
	classes int
	samples []catalog.Sample
	truth   []int       // -1: unlabelled
	logits  [][]float32 // by sample
	dim     int
}

// sampleSplit puts two samples of three into "test".
func sampleSplit(i int) string { return []string{"train", "test", "test"}[i%3] }

// newFixture stores n samples of a dataset and evaluates them in chunks with
// random logits, a tenth of the samples without label.
func newFixture(t testing.TB, n, classes, chunk int) *fixture {
	t.Helper()
	f := planFixture(t, t.TempDir(), n, classes)
	for first := 0; first < n; first += chunk {
		f.ingest(t, first/chunk, first, min(chunk, n-first))
	}
	if err := f.w.FinishEvaluation(ctx, f.e.ID); err != nil {
		t.Fatal(err)
	}
	return f
}

func planFixture(t testing.TB, dir string, n, classes int) *fixture {
	t.Helper()
	f := &fixture{classes: classes, dim: 3}
	f.ws, f.catalog, f.w = openStores(t, dir)
	r := rand.New(rand.NewPCG(1, 2))
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Layout: "folders"}
	classOf := map[string]int{}
	for i := range n {
		truth := r.IntN(classes)
		if i%10 == 9 {
			truth = -1
		}
		s := dataset.Sample{Path: fmt.Sprintf("%06d.png", i), Hash: fmt.Sprintf("%032x", i), Bytes: 10, Format: "png",
			Width: 4, Height: 3, Orientation: 1, Split: sampleSplit(i)}
		if i%4 == 0 {
			s.Orientation = 6
		}
		if truth >= 0 {
			s.Label, s.Labelled = fmt.Sprintf("label%d", truth), true
			classOf[s.Label] = truth
		}
		scan.Samples = append(scan.Samples, s)
		f.truth = append(f.truth, truth)
		f.logits = append(f.logits, randomLogits(r, classes, truth))
	}
	if _, err := f.catalog.Import(ctx, "data", scan); err != nil {
		t.Fatal(err)
	}
	f.evaluate(t, classOf)
	return f
}

// randomLogits favours the truth a little; coarse steps make ties.
func randomLogits(r *rand.Rand, classes, truth int) []float32 {
	row := make([]float32, classes)
	for c := range row {
		row[c] = float32(math.Round(r.NormFloat64()*8) / 4)
	}
	if truth >= 0 && r.IntN(2) == 0 {
		row[truth] += 3
	}
	return row
}

func (f *fixture) evaluate(t testing.TB, classOf map[string]int) {
	t.Helper()
	if _, err := f.catalog.PutModel(ctx, "model", "abc", json.RawMessage(`{"name":"model"}`), OfModel); err != nil {
		t.Fatal(err)
	}
	names := make([]string, f.classes)
	for c := range names {
		names[c] = fmt.Sprintf("class%d", c)
	}
	e, ids, err := f.w.PlanEvaluation(ctx, EvaluationPlan{Dataset: "data", Model: "model", Job: "job1", Classes: names,
		Matching: json.RawMessage(`{}`), LabelClass: classOf})
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != len(f.truth) {
		t.Fatalf("%d samples to predict, want %d", len(ids), len(f.truth))
	}
	f.e = e
	if f.samples, err = f.catalog.SamplesByID(ctx, ids); err != nil {
		t.Fatal(err)
	}
}

// block is the block of samples [first, first+n).
func (f *fixture) block(first, n int) *scoreblock.Block {
	b := &scoreblock.Block{Classes: f.classes, Kind: scoreblock.SoftmaxLogits}
	for i := first; i < first+n; i++ {
		b.Samples = append(b.Samples, f.samples[i].ID)
		b.Values = append(b.Values, f.logits[i]...)
		for d := range f.dim {
			b.Embedding = append(b.Embedding, float32(i*10+d))
		}
	}
	return b
}

// ingest delivers a chunk as a worker and the server do.
func (f *fixture) ingest(t testing.TB, seq, first, n int) {
	t.Helper()
	if err := f.handIn(seq, first, n); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) handIn(seq, first, n int) error {
	path := filepath.Join(f.ws.Incoming(), fmt.Sprintf("chunk-%d", seq))
	if err := scoreblock.Write(path, f.block(first, n)); err != nil {
		return err
	}
	return f.ws.Update(ctx, func(tx *workspace.Tx) error {
		return f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: f.e.ID, Job: "job1", Seq: seq, Block: path})
	})
}

// score is the slow and obvious softmax.
func (f *fixture) score(i, class int) float32 {
	sum, top := 0.0, math.Inf(-1)
	for _, v := range f.logits[i] {
		top = max(top, float64(v))
	}
	for _, v := range f.logits[i] {
		sum += math.Exp(float64(v) - top)
	}
	return float32(math.Exp(float64(f.logits[i][class]) - (top + math.Log(sum))))
}

// predicted is the first class with the largest logit, and its score.
func (f *fixture) predicted(i int) (class int, confidence float32) {
	for c, v := range f.logits[i] {
		if v > f.logits[i][class] {
			class = c
		}
	}
	return class, f.score(i, class)
}

// keeps says whether a slice selects sample i, by its documentation.
func (f *fixture) keeps(of slice.Slice, i int) bool {
	of, err := of.Resolve(f.e.Classes)
	if err != nil {
		panic(err)
	}
	for _, t := range of.Terms() {
		if t.Field.Kind != slice.Level && f.meets(t, of.Threshold(), i) == t.Not {
			return false
		}
	}
	return true
}

func (f *fixture) meets(t slice.Term, threshold float64, i int) bool {
	class, confidence := f.predicted(i)
	within := func(v float32) bool {
		return (t.Low == nil || float64(v) >= *t.Low) && (t.High == nil || float64(v) < *t.High || *t.High >= 1 && float64(v) <= *t.High)
	}
	switch t.Field.Name {
	case "label":
		return slices.Contains(t.Values, slice.Class(f.truth[i]))
	case "predicted":
		if float64(confidence) < threshold {
			class = NoDecision
		}
		return slices.Contains(t.Values, slice.Class(class))
	case "correct":
		return f.truth[i] >= 0 && float64(confidence) >= threshold && (class == f.truth[i]) == (t.Values[0].Name == "true")
	case "confidence":
		return within(confidence)
	case "rank":
		above := 0
		for c, v := range f.logits[i] {
			if truth := f.truth[i]; truth >= 0 && (f.score(i, c) > f.score(i, truth) || v == f.logits[i][truth] && c > truth) {
				above++
			}
		}
		return f.truth[i] >= 0 && (t.Low == nil || above+1 >= int(*t.Low)) && (t.High == nil || above+1 <= int(*t.High))
	case "score":
		return within(f.score(i, t.Of[0].Index))
	case "split":
		return slices.Contains(t.Values, slice.Named(sampleSplit(i)))
	}
	panic("the fixture does not know " + t.Field.Name)
}
