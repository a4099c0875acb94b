package trust

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

const sanitySide = 10

// twoLayers is a graph with two weight tensors, of which "W", nearer to the
// output, is what its scorer multiplies images by, and "V" goes unused.
func twoLayers() *onnx.Model {
	r := rand.New(rand.NewPCG(1, 1))
	values := func() []float32 {
		out := make([]float32, 2*sanitySide*sanitySide)
		for i := range out {
			out[i] = float32(r.NormFloat64())
		}
		return out
	}
	n := int64(sanitySide * sanitySide)
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 13}}, Graph: &onnx.Graph{
		Inputs:       []*onnx.Value{onnx.NewValue("x", onnx.Float32, 1, n)},
		Outputs:      []*onnx.Value{onnx.NewValue("y", onnx.Float32, 1, 2)},
		Initializers: []*onnx.Tensor{onnx.FloatTensor("V", values(), 2, n), onnx.FloatTensor("W", values(), 2, n)},
		Nodes: []*onnx.Node{
			onnx.NewNode("Add", []string{"x", "V"}, []string{"z"}),
			onnx.NewNode("Gemm", []string{"z", "W"}, []string{"y"}, onnx.IntAttr("transB", 1)),
		},
	}}
}

// load makes the scorer of twoLayers.
func load(m *onnx.Model) (attribution.Scorer, func() error, error) {
	weights, err := m.Graph.Initializer("W").Floats()
	n := sanitySide * sanitySide
	return &additive{channels: 1, height: sanitySide, width: sanitySide, layout: imaging.NCHW, weights: [][]float32{weights[:n], weights[n:]}}, nil, err
}

// drawing is a Method of a function; only ExplainBatch is used.
type drawing struct {
	attribution.Method
	draw func(a *additive, x []float32, class int) []float32
	seen *[]attribution.Target
}

func (d drawing) Name() string { return "drawing" }

func (d drawing) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	m, err := d.explain(ctx, s, rs[0], targets[0])
	return [][]*attribution.Map{{m}}, []error{err}
}

func (d drawing) explain(ctx context.Context, s attribution.Scorer, r attribution.Request, target attribution.Target) (*attribution.Map, error) {
	logits, err := s.Score(ctx, r.Input, 1)
	if err != nil {
		return nil, err
	}
	target, err = attribution.Resolve(target, logits, r.Truth)
	if err != nil {
		return nil, err
	}
	if d.seen != nil {
		*d.seen = append(*d.seen, target)
	}
	values := d.draw(s.(*additive), r.Input, target.Class)
	return &attribution.Map{Width: sanitySide, Height: sanitySide, Values: values, TargetIndex: target.Class, MinusIndex: target.Minus, Degenerate: attribution.Diagnose(values, 1)}, nil
}

func sanity(draw func(a *additive, x []float32, class int) []float32) Check {
	return Check{
		Model: twoLayers(), Method: drawing{draw: draw}, Samples: 30, Load: load, Seed: 3,
		Sample: func(i int) (attribution.Request, error) {
			r := rand.New(rand.NewPCG(uint64(i), 5))
			x := make([]float32, sanitySide*sanitySide)
			for k := range x {
				x[k] = float32(r.NormFloat64())
			}
			return attribution.Request{Input: x, Truth: attribution.NoTruth}, nil
		},
	}
}

func weighted(a *additive, x []float32, class int) []float32 {
	out := make([]float32, len(x))
	for i, w := range a.weights[class] {
		out[i] = w * x[i]
	}
	return out
}

func is(got, want float64) bool { return math.Abs(got-want) < 1e-9 }

// A method that follows the weights forgets them; one that draws the image,
// like an edge detector, does not notice.
func TestRandomisationTellsMethodsApart(t *testing.T) {
	follows, err := sanity(weighted).Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s := follows.Stages[0]; len(follows.Stages) != 1 || s.Layers != 2 || follows.Layers != 2 || s.Signed.N != 30 || math.Abs(s.Signed.Mean) > 0.1 {
		t.Errorf("a map of the weights: %+v", follows)
	}
	ignores, err := sanity(func(_ *additive, x []float32, _ int) []float32 { return x }).Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s := ignores.Stages[0]; !is(s.Signed.Mean, 1) || !is(s.Signed.Low, 1) || !is(s.Absolute.Mean, 1) {
		t.Errorf("a map of the image: %+v", ignores)
	}
	flips, err := sanity(func(a *additive, x []float32, _ int) []float32 {
		original, _, _ := load(twoLayers())
		out := append([]float32(nil), x...)
		if a.weights[0][0] != original.(*additive).weights[0][0] {
			for i := range out {
				out[i] = -out[i]
			}
		}
		return out
	}).Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s := flips.Stages[0]; !is(s.Signed.Mean, -1) || !is(s.Absolute.Mean, 1) {
		t.Errorf("a map that only changes its sign: %+v", s)
	}
}

