package trust

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/stats"
)

// additive is a Scorer whose logits are weighted sums of its input, so that the
// best possible map is known: weight × input, summed over channels.
type additive struct {
	channels, height, width int
	layout                  imaging.Layout
	weights                 [][]float32
	inputs                  int
}

// newAdditive makes a model of two classes that looks at one disc of the image.
func newAdditive(side int, layout imaging.Layout, x, y, radius float64) *additive {
	a := &additive{channels: 3, height: side, width: side, layout: layout}
	for k := range 2 {
		weights := make([]float32, a.InputLen())
		for i := range weights {
			pixel := i % (side * side)
			if layout == imaging.NHWC {
				pixel = i / 3
			}
			if math.Hypot(float64(pixel%side)-x, float64(pixel/side)-y) < radius {
				weights[i] = float32(1-2*k) * 2 / float32(radius*radius)
			}
		}
		a.weights = append(a.weights, weights)
	}
	return a
}

func (a *additive) Classes() int  { return len(a.weights) }
func (a *additive) InputLen() int { return a.channels * a.height * a.width }
func (a *additive) Shape() (int, int, int, imaging.Layout) {
	return a.channels, a.height, a.width, a.layout
}

func (a *additive) Score(_ context.Context, inputs []float32, n int) ([]float32, error) {
	a.inputs += n
	var scores []float32
	for i := range n {
		x := inputs[i*a.InputLen() : (i+1)*a.InputLen()]
		for _, weights := range a.weights {
			sum := 0.0
			for j, w := range weights {
				sum += float64(w * x[j])
			}
			scores = append(scores, float32(sum))
		}
	}
	return scores, nil
}

// sample is an image of a noisy disc at the place where the model looks for one,
// before noise of mean zero.
func (a *additive) sample(seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, a.InputLen())
	for i := range x {
		x[i] = r.Float32() - 0.5
		if a.weights[0][i] != 0 {
			x[i]++
		}
	}
	return x
}

// truth is the map of the first class against the second, on cells×cells cells.
func (a *additive) truth(x []float32, cells int) *attribution.Map {
	full := make([]float32, a.height*a.width)
	for i, w := range a.weights[0] {
		pixel := i % len(full)
		if a.layout == imaging.NHWC {
			pixel = i / a.channels
		}
		full[pixel] += w * x[i]
	}
	return &attribution.Map{Width: cells, Height: cells, Values: pool(full, a.width, a.height, cells, cells), Method: "truth", MinusIndex: -1, Score: 1}
}

