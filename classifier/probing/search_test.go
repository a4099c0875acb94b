package probing

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// simulated is a model that knows one way to prepare images: the further away another is,
// the less it tells the classes apart.
type simulated struct {
	truth   []int
	classes int
	away    func(p imaging.Preprocessing) float64 // 0 for the right settings
	noise   float64
	runs    int
}

func (m *simulated) logits(_ context.Context, p imaging.Preprocessing, samples []int) ([]float32, error) {
	out := make([]float32, len(samples)*m.classes)
	away := m.away(p)
	for k, i := range samples {
		r := rand.New(rand.NewPCG(uint64(i), uint64(away*1e6)))
		for c := range m.classes {
			out[k*m.classes+c] = float32(r.NormFloat64() * m.noise)
		}
		out[k*m.classes+m.truth[i]] += float32(3 - 3*math.Min(1, away))
		m.runs++
	}
	return out, nil
}

func problem(n, classes int) (*Problem, *simulated) {
	p := &Problem{Channels: 3, Width: 224, Height: 224, Classes: classes}
	m := &simulated{classes: classes, noise: 1}
	for i := range n {
		p.Sizes = append(p.Sizes, [2]int{300, 200})
		m.truth = append(m.truth, i%classes)
	}
	p.Orders = []Order{{Name: "as the model has them", Truth: m.truth}}
	base, _ := imaging.Preset("imagenet")
	p.Base = base
	return p, m
}

// distance is how far the values of two settings lie apart, as a share of their range.
func distance(p, q imaging.Preprocessing) float64 {
	a, b := bounds(p)
	c, d := bounds(q)
	away := (math.Abs(a-c) + math.Abs(b-d)) / (d - c)
	if p.DoFlipChannelOrder != q.DoFlipChannelOrder {
		away += 0.5
	}
	return away
}

func TestTheRightSettingsAreFound(t *testing.T) {
	right := unitValues.on(imaging.Preprocessing{})
	right.DoFlipChannelOrder = true
	p, m := problem(200, 8)
	m.away = func(q imaging.Preprocessing) float64 {
		away := distance(q, right)
		if q.DoCenterCrop {
			away += 0.4
		}
		if q.Resample != imaging.Nearest {
			away += 0.4
		}
		return away
	}
	r, err := Search(context.Background(), p, m.logits)
	if err != nil {
		t.Fatal(err)
	}
	if r.Chosen.Name != "−1..1, BGR; stretched; nearest" || !r.Clear || r.Guessing || r.Undecided != "" || r.Rival != "" {
		t.Errorf("%+v", r)
	}
	if r.Gain.Low <= 0 || r.Present.Accuracy >= r.Chosen.Accuracy || r.Samples != 200 || r.Runs != m.runs {
		t.Errorf("gain %+v, present %.2f, chosen %.2f, %d runs of %d", r.Gain, r.Present.Accuracy, r.Chosen.Accuracy, r.Runs, m.runs)
	}
	if m.runs > 200*16 { // all 24 candidates on all samples would be 4,800
		t.Errorf("%d runs: nobody dropped out", m.runs)
	}
}