// The cascade goes from the output to the input, and the explained class stays
// the original model's.
func TestRandomisationCascades(t *testing.T) {
	c := sanity(weighted)
	c.Stages = 5 // of two layers: two stages
	var seen []attribution.Target
	c.Method = drawing{draw: weighted, seen: &seen}
	got, err := c.Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Stages) != 2 || got.Stages[0].Layers != 1 || got.Stages[1].Layers != 2 {
		t.Fatalf("stages %+v", got.Stages)
	}
	if math.Abs(got.Stages[0].Signed.Mean) > 0.1 {
		t.Errorf("the layer at the output is not random at the first stage: %+v", got.Stages[0])
	}
	if len(seen) != 90 {
		t.Fatalf("%d maps, want 3 times 30", len(seen))
	}
	for i, target := range seen[30:] {
		if target.Kind != attribution.OneClass || target.Class != seen[i%30].Class {
			t.Errorf("map %d explains %+v, the original %+v", i, target, seen[i%30])
		}
	}
}

func TestRandomisationCountsEmptyMaps(t *testing.T) {
	original, _, _ := load(twoLayers())
	c := sanity(func(a *additive, x []float32, class int) []float32 {
		random := a.weights[0][0] != original.(*additive).weights[0][0]
		if (x[0] > 0 && !random) || (x[1] > 0 && random) {
			return make([]float32, len(x))
		}
		return weighted(a, x, class)
	})
	red, empty := 0, 0
	for i := range c.Samples {
		r, _ := c.Sample(i)
		if r.Input[0] > 0 {
			red++
		} else if r.Input[1] > 0 {
			empty++
		}
	}
	got, err := c.Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Stages[0]; s.Signed.LeftOut != red || s.Empty != empty || s.Signed.Empty != empty || s.Signed.N != 30-red-empty || red == 0 || empty == 0 {
		t.Errorf("%+v, want %d red and %d empty", s, red, empty)
	}
}

func TestRandomisationPassesErrorsOn(t *testing.T) {
	fails := errors.New("no")
	for name, change := range map[string]func(c *Check){
		"load": func(c *Check) {
			c.Load = func(*onnx.Model) (attribution.Scorer, func() error, error) { return nil, nil, fails }
		},
		"sample": func(c *Check) {
			c.Sample = func(int) (attribution.Request, error) { return attribution.Request{}, fails }
		},
		"release": func(c *Check) { c.Load = releasing(fails) },
	} {
		c := sanity(weighted)
		change(&c)
		if _, err := c.Randomisation(context.Background()); !errors.Is(err, fails) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func releasing(err error) func(m *onnx.Model) (attribution.Scorer, func() error, error) {
	return func(m *onnx.Model) (attribution.Scorer, func() error, error) {
		s, _, loaded := load(m)
		return s, func() error { return err }, loaded
	}
}

// An image that alone is spoilt is left out; where all are, that is the error.
func TestRandomisationLeavesOutSpoiltImages(t *testing.T) {
	bad := errors.New("damaged")
	c := sanity(weighted)
	whole := c.Sample
	c.Spoilt = func(err error) bool { return errors.Is(err, bad) }
	c.Sample = func(i int) (attribution.Request, error) {
		if i == 7 || i == 20 {
			return attribution.Request{}, bad
		}
		return whole(i)
	}
	got, err := c.Randomisation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Stages[0].Signed; s.N != 28 || s.LeftOut != 2 {
		t.Errorf("%+v, want 28 images and 2 left out", s)
	}
	c.Sample = func(int) (attribution.Request, error) { return attribution.Request{}, bad }
	if _, err := c.Randomisation(context.Background()); !errors.Is(err, bad) {
		t.Errorf("of nothing but damaged images: %v", err)
	}
}
