package methodtest

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
)

// The models' inputs are not square, so that rows and columns cannot be mistaken for
// one another; a spot is one of the 4×6 squares that the network and the transformer
// cut them into.
const (
	channels, height, width, classes = 3, 16, 24, 4
	side                             = 4 // of a square
	spotLeft, spotTop                = 16, 8
)

// kind is what is known of a model.
type kind int

const (
	plain       kind = iota // its scores alone: weighted sums of the input
	network                 // a convolution of the squares, Relu, Tanh, mean, linear layer
	transformer             // one layer of attention between the squares and two special tokens
)

// variant is what a model does.
type variant int

const (
	ordinary     variant = iota // random weights
	channelsLast                // the same for the other input layout; plain only
	spot                        // class 0 speaks for the spot, and nothing else has an effect
	constant                    // the same scores whatever the input
	saturated                   // scores that are cut off, so that no part of the input moves them
	notNumber                   // class 1 is not a number
	infinite                    // class 0 is minus infinity
)

// models opens each model once.
type models struct {
	t      *testing.T // of the suite, which closes them
	mutex  sync.Mutex
	opened map[[2]int]attribution.Scorer
}

// fit is the kind of model that a method can explain.
func (m *models) fit(t *testing.T, method attribution.Method) kind {
	t.Helper()
	if !method.Card().NeedsGradient {
		return plain
	}
	var err error
	for _, k := range []kind{network, transformer} {
		model := m.watch(k, ordinary)
		if _, err = attribution.Explain(t.Context(), method, model.scorer(), request(0), nil); err == nil {
			return k
		}
		if !attribution.Unfit(err) {
			break
		}
	}
	t.Fatalf("no model of the suite suits it: %v", err)
	return plain
}

func (m *models) watch(k kind, v variant) *watched {
	if k == plain {
		return &watched{inner: plainModel(v)}
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	key := [2]int{int(k), int(v)}
	if m.opened[key] == nil {
		if m.opened == nil {
			m.opened = map[[2]int]attribution.Scorer{}
		}
		m.opened[key] = testkit.Open(m.t, graphModel(m.t, k, v))
	}
	return &watched{inner: m.opened[key]}
}

// plainModel is a model of weighted sums.
func plainModel(v variant) attribution.Scorer {
	layout := imaging.NCHW
	if v == channelsLast {
		layout = imaging.NHWC
	}
	l := testkit.NewLinear(channels, height, width, classes, layout)
	for k := range l.Weights {
		for i := range l.Weights[k] {
			switch {
			case v == constant:
				l.Weights[k][i] = 0
			case v == spot:
				l.Weights[k][i] = 0
				if x, y := i%width, i/width%height; k == 0 && inSpot(x, y) {
					l.Weights[k][i] = 1
				}
			}
		}
	}
	switch v {
	case notNumber:
		l.Bias[1] = float32(math.NaN())
	case infinite:
		l.Bias[0] = float32(math.Inf(-1))
	case saturated:
		return cut{l}
	}
	return l
}

func inSpot(x, y int) bool {
	return x >= spotLeft && x < spotLeft+side && y >= spotTop && y < spotTop+side
}

// cut is a model whose scores end far below what any input gives.
type cut struct{ *testkit.Linear }

func (c cut) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	scores, err := c.Linear.Score(ctx, inputs, n)
	for i := range scores {
		scores[i] = max(min(scores[i]+saturation[i%classes], 5), -5)
	}
	return scores, err
}

// saturation moves scores so far that cutting them at ±5 leaves a constant.
var saturation = []float32{1e4, -1e4, -2e4, -3e4}

// request asks for the predicted class of the n-th of several inputs, with everything
// that a method may need.
func request(n int) attribution.Request {
	return attribution.Request{
		Input: wavy(n), Truth: 3, Seed: 9, Baselines: [][]float32{wavy(7), wavy(8)},
		Geometry: imaging.Geometry{InputWidth: width, InputHeight: height, DisplayWidth: 90, DisplayHeight: 60, Matrix: [6]float64{2.5, 0, 12, 0, 2.5, 8}},
	}
}

// wavy is an input that is above zero nearly everywhere.
func wavy(n int) []float32 {
	x := make([]float32, channels*height*width)
	for i := range x {
		x[i] = 1 + float32(0.6*math.Sin(float64(i)*0.37+float64(n)))
	}
	return x
}

// watched counts what a method asks of a model, and can fail.
type watched struct {
	inner         attribution.Scorer
	calls, inputs int
	most          int                   // inputs of one call
	before        func(calls int) error // asked ahead of every call; its error is the call's
}

// scorer is the model as a method sees it: a Differentiable where it has a graph.
func (w *watched) scorer() attribution.Scorer {
	if d, ok := w.inner.(attribution.Differentiable); ok {
		return watchedGraph{w, d}
	}
	return w
}

func (w *watched) call(n int) error {
	w.calls++
	w.inputs, w.most = w.inputs+n, max(w.most, n)
	if w.before != nil {
		return w.before(w.calls)
	}
	return nil
}

func (w *watched) Classes() int                           { return w.inner.Classes() }
func (w *watched) InputLen() int                          { return w.inner.InputLen() }
func (w *watched) Shape() (int, int, int, imaging.Layout) { return w.inner.Shape() }
func (w *watched) Score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	if err := w.call(n); err != nil {
		return nil, err
	}
	return w.inner.Score(ctx, inputs, n)
}

type watchedGraph struct {
	*watched
	graph attribution.Differentiable
}

func (w watchedGraph) Graph() (*autodiff.Graph, error) { return w.graph.Graph() }

func (w watchedGraph) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	p, err := w.graph.Program(name, recipe)
	return watchedProgram{w.watched, p}, err
}

type watchedProgram struct {
	*watched
	program autodiff.Program
}

func (p watchedProgram) Run(ctx context.Context, n int, inputs ...[]float32) ([][]float32, error) {
	if err := p.call(n); err != nil {
		return nil, err
	}
	return p.program.Run(ctx, n, inputs...)
}

// apart is the largest difference of two maps' values, as a share of the largest size.
func apart(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	if slices.Equal(a, b) {
		return 0
	}
	most, size := 0.0, 0.0
	for i, v := range b {
		most = max(most, math.Abs(float64(a[i])-float64(v)))
		size = max(size, math.Abs(float64(v)))
	}
	return most / size
}
