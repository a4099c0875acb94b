package results

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// earlier is a second evaluation beside a fixture's, of the same dataset or of another
// one with some of the images; its classes stand in another order, one is called
// otherwise, one is gone.
type earlier struct {
	id        string
	truth     map[int]int // by the fixture's sample: class of the later evaluation, −9 one that it lacks
	predicted map[int]int
	score     map[int]float32
}

var earlierClasses = []string{"class3", "tart", "class0", "class2"} // of class0 … class4

// addEarlier evaluates every image that which holds for, with random predictions.
func addEarlier(t *testing.T, f *fixture, name string, which func(i int) bool) *earlier {
	t.Helper()
	scan := &dataset.Result{Source: dataset.Source{Root: "/" + name}, Layout: "folders"}
	for i := range f.samples {
		if which(i) {
			s := dataset.Sample{Path: fmt.Sprintf("%06d.png", i), Hash: fmt.Sprintf("%032x", i), Bytes: 10, Format: "png", Width: 4, Height: 3, Orientation: 1}
			if f.truth[i] >= 0 {
				s.Label, s.Labelled = fmt.Sprintf("label%d", f.truth[i]), true
			}
			scan.Samples = append(scan.Samples, s)
			if i%5 == 0 { // the same bytes a second time, later by path: does not count
				s.Path = "copies/" + s.Path
				scan.Samples = append(scan.Samples, s)
			}
		}
	}
	if name == "data" {
		scan = nil
	} else if _, err := f.catalog.Import(ctx, name, scan); err != nil {
		t.Fatal(err)
	}
	return evaluateEarlier(t, f, name)
}

func evaluateEarlier(t *testing.T, f *fixture, name string) *earlier {
	t.Helper()
	if _, err := f.catalog.PutModel(ctx, "old", "def", json.RawMessage(`{"name":"old"}`), OfModel); err != nil {
		t.Fatal(err)
	}
	labels := map[string]int{"label3": 0, "label1": 1, "label0": 2, "label2": 3} // label1 is tart there, label4 has no class
	e, ids, err := f.w.PlanEvaluation(ctx, EvaluationPlan{Dataset: name, Model: "old", Job: "job2", Classes: earlierClasses, Matching: json.RawMessage(`{}`), LabelClass: labels})
	if err != nil {
		t.Fatal(err)
	}
	samples, err := f.catalog.SamplesByID(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	out := &earlier{id: e.ID, truth: map[int]int{}, predicted: map[int]int{}, score: map[int]float32{}}
	b := &scoreblock.Block{Classes: len(earlierClasses), Kind: scoreblock.PlainScores}
	r := rand.New(rand.NewPCG(9, 9))
	match := []int{3, -9, 0, 2}
	for _, s := range samples {
		b.Samples = append(b.Samples, s.ID)
		class, confidence := r.IntN(4), 0.4+0.5*r.Float32()
		row := []float32{(1 - confidence) / 3, (1 - confidence) / 3, (1 - confidence) / 3, (1 - confidence) / 3}
		row[class] = confidence
		b.Values = append(b.Values, row...)
		var i int
		if n, _ := fmt.Sscanf(s.Path, "%d.png", &i); n == 0 {
			continue // a copy
		}
		out.predicted[i], out.score[i], out.truth[i] = match[class], confidence, -1
		if label, ok := labels[fmt.Sprintf("label%d", f.truth[i])]; ok {
			out.truth[i] = match[label]
		}
	}
	path := filepath.Join(f.ws.Incoming(), "earlier")
	if err := scoreblock.Write(path, b); err != nil {
		t.Fatal(err)
	}
	if err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		return f.w.IngestBlock(ctx, tx, ChunkResult{Evaluation: e.ID, Job: "job2", Block: path})
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// became is the slow and obvious transition of sample i; "" if it is none.
func (f *fixture) became(before *earlier, i int, threshold float64) string {
	class, confidence := f.predicted(i)
	was, paired := before.predicted[i]
	if !paired || f.truth[i] < 0 || before.truth[i] == -1 {
		return ""
	}
	decided, decidedBefore := float64(confidence) >= threshold, float64(before.score[i]) >= threshold
	right, wasRight := decided && class == f.truth[i], decidedBefore && was == before.truth[i]
	switch {
	case right && wasRight:
		return "still-right"
	case right:
		return "fixed"
	case wasRight:
		return "broken"
	case !decided && !decidedBefore, decided && decidedBefore && class == was:
		return "still-wrong"
	}
	return "changed"
}

// Pairs and the criterion transition are what a plain loop over the images says: of one
// dataset, and of two that overlap and have images twice.
func TestPairsEqualThePlainLoop(t *testing.T) {
	for name, which := range map[string]func(int) bool{
		"data": func(int) bool { return true }, "other": func(i int) bool { return i%3 > 0 }, "nothing": func(i int) bool { return i < 0 },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, 400, 5, 128)
			if name == "nothing" {
				which = func(i int) bool { return i == 0 } // a dataset needs an image
			}
			before := addEarlier(t, f, name, which)
			for _, text := range []string{"", "threshold=0.55", "split=test&threshold=0.45", "label=class2"} {
				checkPairs(t, f, before, slice.MustParse(text))
			}
		})
	}
}

