package trust

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// additive is a Scorer whose logits are weighted sums of its input, so that the
// best possible map is known: weight × input, summed over channels.
type additive struct {
	channels, height, width int
	layout                  imaging.Layout
	weights                 [][]float32
	inputs                  int
}

// newAdditive makes a model of two classes that looks at one disc of the picture.
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

// sample is a picture of a noisy disc at the place where the model looks for one,
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