func evaluate(t *testing.T, s attribution.Scorer, x []float32, m *attribution.Map, o Options) *Trust {
	t.Helper()
	got, err := Evaluate(context.Background(), s, attribution.Request{Input: x}, m, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func scaled(m *attribution.Map, by float32) *attribution.Map {
	out := *m
	out.Values = make([]float32, len(m.Values))
	for i, v := range m.Values {
		out.Values[i] = by * v
	}
	return &out
}

// The true map of a model with a known answer is green, its negative red, at
// every resolution, both layouts, and whatever the batch size.
func TestTheTrueMapIsGreenAndItsNegativeRed(t *testing.T) {
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		a := newAdditive(42, layout, 12, 28, 8)
		x := a.sample(3)
		for _, cells := range []int{6, 7, 14, 42} {
			m := a.truth(x, cells)
			a.inputs = 0
			got := evaluate(t, a, x, m, Options{})
			if got.Verdict != Green {
				t.Errorf("%s, %d cells: %s: %s", layout, cells, got.Verdict, got.Reason)
			}
			if want := (Options{}).Forwards(); got.Forwards != want || a.inputs != want {
				t.Errorf("%d forward passes reported, %d made, want %d", got.Forwards, a.inputs, want)
			}
			if worse := evaluate(t, a, x, scaled(m, -1), Options{}); worse.Verdict != Red {
				t.Errorf("%s, %d cells, negated: %s: %s", layout, cells, worse.Verdict, worse.Reason)
			}
		}
	}
}

// noise is a map that knows nothing.
func noise(cells int, seed uint64) *attribution.Map {
	r := rand.New(rand.NewPCG(seed, 99))
	m := &attribution.Map{Width: cells, Height: cells, Values: make([]float32, cells*cells), Method: "noise", MinusIndex: -1, Score: 1}
	for i := range m.Values {
		m.Values[i] = float32(r.NormFloat64())
	}
	return m
}

// A map that knows nothing is another permutation of its cells: it beats the 95th
// percentile of 20 of them once in 21 times, and falls below the 5th as often.
func TestMapsOfNoiseAreAmber(t *testing.T) {
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	const trials = 600
	above, red := 0, 0
	for seed := range uint64(trials) {
		got := evaluate(t, a, a.sample(seed), noise(7, seed), Options{Steps: 7, Seed: seed, Grid: 7})
		if got.Map.Difference > got.High {
			above++
		}
		switch got.Verdict {
		case Red:
			red++
		case Green:
			if got.Map.Difference <= got.High || got.Map.Difference <= got.Centre.Difference {
				t.Errorf("green without beating its controls: %+v", got)
			}
		}
	}
	low, high := stats.Wilson(above, trials, 0.999)
	t.Logf("%d of %d maps of noise beat their controls (%.3f to %.3f), %d are red; expected 1 in 21", above, trials, low, high, red)
	if low > 1.0/21 || high < 1.0/21 {
		t.Errorf("%d of %d maps of noise beat their controls, want about 1 in 21", above, trials)
	}
	if low, high := stats.Wilson(red, trials, 0.999); low > 1.0/21 || high < 1.0/21 {
		t.Errorf("%d of %d maps of noise are red, want about 1 in 21", red, trials)
	}
}

// slowCurves follows the definitions one image at a time.
func slowCurves(a *additive, x []float32, m *attribution.Map, steps int) (inserting, deleting []float64) {
	values := enlarge(m.Values, evenly(m.Width), evenly(m.Height), a.width, a.height)
	soft := blurred(x, a.channels, a.height, a.width, a.layout)
	n := len(values)
	for i := range steps + 1 {
		count := int(math.Round(float64(n) * float64(i) / float64(steps)))
		in, out := make([]float32, len(x)), make([]float32, len(x))
		for k := range x {
			pixel := k % n
			if a.layout == imaging.NHWC {
				pixel = k / a.channels
			}
			higher := 0
			for _, v := range values {
				if v > values[pixel] {
					higher++
				}
			}
			in[k], out[k] = soft[k], x[k]
			if higher < count {
				in[k], out[k] = x[k], 0
			}
		}
		for _, c := range []struct {
			input []float32
			curve *[]float64
		}{{in, &inserting}, {out, &deleting}} {
			logits, _ := a.Score(context.Background(), c.input, 1)
			p := math.Exp(float64(logits[0])) / (math.Exp(float64(logits[0])) + math.Exp(float64(logits[1])))
			*c.curve = append(*c.curve, p)
		}
	}
	return inserting, deleting
}

func TestCurvesAgreeWithTheirDefinition(t *testing.T) {
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		a := newAdditive(20, layout, 6, 12, 4)
		for i := range a.weights {
			for k := range a.weights[i] {
				a.weights[i][k] /= 4
			}
		}
		x, m := a.sample(5), noise(5, 5)
		got := evaluate(t, a, x, m, Options{Steps: 8, Grid: 5})
		inserting, deleting := slowCurves(a, x, m, 8)
		for i := range inserting {
			if math.Abs(got.Map.Inserting[i]-inserting[i]) > 1e-6 || math.Abs(got.Map.Deleting[i]-deleting[i]) > 1e-6 {
				t.Errorf("%s, point %d: %v and %v, want %v and %v", layout, i, got.Map.Inserting[i], got.Map.Deleting[i], inserting[i], deleting[i])
			}
		}
		if math.Abs(got.Map.Insertion-notebook(inserting)) > 1e-6 || math.Abs(got.Map.Deletion-notebook(deleting)) > 1e-6 {
			t.Errorf("%s: areas %v and %v, want %v and %v", layout, got.Map.Insertion, got.Map.Deletion, notebook(inserting), notebook(deleting))
		}
	}
}

