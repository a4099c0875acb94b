package results

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// selections covers every criterion, alone and together.
func selections() map[string]slice.Slice {
	m := map[string]slice.Slice{}
	for _, text := range []string{
		"", "split=test", "threshold=0.6", "label=2", "label=-1", "label=1&predicted=2&threshold=0.3", "predicted=-1&threshold=0.5",
		"correct=true", "correct=false&split=train", "confidence=0.4-0.8", "confidence=0.95-1", "score(3)=0.1-0.7",
		"score(0)=0.2-&split=test&correct=true&threshold=0.5",
		"label=class2,class0", "label=!1,-1", "predicted=0,3,-1&threshold=0.5", "predicted=!0&threshold=0.5", "score(1)=-0.5&score(4)=!-0.3",
		"confidence=!0.4-0.8&split=!test", "score(class2)=0.3-&label=!class2", "rank=2-3", "rank=!-2&split=test",
	} {
		m[text] = slice.MustParse(text)
	}
	return m
}

func TestSamplesSelectsWhatTheSliceSays(t *testing.T) {
	f := newFixture(t, 700, 5, 128)
	for name, of := range selections() {
		t.Run(name, func(t *testing.T) {
			for _, sort := range []Sort{MostConfident, LeastConfident, ByPath, WorstLoss} {
				want := f.expect(of, sort)
				got := f.allPages(t, of, sort)
				if !slices.Equal(got, want) {
					t.Fatalf("sort %s: got %d samples %v…, want %d %v…", sort, len(got), got[:min(5, len(got))], len(want), want[:min(5, len(want))])
				}
			}
		})
	}
}

