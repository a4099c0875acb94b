package attribution

import (
	"context"
	"time"
)

// cam is a class activation map: the values of one layer, weighted by what a
// gradient at that layer says of them, summed over channels. Maps have the
// layer's own resolution and keep their sign; the ReLU that some papers end with
// is left to whoever reads the map.
type cam struct {
	name  string
	layer string // as FindLayer reads it
	// combine writes H·W values from one sample's layer values and gradient.
	combine func(g Grid, values, gradient, out []float32)
}

// explain makes the maps of several samples: one forward pass for all targets of
// a sample, and a backward pass through the head for each.
func (m cam) explain(ctx context.Context, s Scorer, rs []Request, targets []Target) ([][]*Map, []error) {
	started := time.Now()
	maps, errs := make([][]*Map, len(rs)), make([]error, len(rs))
	fail := func(err error) ([][]*Map, []error) { return maps, allFail(len(rs), m.name, err) }
	d, err := differentiable(s)
	if err != nil {
		return fail(err)
	}
	inputs, err := gather(s, rs)
	if err != nil {
		return fail(err)
	}
	layer, err := FindLayer(ctx, d, m.layer, rs[0].Input)
	if err != nil {
		return fail(err)
	}
	split, err := openSplit(d, layer)
	if err != nil {
		return fail(err)
	}
	scores, values, err := split.forward(ctx, inputs, len(rs))
	if err != nil {
		return fail(err)
	}
	b := newBackwards(d.Classes(), targets)
	for i, r := range rs {
		errs[i] = b.add(i, rows(scores, i, len(rs)), r.Truth)
	}
	if len(b.jobs) == 0 {
		return maps, errs
	}
	gradients, err := split.backward(ctx, b.repeat(values, len(rs)), b.seeds, len(b.jobs))
	if err != nil {
		return fail(err)
	}
	for k, j := range b.jobs {
		out := make([]float32, layer.Grid.Height*layer.Grid.Width)
		m.combine(layer.Grid, rows(values, j.sample, len(rs)), rows(gradients, k, len(b.jobs)), out)
		result := rs[j.sample].newMap(m.name, j.target, j.score, layer.Grid.Width, layer.Grid.Height, out)
		result.Layer, result.Evaluations = layer.Tensor, 1
		result.Seconds = time.Since(started).Seconds() / float64(len(b.jobs))
		maps[j.sample] = append(maps[j.sample], result)
	}
	return maps, errs
}

// newMap is a finished map of a method that does not sample.
func (r Request) newMap(method string, t Target, score float64, width, height int, values []float32) *Map {
	return &Map{
		Width: width, Height: height, Values: values, Method: method,
		Target: t.String(), TargetIndex: t.Class, MinusIndex: t.Minus, Score: score,
		Geometry: r.Geometry.Scaled(width, height), Converged: true, Seed: r.Seed, Degenerate: Diagnose(values, score),
	}
}

// gather checks requests and puts their inputs one after another.
func gather(s Scorer, rs []Request) ([]float32, error) {
	if len(rs) == 1 {
		return rs[0].Input, rs[0].check(s)
	}
	inputs := make([]float32, 0, len(rs)*s.InputLen())
	for _, r := range rs {
		if err := r.check(s); err != nil {
			return nil, err
		}
		inputs = append(inputs, r.Input...)
	}
	return inputs, nil
}

// rows is the part of sample i of n.
func rows(values []float32, i, n int) []float32 {
	per := len(values) / n
	return values[i*per : (i+1)*per]
}

// backwards are the backward passes that samples and targets ask for.
type backwards struct {
	classes int
	runs    int // of the model so far
	targets []Target
	jobs    []backwardJob
	seeds   []float32 // a row of classes per job
}

type backwardJob struct {
	sample int
	asked  int    // which of the targets
	target Target // resolved
	score  float64
}

func newBackwards(classes int, targets []Target) *backwards {
	return &backwards{classes: classes, targets: targets}
}