// A contrast's score is the odds between its two classes, whatever a third does.
func TestContrastIsAssessedBetweenItsClasses(t *testing.T) {
	logits := []float32{2, 5, 1}
	for _, c := range []struct {
		link         Link
		class, minus int
		want         float64
	}{
		{"", 0, -1, math.Exp(2) / (math.Exp(2) + math.Exp(5) + math.Exp(1))},
		{Sigmoid, 0, -1, 1 / (1 + math.Exp(-2))},
		{"", 0, 2, math.Exp(2) / (math.Exp(2) + math.Exp(1))},
		{Sigmoid, 0, 2, math.Exp(2) / (math.Exp(2) + math.Exp(1))},
	} {
		if got := c.link.score(logits, c.class, c.minus); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%q, class %d minus %d: %v, want %v", c.link, c.class, c.minus, got, c.want)
		}
	}
	p := Softmax.score(logits, 1, -1)
	if got := Softmax.logOdds(logits, 1); math.Abs(got-math.Log(p/(1-p))) > 1e-9 {
		t.Errorf("log-odds %v, want %v", got, math.Log(p/(1-p)))
	}
	if got := Sigmoid.logOdds(logits, 1); got != 5 {
		t.Errorf("log-odds of a sigmoid %v, want 5", got)
	}
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	m := a.truth(a.sample(1), 7)
	plain := evaluate(t, a, a.sample(1), m, Options{})
	m.MinusIndex = 1
	contrast := evaluate(t, a, a.sample(1), m, Options{})
	if math.Abs(contrast.Map.Difference-plain.Map.Difference) > 1e-9 {
		t.Error("of two classes, one against the other is the same as one")
	}
}