// expect lists the ids of the selected samples in order.
func (f *fixture) expect(of slice.Slice, sort Sort) []int64 {
	type entry struct {
		id  int64
		key float64
	}
	var list []entry
	for i, s := range f.samples {
		if !f.keeps(of, i) {
			continue
		}
		_, confidence := f.predicted(i)
		e := entry{id: s.ID}
		switch sort {
		case MostConfident:
			e.key = -float64(confidence)
		case LeastConfident:
			e.key = float64(confidence)
		case WorstLoss:
			e.key = 1
			if t := f.truth[i]; t >= 0 {
				b := f.block(i, 1)
				e.key = -(b.Norms()[0] - float64(f.logits[i][t]))
			}
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	ids := make([]int64, len(list))
	for i, e := range list {
		ids[i] = e.id
	}
	return ids
}

func (f *fixture) allPages(t *testing.T, of slice.Slice, sort Sort) []int64 {
	t.Helper()
	ids := []int64{}
	for {
		total, page, err := f.w.Samples(ctx, f.e.ID, of, sort, len(ids), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page {
			ids = append(ids, it.ID)
		}
		if len(page) == 0 {
			if total != len(ids) {
				t.Fatalf("total %d, %d on the pages", total, len(ids))
			}
			return ids
		}
	}
}

func TestSampleItemIsUpright(t *testing.T) {
	f := newFixture(t, 20, 3, 20)
	_, page, err := f.w.Samples(ctx, f.e.ID, slice.Slice{}, ByPath, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	if page[0].Width != 3 || page[0].Height != 4 || page[1].Width != 4 || page[1].Height != 3 {
		t.Errorf("displayed sizes %dx%d and %dx%d: the first is rotated", page[0].Width, page[0].Height, page[1].Width, page[1].Height)
	}
	class, confidence := f.predicted(1)
	if page[1].Predicted != class || page[1].Confidence != confidence || page[1].Label != f.truth[1] || page[1].Path != "000001.png" {
		t.Errorf("got %+v", page[1])
	}
}

func TestPlaceWalksThroughTheSlice(t *testing.T) {
	f := newFixture(t, 300, 4, 100)
	for _, sort := range []Sort{MostConfident, LeastConfident, ByPath, WorstLoss} {
		of := slice.MustParse("correct=false&split=test")
		ids := f.expect(of, sort)
		for i, id := range ids {
			p, ok, err := f.w.Place(ctx, f.e.ID, of, sort, id)
			if err != nil || !ok {
				t.Fatalf("sample %d: %v, %v", id, ok, err)
			}
			if p.Position != i || p.Total != len(ids) {
				t.Fatalf("%s: sample %d at %d of %d, want %d of %d", sort, id, p.Position, p.Total, i, len(ids))
			}
			if i > 0 && (p.Previous == nil || *p.Previous != ids[i-1]) || i == 0 && p.Previous != nil {
				t.Fatalf("%s: before %d: %v", sort, id, p.Previous)
			}
			if i+1 < len(ids) && (p.Next == nil || *p.Next != ids[i+1]) || i+1 == len(ids) && p.Next != nil {
				t.Fatalf("%s: after %d: %v", sort, id, p.Next)
			}
		}
		if _, ok, err := f.w.Place(ctx, f.e.ID, of, sort, -5); ok || err != nil {
			t.Errorf("a sample outside the filter: %v, %v", ok, err)
		}
	}
}

func TestMatrixCountsCells(t *testing.T) {
	f := newFixture(t, 700, 5, 128)
	for name, of := range selections() {
		want := metrics.NewConfusion(5)
		for i := range f.samples {
			if f.truth[i] < 0 || !f.keeps(of, i) {
				continue
			}
			class, confidence := f.predicted(i)
			if float64(confidence) < of.Threshold() {
				class = metrics.NoDecision
			}
			if err := want.Add(f.truth[i], class); err != nil {
				t.Fatal(err)
			}
		}
		got, err := f.w.Matrix(ctx, f.e.ID, of)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Counts, want.Counts) {
			t.Errorf("%s: got %v, want %v", name, got.Counts, want.Counts)
		}
	}
}

func TestHistogramBarsOpenTheirSamples(t *testing.T) {
	f := newFixture(t, 700, 5, 128)
	for _, bins := range []int{1, 7, 20} {
		h, err := f.w.Histogram(ctx, f.e.ID, slice.MustParse("split=test"), bins)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for i := range bins {
			for _, right := range []bool{true, false} {
				total, _, err := f.w.Samples(ctx, f.e.ID, slice.MustParse(fmt.Sprintf("correct=%v&confidence=%v-%v&split=test", right, h.Edges[i], h.Edges[i+1])), "", 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				bar := map[bool]int{true: h.Right[i], false: h.Wrong[i]}[right]
				if bar != total {
					t.Errorf("%d bins: bar %d is %d, its samples %d", bins, i, bar, total)
				}
				sum += bar
			}
		}
		if want := len(f.expect(slice.MustParse("correct=true&split=test"), "")) + len(f.expect(slice.MustParse("correct=false&split=test"), "")); sum != want {
			t.Errorf("%d bins hold %d samples, want %d", bins, sum, want)
		}
	}
}

// TestEveryDecisionIsCountedOnce: at every threshold, those of samples' own confidences among
// them, the figures are the numbers of samples behind the doors, and these add up.
func TestEveryDecisionIsCountedOnce(t *testing.T) {
	f := newFixture(t, 300, 5, 128)
	thresholds := []float64{0, 0.2, 0.5, 0.999, 1}
	for i := range 20 {
		_, confidence := f.predicted(i * 13)
		thresholds = append(thresholds, float64(confidence))
	}
	for _, threshold := range thresholds {
		at := "threshold=" + strconv.FormatFloat(threshold, 'g', -1, 64)
		s, err := f.w.Summary(ctx, f.e.ID, slice.MustParse(at))
		if err != nil {
			t.Fatal(err)
		}
		count := func(of string) int {
			total, _, err := f.w.Samples(ctx, f.e.ID, slice.MustParse(of+"&"+at), "", 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			return total
		}
		right, wrong, undecided := count("correct=true"), count("correct=false"), count("label=!-1&predicted=-1")
		c := s.Confusion
		if right+wrong+undecided != s.Labelled || right != c.Correct() || undecided != c.Undecided() || s.Labelled != c.Total() {
			t.Errorf("%s: %d right, %d wrong, %d undecided of %d; the figures say %d right, %d undecided of %d",
				at, right, wrong, undecided, s.Labelled, c.Correct(), c.Undecided(), c.Total())
		}
	}
}

func TestCurveIsThatOfTheScores(t *testing.T) {
	f := newFixture(t, 700, 5, 128)
	for _, split := range []string{"", "test"} {
		for class := range 5 {
			var scores []float32
			var positive []bool
			for i := range f.samples {
				if f.truth[i] >= 0 && (split == "" || sampleSplit(i) == split) {
					scores, positive = append(scores, f.score(i, class)), append(positive, f.truth[i] == class)
				}
			}
			want := metrics.PrecisionRecall(scores, positive)
			got, err := f.w.Curve(ctx, f.e.ID, split, class, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if got.Positives != want.Positives || got.AveragePrecision != want.AveragePrecision() || *got.ROCAUC != want.ROCAUC() || len(got.Points) != len(want.Points) {
				t.Fatalf("class %d of %q: %d positives, AP %v, AUC %v, %d points; want %d, %v, %v, %d", class, split, got.Positives,
					got.AveragePrecision, *got.ROCAUC, len(got.Points), want.Positives, want.AveragePrecision(), want.ROCAUC(), len(want.Points))
			}
			p := got.Points[len(got.Points)/2]
			total, _, err := f.w.Samples(ctx, f.e.ID, slice.MustParse(fmt.Sprintf("label=%d&score(%d)=%v-&split=%s", class, class, p.Threshold, split)), "", 0, 1)
			if err != nil || total != p.TP {
				t.Errorf("class %d: the point at %v has %d true positives and opens %d samples (%v)", class, p.Threshold, p.TP, total, err)
			}
		}
	}
}

func TestAreasAreStoredUntilPredictionsChange(t *testing.T) {
	f := newFixture(t, 300, 4, 100)
	if a, err := f.w.Areas(ctx, f.e.ID, ""); err != nil || a != nil {
		t.Fatalf("before: %v, %v", a, err)
	}
	if err := f.w.ComputeAreas(ctx, f.e.ID, ""); err != nil {
		t.Fatal(err)
	}
	areas, err := f.w.Areas(ctx, f.e.ID, "")
	if err != nil || len(areas) != 4 {
		t.Fatalf("%v, %v", areas, err)
	}
	for c, a := range areas {
		curve, err := f.w.Curve(ctx, f.e.ID, "", c, 2)
		if err != nil || a.AveragePrecision != curve.AveragePrecision || *a.ROCAUC != *curve.ROCAUC || a.Positives != curve.Positives {
			t.Errorf("class %d: %+v, want %+v (%v)", c, a, curve, err)
		}
	}
	f.ingest(t, 0, 0, 100)
	if a, err := f.w.Areas(ctx, f.e.ID, ""); err != nil || a != nil {
		t.Errorf("after a chunk came again: %v, %v", a, err)
	}
}

func TestSummaryFollowsTheDefinitions(t *testing.T) {
	f := newFixture(t, 700, 6, 128)
	for _, split := range []string{"", "train"} {
		var scores, confidence []float32
		var labels []int
		var hits []bool
		evaluated, rotated := 0, 0
		for i, s := range f.samples {
			if split != "" && sampleSplit(i) != split {
				continue
			}
			evaluated++
			if s.Orientation > 1 {
				rotated++
			}
			if f.truth[i] < 0 {
				continue
			}
			class, conf := f.predicted(i)
			labels, confidence, hits = append(labels, f.truth[i]), append(confidence, conf), append(hits, class == f.truth[i])
			for c := range f.classes {
				scores = append(scores, f.score(i, c))
			}
		}
		s, err := f.w.Summary(ctx, f.e.ID, slice.MustParse("threshold=0.5&split="+split))
		if err != nil {
			t.Fatal(err)
		}
		if s.Samples != 700 || s.Evaluated != evaluated || s.Labelled != len(labels) || s.Unlabelled != evaluated-len(labels) || s.Rotated != rotated || !s.Embedding {
			t.Errorf("%q: counts %+v; want %d evaluated, %d labelled, %d rotated", split, s, evaluated, len(labels), rotated)
		}
		near(t, "log loss", s.LogLoss, metrics.LogLoss(scores, f.classes, labels))
		near(t, "Brier", s.Brier, metrics.Brier(scores, f.classes, labels))
		near(t, "top 5", s.Top5, metrics.TopK(scores, f.classes, labels, 5))
		near(t, "ECE", s.ECE, metrics.ECE(metrics.Calibration(confidence, hits, ECEBins)))
		if s.Confusion.Total() != len(labels) {
			t.Errorf("the matrix counts %d, want %d", s.Confusion.Total(), len(labels))
		}
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestPredictionGivesAllScores(t *testing.T) {
	f := newFixture(t, 50, 7, 20)
	for _, i := range []int{0, 19, 20, 49} {
		p, err := f.w.Prediction(ctx, f.e.ID, f.samples[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		class, confidence := f.predicted(i)
		if p.Predicted != class || p.Confidence != confidence || p.Truth != f.truth[i] || p.Scores[0].Index != class || p.Scores[0].Score != confidence {
			t.Errorf("sample %d: %+v", i, p)
		}
		if !slices.Equal(p.Logits(), f.logits[i]) || !slices.Equal(p.Embedding, []float32{float32(i * 10), float32(i*10 + 1), float32(i*10 + 2)}) {
			t.Errorf("sample %d: logits %v, embedding %v", i, p.Logits(), p.Embedding)
		}
		top := p.Top(2)
		if f.truth[i] >= 0 && !slices.ContainsFunc(top, func(s ClassScore) bool { return s.Index == f.truth[i] }) {
			t.Errorf("sample %d: the true class is not in %v", i, top)
		}
	}
}

// A split that the dataset does not have is a mistake, which lists those it has; one that came
// by a later import has no predictions yet.
func TestUnknownSplitIsRefused(t *testing.T) {
	f := newFixture(t, 20, 3, 20)
	of := slice.MustParse
	for _, text := range []string{"split=nope", "split=test,nope", "split=!nope"} {
		_, err := f.w.Matrix(ctx, f.e.ID, of(text))
		var mistake *slice.Mistake
		if !errors.As(err, &mistake) || !strings.Contains(err.Error(), "split is nope: the dataset has no such split; it has test, train") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := f.w.Curve(ctx, f.e.ID, "nope", 1, 10); err == nil {
		t.Error("a curve of a split that is not there")
	}
	for _, text := range []string{"split=test", "split=train,test", "split=!train", ""} {
		if _, err := f.w.Matrix(ctx, f.e.ID, of(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE samples SET split = 'night' WHERE id = (SELECT min(id) FROM samples)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.w.Matrix(ctx, f.e.ID, of("split=night")); err != nil {
		t.Error(err)
	}
}

func TestQueriesRefuseNonsense(t *testing.T) {
	f := newFixture(t, 20, 3, 20)
	if _, _, err := f.w.Samples(ctx, f.e.ID, slice.Slice{}, "size", 0, 1); err == nil {
		t.Error("an unknown sort is accepted")
	}
	if _, err := f.w.Matrix(ctx, "no~such", slice.Slice{}); err == nil {
		t.Error("an unknown evaluation is accepted")
	}
	for _, text := range []string{"score(3)=0.5-", "label=3", "predicted=nothing"} {
		if _, err := f.w.Matrix(ctx, f.e.ID, slice.MustParse(text)); err == nil {
			t.Errorf("%s: a class that the model does not have is accepted", text)
		}
	}
	if _, err := f.w.Curve(ctx, f.e.ID, "", 3, 10); err == nil {
		t.Error("the curve of a class out of range is drawn")
	}
	if _, err := f.w.Histogram(ctx, f.e.ID, slice.Slice{}, 0); err == nil {
		t.Error("a histogram of no bins is counted")
	}
}

func TestAreasOfEqualThoseOfTheWholeCurve(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		n, steps := 1+r.IntN(60), 1+r.IntN(40)
		scores, truth, positive := make([]float32, n), make([]int32, n), make([]bool, n)
		for i := range n {
			scores[i], truth[i] = float32(r.IntN(steps))/float32(steps), int32(r.IntN(3))
			positive[i] = truth[i] == 1
		}
		got, want := areasOf(scores, truth, 1), metrics.PrecisionRecall(scores, positive)
		auc := math.NaN()
		if got.ROCAUC != nil {
			auc = *got.ROCAUC
		}
		if got.Positives != want.Positives || got.AveragePrecision != want.AveragePrecision() || auc != want.ROCAUC() && !math.IsNaN(want.ROCAUC()) || math.IsNaN(auc) != math.IsNaN(want.ROCAUC()) {
			t.Fatalf("round %d: %+v, AUC %v; want AP %v, AUC %v", round, got, auc, want.AveragePrecision(), want.ROCAUC())
		}
	}
}

func TestTextFindsPaths(t *testing.T) {
	f := newFixture(t, 120, 3, 50)
	for text, want := range map[string]int{"0000": 100, "00001": 11, "119.PNG": 1, "%": 0, "": 120} {
		for _, sort := range []Sort{MostConfident, ByPath} {
			total, page, err := f.w.Samples(ctx, f.e.ID, slice.MustParse("q="+url.QueryEscape(text)), sort, 0, 200)
			if err != nil || total != want || len(page) != want {
				t.Errorf("%q by %s: %d samples, %d on the page, %v; want %d", text, sort, total, len(page), err, want)
			}
		}
	}
}

func TestStepIndexIsABinarySearch(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		steps := make([]float32, r.IntN(200))
		for i := range steps {
			steps[i] = float32(math.Ldexp(r.NormFloat64(), r.IntN(40)-30))
		}
		steps = append(steps, 0, 1)
		slices.Sort(steps)
		steps = slices.Compact(steps)
		x := newStepIndex(steps)
		for range 300 {
			v := float32(math.Ldexp(r.NormFloat64(), r.IntN(40)-30))
			if r.IntN(2) == 0 {
				v = steps[r.IntN(len(steps))]
			}
			k, equal := x.find(v)
			if want, is := slices.BinarySearch(steps, v); k != want || equal != is {
				t.Fatalf("%v: %d, %v; want %d, %v", v, k, equal, want, is)
			}
		}
	}
}