func checkPairs(t *testing.T, f *fixture, before *earlier, of slice.Slice) {
	t.Helper()
	want := map[string]int{}
	for i := range f.samples {
		if f.keeps(of, i) {
			want[f.became(before, i, of.Threshold())]++
		}
	}
	pairs, err := f.w.Pairs(ctx, f.e.ID, before.id, of)
	if err != nil {
		t.Fatal(err)
	}
	figures := compare.Of(pairs)
	for _, which := range compare.Transitions() {
		if figures.Counts[which] != want[string(which)] {
			t.Errorf("%s: %d %s, want %d", of, figures.Counts[which], which, want[string(which)])
		}
		name := fmt.Sprintf("transition(%s)=%s", before.id, which)
		if text := of.String(); text != "" {
			name += "&" + text
		}
		total, page, err := f.w.Samples(ctx, f.e.ID, slice.MustParse(name), ByPath, 0, 1000)
		if err != nil || total != want[string(which)] {
			t.Fatalf("%s selects %d samples, want %d (%v)", name, total, want[string(which)], err)
		}
		for _, s := range page {
			i := slices.IndexFunc(f.samples, func(have catalog.Sample) bool { return have.ID == s.ID })
			if got := f.became(before, i, of.Threshold()); got != string(which) {
				t.Errorf("%s has sample %d, which is %s", name, i, got)
			}
		}
	}
	checkWas(t, f, before, of)
	if pairs.Unpaired+pairs.Unlabelled != want[""] {
		t.Errorf("%s: %d without a pair and %d without label, want %d", of, pairs.Unpaired, pairs.Unlabelled, want[""])
	}
	if !slices.Equal(pairs.Missing, []string{"class1", "class4"}) || !slices.Equal(pairs.MissingBefore, []string{"tart"}) {
		t.Errorf("missing %v and %v", pairs.Missing, pairs.MissingBefore)
	}
}

// Paired has the pairs themselves.
func TestPairedSamples(t *testing.T) {
	f := newFixture(t, 60, 5, 60)
	before := addEarlier(t, f, "other", func(i int) bool { return i >= 20 })
	pairs, err := f.w.Paired(ctx, f.e.ID, before.id)
	if err != nil || len(pairs) != 40 {
		t.Fatalf("%d pairs, %v", len(pairs), err)
	}
	for here, there := range pairs {
		both, err := f.catalog.SamplesByID(ctx, []int64{here, there})
		if err != nil || both[0].Path != both[1].Path || both[0].Hash != both[1].Hash {
			t.Errorf("%+v, %v", both, err)
		}
		if one, ok, err := f.w.Counterpart(ctx, f.e.ID, before.id, here); err != nil || !ok || one != there {
			t.Errorf("the counterpart of %d is %d (%v, %v), want %d", here, one, ok, err, there)
		}
	}
	if _, ok, err := f.w.Counterpart(ctx, f.e.ID, before.id, -1); err != nil || ok {
		t.Errorf("a sample that is not there has a counterpart: %v, %v", ok, err)
	}
	if _, err := f.w.Pairs(ctx, f.e.ID, "nosuch~model", slice.Slice{}); err == nil {
		t.Error("compares with an evaluation that is not there")
	}
}

// checkWas compares the criterion was with a plain loop.
func checkWas(t *testing.T, f *fixture, before *earlier, of slice.Slice) {
	t.Helper()
	for _, class := range []int{-1, 0, 3} {
		want := 0
		for i := range f.samples {
			was := before.predicted[i]
			if float64(before.score[i]) < of.Threshold() {
				was = -1
			}
			if f.keeps(of, i) && f.became(before, i, of.Threshold()) != "" && was == class {
				want++
			}
		}
		text := fmt.Sprintf("was(%s)=%d", before.id, class)
		if rest := of.String(); rest != "" {
			text += "&" + rest
		}
		if total, _, err := f.w.Samples(ctx, f.e.ID, slice.MustParse(text), ByPath, 0, 1); err != nil || total != want {
			t.Errorf("%s selects %d samples, want %d (%v)", text, total, want, err)
		}
	}
}
