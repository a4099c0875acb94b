package testkit

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// Linear is a Scorer whose logits are weighted sums of its input, so that every
// effect is known: class k's score is bias[k] + Σ weights[k][i]·x[i].
type Linear struct {
	Channels, Height, Width int
	Layout                  imaging.Layout
	Weights                 [][]float32
	Bias                    []float32
	Calls, Inputs           int   // so far
	Fail                    error // of every call but the first
}

// NewLinear draws weights and biases, always the same.
func NewLinear(channels, height, width, classes int, layout imaging.Layout) *Linear {
	r := rand.New(rand.NewPCG(3, 4))
	l := &Linear{Channels: channels, Height: height, Width: width, Layout: layout}
	for range classes {
		w := make([]float32, channels*height*width)
		for i := range w {
			w[i] = float32(r.NormFloat64())
		}
		l.Weights = append(l.Weights, w)
		l.Bias = append(l.Bias, float32(10*r.NormFloat64()))
	}
	return l
}

func (l *Linear) Classes() int  { return len(l.Weights) }
func (l *Linear) InputLen() int { return l.Channels * l.Height * l.Width }
func (l *Linear) Shape() (int, int, int, imaging.Layout) {
	return l.Channels, l.Height, l.Width, l.Layout
}

func (l *Linear) Score(_ context.Context, inputs []float32, n int) ([]float32, error) {
	l.Calls++
	l.Inputs += n
	if l.Fail != nil && l.Calls > 1 {
		return nil, l.Fail
	}
	scores := make([]float32, 0, n*len(l.Weights))
	for i := range n {
		x := inputs[i*l.InputLen() : (i+1)*l.InputLen()]
		for k, weights := range l.Weights {
			sum := float64(l.Bias[k])
			for j, w := range weights {
				sum += float64(w) * float64(x[j])
			}
			scores = append(scores, float32(sum))
		}
	}
	return scores, nil
}

// Sample draws an input for the scorer.
func (l *Linear) Sample() []float32 {
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float32, l.InputLen())
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// Effects is weight × (input − fill), summed over channels, per pixel.
func (l *Linear) Effects(class int, x []float32, fill float32) []float64 {
	out := make([]float64, l.Height*l.Width)
	for c := range l.Channels {
		for p := range out {
			i := c*len(out) + p
			if l.Layout == imaging.NHWC {
				i = p*l.Channels + c
			}
			out[p] += float64(l.Weights[class][i]) * float64(x[i]-fill)
		}
	}
	return out
}

func (l *Linear) Request() attribution.Request {
	return attribution.Request{
		Input: l.Sample(), Truth: attribution.NoTruth, Seed: 9,
		Geometry: imaging.Geometry{InputWidth: l.Width, InputHeight: l.Height, DisplayWidth: l.Width, DisplayHeight: l.Height, Matrix: [6]float64{1, 0, 0, 0, 1, 0}},
	}
}

// Explain makes a map or fails the test.
func Explain(t testing.TB, m attribution.Method, s attribution.Scorer, r attribution.Request) *attribution.Map {
	t.Helper()
	result, err := attribution.Explain(context.Background(), m, s, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
