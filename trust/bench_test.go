package trust

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// instant is a model that answers at once, so that what is measured is the rest.
type instant struct{ layout imaging.Layout }

func (instant) Classes() int                             { return 10 }
func (instant) InputLen() int                            { return 3 * 224 * 224 }
func (i instant) Shape() (int, int, int, imaging.Layout) { return 3, 224, 224, i.layout }
func (instant) Score(_ context.Context, inputs []float32, n int) ([]float32, error) {
	scores := make([]float32, 10*n)
	for i := range n {
		scores[10*i] = inputs[i*3*224*224]
	}
	return scores, nil
}

// benchmarkEvaluate is what a verdict costs besides the forward passes, per pass.
func benchmarkEvaluate(b *testing.B, layout imaging.Layout, cells int) {
	r := rand.New(rand.NewPCG(1, 1))
	s := instant{layout}
	x := make([]float32, s.InputLen())
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	m := &attribution.Map{Width: cells, Height: cells, Values: make([]float32, cells*cells), MinusIndex: -1, Score: 1}
	for i := range m.Values {
		m.Values[i] = float32(r.NormFloat64())
	}
	forwards := 0
	for b.Loop() {
		t, err := Evaluate(context.Background(), s, attribution.Request{Input: x}, m, Options{})
		if err != nil {
			b.Fatal(err)
		}
		forwards = t.Forwards
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*forwards), "µs/forward")
}

func BenchmarkEvaluate(b *testing.B)             { benchmarkEvaluate(b, imaging.NCHW, 14) }
func BenchmarkEvaluateChannelsLast(b *testing.B) { benchmarkEvaluate(b, imaging.NHWC, 14) }
func BenchmarkEvaluatePixels(b *testing.B)       { benchmarkEvaluate(b, imaging.NCHW, 224) }

// BenchmarkRanking is the order of one map's pixels.
func BenchmarkRanking(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	cells := make([]float32, 14*14)
	for i := range cells {
		cells[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		ranking(cells, evenly(14), evenly(14), 224, 224, 1, 0)
	}
}

func BenchmarkBlur(b *testing.B) {
	x := make([]float32, 3*224*224)
	for b.Loop() {
		blurred(x, 3, 224, 224, imaging.NCHW)
	}
}

func BenchmarkMaxSensitivity(b *testing.B) {
	x := make([]float32, 3*224*224)
	for i := range x {
		x[i] = float32(i % 255)
	}
	m, _ := itself(1)(context.Background(), x)
	still := func(context.Context, []float32) (*attribution.Map, error) { return m, nil }
	for b.Loop() {
		if _, err := MaxSensitivity(context.Background(), x, still, SensitivityOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
