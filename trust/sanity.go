package trust

import (
	"context"
	"fmt"
	"math"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/stats"
)

// Check is a model and a method to be checked by randomising the model's weights,
// with the images to do it on.
type Check struct {
	Model   *onnx.Model
	Method  attribution.Method
	Samples int // images
	// Sample gives the request of image i in [0, Samples).
	Sample func(i int) (attribution.Request, error)
	// Load readies a model, the original first; release is called when it is done
	// with and may be nil.
	Load func(m *onnx.Model) (s attribution.Scorer, release func() error, err error)
	// Spoilt tells whether an error is that of one image, which is then left out as a
	// degenerate one is, unless that is so of all. nil: every error ends the check.
	Spoilt func(error) bool
	// Stages are the points at which maps are compared: 0 or 1 means once, with all
	// weights random; more cascades from the output to the input in about equal
	// numbers of layers, all weights being the last.
	Stages int
	Seed   uint64
}

// Randomisation is how far a method's maps depend on what a model has learnt: a
// property of model and method.
type Randomisation struct {
	Method string  `json:"method"`
	Layers int     `json:"layers"` // of the model, that have weights
	Stages []Stage `json:"stages"` // the last has all weights random
}

// Stage compares maps before and after the weights of some layers became random.
// Maps that still resemble each other do not explain what was learnt.
type Stage struct {
	Layers   int            `json:"layers"`   // random ones, counted from the output
	Signed   stats.Estimate `json:"signed"`   // rank correlation of the maps, in [−1, 1]: about 0 for a method that passes
	Absolute stats.Estimate `json:"absolute"` // the same of their absolute values
	Empty    int            `json:"empty"`    // images whose later map was degenerate; not in the estimates
}

// Randomisation runs the check (Adebayo et al. 2018). Every map explains the class
// that the original model predicts or the request asks for. Images whose map is
// degenerate before are left out and counted as red.
func (c Check) Randomisation(ctx context.Context) (*Randomisation, error) {
	before, classes, err := c.before(ctx)
	if err != nil {
		return nil, err
	}
	all := len(layers(c.Model.Graph))
	result := &Randomisation{Method: c.Method.Name(), Layers: all}
	stages := max(1, min(c.Stages, all))
	for i := 1; i <= stages; i++ {
		top := int(math.Round(float64(all*i) / float64(stages)))
		stage, err := c.stage(ctx, top, before, classes)
		if err != nil {
			return nil, fmt.Errorf("check %s with %d of %d layers random: %w", c.Method.Name(), top, all, err)
		}
		result.Stages = append(result.Stages, stage)
	}
	return result, nil
}

// before makes the original model's maps, nil for degenerate ones.
func (c Check) before(ctx context.Context) (maps []*attribution.Map, classes []int, err error) {
	maps, classes = make([]*attribution.Map, c.Samples), make([]int, c.Samples)
	err = c.explain(ctx, c.Model, func(i int, r attribution.Request) (attribution.Target, bool) {
		return r.Target, r.Target.Kind != attribution.Contrast
	}, func(i int, m *attribution.Map) {
		classes[i] = m.TargetIndex
		if m.Degenerate == "" {
			maps[i] = m
		}
	})
	return maps, classes, err
}

// stage makes the maps again with the topmost layers random, and compares.
func (c Check) stage(ctx context.Context, top int, before []*attribution.Map, classes []int) (Stage, error) {
	model, err := Randomise(c.Model, top, c.Seed)
	if err != nil {
		return Stage{}, err
	}
	stage := Stage{Layers: top}
	signed, absolute := make([]stats.Sample, c.Samples), make([]stats.Sample, c.Samples)
	for i := range signed {
		signed[i].LeftOut, absolute[i].LeftOut = true, true
	}
	err = c.explain(ctx, model, func(i int, _ attribution.Request) (attribution.Target, bool) {
		return attribution.Target{Kind: attribution.OneClass, Class: classes[i], Minus: -1}, before[i] != nil
	}, func(i int, m *attribution.Map) {
		signed[i], absolute[i] = stats.Sample{Value: math.NaN()}, stats.Sample{Value: math.NaN()}
		if m.Degenerate != "" {
			stage.Empty++
			return
		}
		x, y := common(before[i], m)
		signed[i].Value, absolute[i].Value = metrics.Spearman(x, y), metrics.Spearman(magnitudes(x), magnitudes(y))
	})
	stage.Signed, stage.Absolute = stats.Mean(signed), stats.Mean(absolute)
	return stage, err
}

// explain makes a map of every image for which target says so.
func (c Check) explain(ctx context.Context, m *onnx.Model, target func(i int, r attribution.Request) (attribution.Target, bool), take func(i int, m *attribution.Map)) (err error) {
	s, release, err := c.Load(m)
	if err != nil {
		return fmt.Errorf("load the model: %w", err)
	}
	if release != nil {
		defer func() {
			if e := release(); err == nil {
				err = e
			}
		}()
	}
	var spoilt error
	made := 0
	for i := range c.Samples {
		m, err := c.one(ctx, s, i, target)
		switch {
		case err != nil && ctx.Err() == nil && c.Spoilt != nil && c.Spoilt(err):
			spoilt = err
		case err != nil:
			return err
		case m != nil:
			made++
			take(i, m)
		}
	}
	if made == 0 {
		return spoilt
	}
	return nil
}

// one makes the map of image i, nil where target says none.
func (c Check) one(ctx context.Context, s attribution.Scorer, i int, target func(i int, r attribution.Request) (attribution.Target, bool)) (*attribution.Map, error) {
	r, err := c.Sample(i)
	if err != nil {
		return nil, err
	}
	t, ok := target(i, r)
	if !ok {
		return nil, nil
	}
	r.Target, r.Cached = t, nil
	return attribution.Explain(ctx, c.Method, s, r, nil)
}

func magnitudes(values []float32) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = max(v, -v)
	}
	return out
}