// The whole result is the same for every batch size, and for the same seed.
func TestTrustDoesNotDependOnTheBatch(t *testing.T) {
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	x, m := a.sample(2), noise(7, 2)
	var results []string
	for _, batch := range []int{0, 1, 7, 1000} {
		got, err := Evaluate(context.Background(), a, attribution.Request{Input: x, Batch: batch}, m, Options{Steps: 5, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		got.Seconds = 0
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, string(text))
	}
	for _, r := range results[1:] {
		if r != results[0] {
			t.Errorf("another batch size, another result:\n%s\n%s", r, results[0])
		}
	}
	other := evaluate(t, a, x, m, Options{Steps: 5, Seed: 4})
	if other.Controls[0] == evaluate(t, a, x, m, Options{Steps: 5, Seed: 3}).Controls[0] {
		t.Error("another seed, the same control")
	}
}

func TestDegenerateMapsAreRedAtNoCost(t *testing.T) {
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	nan := float32(math.NaN())
	for want, values := range map[string][]float32{
		"zero": {0, 0, 0, 0}, "constant": {2, 2, 2, 2}, "not finite": {1, nan, 2, 3}, "saturated": {7, 7, 7, 1},
	} {
		a.inputs = 0
		got := evaluate(t, a, a.sample(1), &attribution.Map{Width: 2, Height: 2, Values: values, MinusIndex: -1, Score: 1}, Options{})
		if got.Verdict != Red || !strings.HasPrefix(got.Reason, want) || got.Forwards != 0 || a.inputs != 0 {
			t.Errorf("%s: %s, %q, %d forward passes", want, got.Verdict, got.Reason, a.inputs)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
	told := noise(7, 1)
	told.Degenerate = "found empty by its method"
	if got := evaluate(t, a, a.sample(1), told, Options{}); got.Verdict != Red || got.Reason != told.Degenerate {
		t.Errorf("the method's own finding: %+v", got)
	}
}

// broken is a model that gives NaN for partly hidden images.
type broken struct{ *additive }

func (b broken) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	scores, err := b.additive.Score(ctx, inputs, n)
	scores[len(scores)-1] = float32(math.NaN())
	return scores, err
}

func TestModelsThatGiveNaN(t *testing.T) {
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	got := evaluate(t, broken{a}, a.sample(1), noise(7, 1), Options{})
	if got.Verdict != Red || got.Reason != notFinite {
		t.Errorf("%s: %q", got.Verdict, got.Reason)
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
}

// A model that only weighs the image's brightness is faithfully explained by
// its true map, and still has nothing to explain.
func TestScoresThatIgnoreWhatIsShownAreNeverGreen(t *testing.T) {
	a := newAdditive(28, imaging.NCHW, 0, 0, 1000)
	for k, w := range a.weights {
		for i := range w {
			w[i] = float32(1-2*k) / 300
		}
	}
	x := a.sample(1)
	for i := range x {
		x[i] *= float32(i%28) / 28 // brighter to the right
	}
	got := evaluate(t, a, x, a.truth(x, 14), Options{})
	if got.Verdict != Amber || got.Content.Matters() || !(got.Map.Difference > got.High && got.Map.Difference > got.Centre.Difference) {
		t.Errorf("%s: %s", got.Verdict, got.Reason)
	}
	for _, c := range []struct {
		content Content
		want    bool
	}{
		{Content{Whole: 3, Rearranged: 1, High: 2}, true}, {Content{Whole: 3, Rearranged: 2.5, High: 2.6}, false},
		{Content{Whole: 3, Rearranged: 1, High: 3}, false}, {Content{Whole: -3, Rearranged: -4, High: -3.5}, true},
	} {
		if c.content.Matters() != c.want {
			t.Errorf("%+v: matters is %v", c.content, !c.want)
		}
	}
}

// assess by hand: the map's difference against 20 controls of 0.01 to 0.20.
func TestVerdictsByHand(t *testing.T) {
	matters := Content{Whole: 5}
	for _, c := range []struct {
		difference, centre float64
		content            Content
		want               Verdict
	}{
		{0.21, 0.1, matters, Green}, {0.20, 0.1, matters, Amber}, {0.30, 0.3, matters, Amber}, {0.30, 0.1, Content{}, Amber},
		{0.01, 0.1, matters, Amber}, {0.009, 0.1, matters, Red}, {-0.5, 0.1, Content{}, Red}, {0.1, -1, matters, Amber},
	} {
		trust := Trust{Map: Curves{AUC: AUC{Difference: c.difference}}, Centre: Curves{AUC: AUC{Difference: c.centre}}, Content: c.content}
		for i := range 20 {
			trust.Controls = append(trust.Controls, AUC{Difference: float64(20-i) / 100})
		}
		trust.assess()
		if trust.Verdict != c.want || trust.Low != 0.01 || trust.High != 0.2 || trust.Reason == "" {
			t.Errorf("%+v: %s between %v and %v", c, trust.Verdict, trust.Low, trust.High)
		}
	}
}

func TestMapsArePooledToCellsOfSomeSize(t *testing.T) {
	for _, c := range []struct{ grid, side, pixels, want int }{
		{0, 7, 224, 7}, {0, 32, 224, 14}, {0, 224, 224, 14}, {0, 32, 32, 6}, {0, 28, 28, 5}, {0, 96, 96, 14}, {0, 6, 6, 2}, {0, 1, 224, 1},
		{28, 224, 224, 28}, {14, 32, 32, 14}, {28, 7, 224, 7},
	} {
		if got := (Options{Grid: c.grid}).cells(c.side, c.pixels); got != c.want {
			t.Errorf("%+v: %d cells", c, got)
		}
	}
}

func TestEvaluateRefuses(t *testing.T) {
	a := newAdditive(14, imaging.NCHW, 4, 9, 3)
	x := a.sample(1)
	wrong := func(change func(m *attribution.Map)) *attribution.Map {
		m := noise(7, 1)
		change(m)
		return m
	}
	for name, c := range map[string]struct {
		x []float32
		m *attribution.Map
		o Options
	}{
		"short input":   {x[1:], noise(7, 1), Options{}},
		"no such class": {x, wrong(func(m *attribution.Map) { m.TargetIndex = 2 }), Options{}},
		"no such minus": {x, wrong(func(m *attribution.Map) { m.MinusIndex = 5 }), Options{}},
		"map size":      {x, wrong(func(m *attribution.Map) { m.Width = 6 }), Options{}},
		"few draws":     {x, noise(7, 1), Options{Draws: 19}},
		"one step":      {x, noise(7, 1), Options{Steps: 1}},
		"one cell":      {x, noise(7, 1), Options{Grid: 1}},
		"link":          {x, noise(7, 1), Options{Link: "probit"}},
	} {
		if _, err := Evaluate(context.Background(), a, attribution.Request{Input: c.x}, c.m, c.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Progress: func(done, total int) {
		if want := (Options{}).Forwards(); total != want {
			t.Errorf("progress out of %d, want %d", total, want)
		}
		cancel()
	}}
	if _, err := Evaluate(ctx, a, attribution.Request{Input: x}, noise(7, 1), o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A map of relevance has values far below the score where biases keep most of it:
// the method knows whether they are rounding, trust must not guess.
func TestSmallValuesAreNotZero(t *testing.T) {
	if got := (&Trust{}); got.degenerate(&attribution.Map{Width: 2, Height: 1, Values: []float32{1e-9, -2e-9}, Score: 14}) {
		t.Errorf("small values are called degenerate: %s", got.Reason)
	}
	for _, values := range [][]float32{{0, 0}, {3e-9, 3e-9}, {float32(math.NaN()), 1}} {
		if got := (&Trust{}); !got.degenerate(&attribution.Map{Width: 2, Height: 1, Values: values, Score: 14}) {
			t.Errorf("%v is not called degenerate", values)
		}
	}
}