// add resolves the targets on a sample's scores.
func (b *backwards) add(sample int, scores []float32, truth int) error {
	var jobs []backwardJob
	for i, t := range b.targets {
		resolved, err := Resolve(t, scores, truth)
		if err != nil {
			return err
		}
		jobs = append(jobs, backwardJob{sample, i, resolved, resolved.Value(scores)})
	}
	for _, j := range jobs {
		b.jobs, b.seeds = append(b.jobs, j), append(b.seeds, j.target.seed(b.classes)...)
	}
	return nil
}

// repeat lays out the rows of samples' values in the order of the jobs.
func (b *backwards) repeat(values []float32, samples int) []float32 {
	if len(b.targets) == 1 && len(b.jobs) == samples {
		return values
	}
	var out []float32
	for _, j := range b.jobs {
		out = append(out, rows(values, j.sample, samples)...)
	}
	return out
}

// seed is the row of weights that makes a target's explained number of scores.
func (t Target) seed(classes int) []float32 {
	row := make([]float32, classes)
	row[t.Class] = 1
	if t.Minus >= 0 {
		row[t.Minus] -= 1
	}
	return row
}

// channelMeans is the mean over places of every channel.
func (g Grid) channelMeans(values []float32) []float64 {
	means := make([]float64, g.Channels)
	g.each(func(_, i int) {
		for c := range means {
			means[c] += float64(values[i+c*g.ChannelStride])
		}
	})
	for c := range means {
		means[c] /= float64(g.Height * g.Width)
	}
	return means
}

// each calls f with every place's number, row by row, and its first index.
func (g Grid) each(f func(place, index int)) {
	for y := range g.Height {
		for x := range g.Width {
			f(y*g.Width+x, g.at(y, x))
		}
	}
}

// one adapts a batch of one sample.
func one(ms [][]*Map, errs []error) ([]*Map, error) { return ms[0], errs[0] }

// GradCAM weighs a layer's channels by the mean gradient of the score (Selvaraju
// et al. 2017, "Grad-CAM: visual explanations from deep networks via
// gradient-based localization", equations 1 and 2, before their ReLU).
type GradCAM struct {
	Layer string // as FindLayer reads it; "" is the automatic choice
}

// Name is "gradcam".
func (GradCAM) Name() string { return "gradcam" }

// Card describes the method.
func (GradCAM) Card() Card {
	return Card{
		Name: "gradcam", Title: "Grad-CAM", Family: "cam",
		Description: "Asks which of the features that the model found in its last layer speak for the class, and shows where in the picture they were found. " +
			"Coarse, quick, and the usual first look.",
		Cost:        "1 run of the model, and a small part of one per target",
		Failures:    "Blurs two objects of a class into one; says little where features are averaged away; coarse maps cannot tell an outline from its surroundings.",
		Paper:       "Selvaraju et al., Grad-CAM, ICCV 2017",
		Interactive: true, NeedsGradient: true,
		Options: []Option{layerOption},
	}
}

var layerOption = Option{"layer", "", "the tensor to look at: a name, or a number that counts from the last one, 1; empty: the last that holds places of the picture"}

// With sets layer.
func (m GradCAM) With(option, value string) (Method, error) {
	if option != "layer" {
		return m, unknown(m.Card())
	}
	m.Layer = value
	return m, nil
}

// Explain makes one map.
func (m GradCAM) Explain(ctx context.Context, s Scorer, r Request, progress func(Snapshot)) (*Map, error) {
	return single(ctx, m, s, r, progress)
}

// ExplainAll makes a map per target from one forward pass.
func (m GradCAM) ExplainAll(ctx context.Context, s Scorer, r Request, targets []Target, _ func(Snapshot)) ([]*Map, error) {
	return one(m.ExplainBatch(ctx, s, []Request{r}, targets))
}

// ExplainBatch makes the maps of several samples at once.
func (m GradCAM) ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target) ([][]*Map, []error) {
	return cam{m.Name(), m.Layer, gradCAM}.explain(ctx, s, rs, targets)
}

func gradCAM(g Grid, values, gradient, out []float32) {
	weights := g.channelMeans(gradient)
	g.each(func(place, i int) {
		sum := 0.0
		for c, w := range weights {
			sum += w * float64(values[i+c*g.ChannelStride])
		}
		out[place] = float32(sum)
	})
}

var _ Batched = GradCAM{}