// Where two sets of values do equally well, neither is called clear.
func TestWhatCannotBeToldIsUnsure(t *testing.T) {
	one, other := plainValues.on(imaging.Preprocessing{}), unitValues.on(imaging.Preprocessing{})
	p, m := problem(60, 4)
	m.noise = 2
	m.away = func(q imaging.Preprocessing) float64 {
		switch {
		case q.DoFlipChannelOrder:
			return 1
		case distance(q, one) < 1e-9:
			return 0.2
		case distance(q, other) < 1e-9:
			return 0.200002 // other noise, the same mean
		}
		return 1
	}
	r, err := Search(context.Background(), p, m.logits)
	if err != nil || r.Clear || r.Guessing || !strings.Contains(r.Rival, "..1, RGB") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAModelThatGuessesIsNotClear(t *testing.T) {
	p, m := problem(100, 5)
	m.away = func(imaging.Preprocessing) float64 { return 1 }
	r, err := Search(context.Background(), p, m.logits)
	if err != nil || r.Clear || !r.Guessing {
		t.Errorf("%+v, %v", r, err)
	}
}

// Images of the input's size are not resized, and the model's own values are kept where others
// of their kind cannot be told from them.
func TestAsIsWhereSizesFit(t *testing.T) {
	p, m := problem(100, 5)
	for i := range p.Sizes {
		p.Sizes[i] = [2]int{224, 224}
	}
	right := imagenetValues.on(imaging.Preprocessing{})
	m.away = func(q imaging.Preprocessing) float64 { return distance(q, right) / 2 }
	r, err := Search(context.Background(), p, m.logits)
	if err != nil || r.Chosen.Name != "ImageNet's mean and deviation, RGB; as is" || r.Chosen.Preprocessing.DoCenterCrop {
		t.Errorf("%+v, %v", r, err)
	}
}

// Another order of the class names is found, but only where the model's own does not fit.
func TestOrdersOfClasses(t *testing.T) {
	p, m := problem(120, 6)
	m.away = func(q imaging.Preprocessing) float64 {
		return distance(q, imagenetValues.on(imaging.Preprocessing{})) / 2
	}
	turned := make([]int, len(m.truth))
	for i, c := range m.truth {
		turned[i] = (c + 1) % 6
	}
	p.Orders = []Order{{Name: "own", Truth: turned}, {Name: "class names sorted", Truth: m.truth, Names: []string{"a", "b", "c", "d", "e", "f"}}}
	r, err := Search(context.Background(), p, m.logits)
	if err != nil || r.Order.Name != "class names sorted" || !r.Clear || !strings.HasSuffix(r.Chosen.Name, "class names sorted") || r.Gain.Low <= 0 {
		t.Errorf("%+v, %v", r, err)
	}
	p.Orders[0].Truth, p.Orders[1].Truth = m.truth, turned
	if r, err = Search(context.Background(), p, m.logits); err != nil || r.Order.Name != "own" || r.Order.Names != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// What the graph rules out is not tried.
func TestHintsRuleValuesOut(t *testing.T) {
	p, m := problem(60, 4)
	m.away = func(imaging.Preprocessing) float64 { return 0 }
	p.Hints = Hints{Low: -2.1, High: 2.6}
	r, err := Search(context.Background(), p, m.logits)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Candidates() {
		if low, _ := bounds(c.Preprocessing); low > -1.5 || low < -5 {
			t.Errorf("%s was tried", c.Name)
		}
	}
	p.Hints = Hints{Low: 1000, High: 2000}
	if r, err = Search(context.Background(), p, m.logits); err != nil || len(r.Candidates()) < 14 {
		t.Errorf("hints that rule out all: %d candidates, %v", len(r.Candidates()), err)
	}
}

func TestTooFewSamples(t *testing.T) {
	p, m := problem(9, 3)
	if _, err := Search(context.Background(), p, m.logits); !errors.Is(err, ErrTooFew) {
		t.Errorf("nine samples: %v", err)
	}
	p, m = problem(40, 1)
	if _, err := Search(context.Background(), p, m.logits); !errors.Is(err, ErrTooFew) {
		t.Errorf("one class: %v", err)
	}
	broken := errors.New("the model is broken")
	p, _ = problem(40, 2)
	_, err := Search(context.Background(), p, func(context.Context, imaging.Preprocessing, []int) ([]float32, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("a broken model: %v", err)
	}
}

// The loss does not depend on the scale of the logits, and what is no number is a guess.
func TestLosses(t *testing.T) {
	truth := []int{0, 1, 0, -1}
	logits := []float32{3, 1, 2, 1, 0, 2, 1, 5}
	loss, right := losses(logits, 2, truth)
	if !right[0] || right[1] || right[2] || right[3] || loss[3] != math.Log(2) {
		t.Errorf("%v %v", loss, right)
	}
	large := make([]float32, len(logits))
	for i, v := range logits {
		large[i] = 300 * v
	}
	other, _ := losses(large, 2, truth)
	for i := range loss {
		if math.Abs(loss[i]-other[i]) > 2e-3 {
			t.Errorf("sample %d: %v, scaled %v", i, loss[i], other[i])
		}
	}
	loss, right = losses([]float32{float32(math.NaN()), 1, 2, 0}, 2, []int{0, 0})
	if loss[0] != math.Log(2) || right[0] || !right[1] || loss[1] > 0.1 {
		t.Errorf("with NaN: %v %v", loss, right)
	}
}
