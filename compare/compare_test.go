package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/stats"
)

const classes = 5

// image is one labelled image with what two models predict of it.
type image struct{ truth, now, before int }

// draw makes n images of models that are right with these probabilities; some have no decision.
func draw(r *rand.Rand, n int, now, before float64) []image {
	list := make([]image, n)
	guess := func(truth int, right float64) int {
		switch v := r.Float64(); {
		case v < right:
			return truth
		case v < right+0.05:
			return NoDecision
		}
		return r.IntN(classes)
	}
	for i := range list {
		truth := min(r.IntN(classes), r.IntN(classes)) // not all classes equally often
		list[i] = image{truth, guess(truth, now), guess(truth, before)}
	}
	return list
}

func pairsOf(list []image) *Pairs {
	count := map[image]int{}
	for _, m := range list {
		count[m]++
	}
	p := &Pairs{Classes: make([]string, classes)}
	for i := range p.Classes {
		p.Classes[i] = fmt.Sprint(i)
	}
	for m, n := range count {
		p.Cells = append(p.Cells, Cell{Truth: m.truth, TruthBefore: m.truth, Now: m.now, Before: m.before, Count: n})
	}
	return p
}

func matrices(list []image) (now, before *metrics.Confusion) {
	now, before = metrics.NewConfusion(classes), metrics.NewConfusion(classes)
	for _, m := range list {
		if now.Add(m.truth, m.now) != nil || before.Add(m.truth, m.before) != nil {
			panic(m)
		}
	}
	return now, before
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12 }

// The figures of both are those of package metrics, and the interval of the accuracy is
// that of paired proportions, counted image by image.
func TestFiguresEqualThoseOfEach(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{1, 2, 3, 50, 400} {
		list := draw(r, n, 0.8, 0.7)
		f := Of(pairsOf(list))
		now, before := matrices(list)
		if f.Images != n || !near(f.Accuracy.Now, now.Accuracy()) || !near(f.Accuracy.Before, before.Accuracy()) {
			t.Errorf("%d images: %d, accuracies %v, want %v and %v", n, f.Images, f.Accuracy, before.Accuracy(), now.Accuracy())
		}
		if !near(f.MacroF1.Now, now.Macro().F1) || !near(f.MacroF1.Before, before.Macro().F1) {
			t.Errorf("%d images: macro F1 %v, want %v and %v", n, f.MacroF1, before.Macro().F1, now.Macro().F1)
		}
		both, only, lost := 0, 0, 0
		for _, m := range list {
			switch now, before := m.now == m.truth, m.before == m.truth; {
			case now && before:
				both++
			case now:
				only++
			case before:
				lost++
			}
		}
		low, high := stats.PairedProportions(both, only, lost, n, stats.Level)
		got := f.Accuracy.Difference
		if got.N != n || got.Known != (n > 1) || !near(got.Mean, float64(only-lost)/float64(n)) || got.Known && (got.Low != low || got.High != high) {
			t.Errorf("%d images: difference %+v, want %v to %v", n, got, low, high)
		}
		for _, k := range f.PerClass {
			if w := now.PerClass()[k.Class]; k.Images != w.Support || !near(k.Recall.Now, w.Recall) || k.P != stats.McNemar(k.Fixed, k.Broken) || k.Corrected < k.P {
				t.Errorf("%d images: class %+v, want %+v", n, k, w)
			}
		}
	}
}

// However few images and however unlike the models, no interval passes 100 points.
func TestIntervalsStayWithinTheirEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		f := Of(pairsOf(draw(r, 2+r.IntN(8), r.Float64(), r.Float64())))
		for _, d := range []Difference{f.Accuracy, f.MacroF1} {
			if e := d.Difference; e.Low < -1 || e.High > 1 || e.Known && (e.Low > e.Mean || e.High < e.Mean) {
				t.Fatalf("%+v", e)
			}
		}
	}
}

// Each image is one transition; a wrong answer that stays wrong is so for the same class
// or for another one, and having no decision twice is the same.
func TestEveryImageIsOneTransition(t *testing.T) {
	for _, c := range []struct {
		truth, before, now int
		want               Transition
	}{
		{0, 1, 0, Fixed}, {0, 0, 1, Broken}, {0, 0, 0, StillRight}, {0, 1, 1, StillWrong}, {0, 1, 2, Changed},
		{0, NoDecision, 0, Fixed}, {0, NoDecision, NoDecision, StillWrong}, {0, 1, NoDecision, Changed},
	} {
		cell := Cell{Truth: c.truth, TruthBefore: c.truth, Now: c.now, Before: c.before}
		if got := cell.transition(); got != c.want {
			t.Errorf("%+v is %s, want %s", c, got, c.want)
		}
	}
	f := Of(pairsOf(draw(rand.New(rand.NewPCG(1, 2)), 300, 0.7, 0.6)))
	sum := 0
	for _, which := range Transitions() {
		sum += f.Counts[which]
	}
	if sum != 300 || len(f.Counts) != len(Transitions()) {
		t.Errorf("%v", f.Counts)
	}
}

// The interval of the macro F1 is that of the jackknife which leaves out one image at a
// time, and it has the true difference in about 95 of 100 draws.
func TestMacroF1Interval(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	list := draw(r, 300, 0.8, 0.65)
	got := Of(pairsOf(list)).MacroF1.Difference
	n := float64(len(list))
	var left []float64
	mean := 0.0
	for i := range list {
		now, before := matrices(slices.Delete(slices.Clone(list), i, i+1))
		left = append(left, now.Macro().F1-before.Macro().F1)
		mean += left[i] / n
	}
	square := 0.0
	for _, v := range left {
		square += (v - mean) * (v - mean)
	}
	want := stats.StudentQuantile(0.975, n-1) * math.Sqrt((n-1)/n*square)
	if half := (got.High - got.Low) / 2; math.Abs(half/want-1) > 0.03 {
		t.Errorf("half the interval is %v, the jackknife's %v", half, want)
	}

	large := Of(pairsOf(draw(r, 400_000, 0.8, 0.65))).MacroF1.Difference.Mean
	covered := 0
	for range 400 {
		if d := Of(pairsOf(draw(r, 150, 0.8, 0.65))).MacroF1.Difference; d.Low <= large && large <= d.High {
			covered++
		}
	}
	if covered < 368 || covered > 394 { // 95 % of 400 is 380, four standard deviations are 17
		t.Errorf("the true difference %v lies in %d of 400 intervals", large, covered)
	}
}

// Two models that are equally good seldom differ, and many classes raise no more alarms.
func TestEqualModelsAreQuiet(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	alarms, classAlarms := 0, 0
	for range 400 {
		f := Of(pairsOf(draw(r, 200, 0.75, 0.75)))
		if f.P < 0.05 {
			alarms++
		}
		if slices.ContainsFunc(f.PerClass, func(k Class) bool { return k.Corrected < 0.05 }) {
			classAlarms++
		}
	}
	if alarms > 37 || classAlarms > 37 {
		t.Errorf("%d and %d of 400 comparisons of equal models find a difference", alarms, classAlarms)
	}
}

func TestMatchClasses(t *testing.T) {
	now, before := []string{"cake", "pie", "bread", "pie"}, []string{"pie", "gateau", "cake", "tart"}
	if got := MatchClasses(now, before); !slices.Equal(got, []int{1, -3, 0, -5}) {
		t.Errorf("%v", got)
	}
	if a, b := Missing(now, before), Missing(before, now); !slices.Equal(a, []string{"bread"}) || !slices.Equal(b, []string{"gateau", "tart"}) {
		t.Errorf("%v, %v", a, b)
	}
}
