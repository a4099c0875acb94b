package attribution

import (
	"context"
	"time"
)

// A camKind is what tells one class activation map from another.
type camKind interface {
	card() Card
	// combine writes H·W values, row by row, from one sample's values of a layer
	// and the explained score's gradient there. gradient is nil for kinds that are
	// blind to the class.
	combine(g Grid, values, gradient, out []float32)
	// blind reports whether the map is the same for every class, so that no
	// gradient is needed.
	blind() bool
}

// CAM is a class activation map: the values of one layer, weighted by what the
// gradient there says of them, summed over channels. Maps have the layer's own
// resolution and keep their sign; the ReLU that some papers end with is left to
// whoever reads the map. A kind is one small type; see GradCAM.
type CAM[K camKind] struct {
	Layer string // as FindLayer reads it; "" is the automatic choice
}

func (CAM[K]) kind() K { var k K; return k }

// Name is the name on the kind's card.
func (m CAM[K]) Name() string { return m.kind().card().Name }

// Card describes the method.
func (m CAM[K]) Card() Card {
	c := m.kind().card()
	c.Family, c.Interactive, c.NeedsGradient, c.Batched, c.ClassAgnostic = "cam", true, true, true, m.kind().blind()
	c.Options = append(c.Options, layerOption)
	return c
}

var layerOption = Option{"layer", "", "the tensor to look at: a name, or a number that counts from the last one, 1; empty: the last that holds places of the picture"}

// With sets layer.
func (m CAM[K]) With(option, value string) (Method, error) {
	if option != "layer" {
		return m, unknown(m.Card())
	}
	m.Layer = value
	return m, nil
}

// ExplainBatch makes the maps of several samples at once: one forward pass for all
// targets of a sample, and a pass back through the head for each.
func (m CAM[K]) ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target, _ func(Snapshot)) ([][]*Map, []error) {
	return allOf(len(rs), m.Name())(m.explain(ctx, s, rs, targets))
}

func (m CAM[K]) explain(ctx context.Context, s Scorer, rs []Request, targets []Target) (maps [][]*Map, errs []error, err error) {
	started, kind := time.Now(), m.kind()
	f, err := m.look(ctx, s, rs)
	if err != nil {
		return nil, nil, err
	}
	b := newBackwards(s.Classes(), targets)
	maps, errs = make([][]*Map, len(rs)), make([]error, len(rs))
	for i, r := range rs {
		errs[i] = b.add(i, rows(f.scores, i, len(rs)), r.Truth)
	}
	if len(b.jobs) == 0 {
		return maps, errs, nil
	}
	var gradients []float32
	if !kind.blind() {
		if gradients, err = f.backward(ctx, b.repeat(f.cut, len(rs)), b.seeds, len(b.jobs)); err != nil {
			return nil, nil, err
		}
	}
	grid, combined := f.layer.Grid, make([][]float32, len(b.jobs))
	onAllCores(len(b.jobs), func(k int) {
		combined[k] = make([]float32, grid.Height*grid.Width)
		kind.combine(grid, rows(f.values, b.jobs[k].sample, len(rs)), rows(gradients, k, len(b.jobs)), combined[k])
	})
	for k, j := range b.jobs {
		made := rs[j.sample].newMap(m.Name(), j.target, j.score, grid.Width, grid.Height, combined[k])
		made.Layer, made.ClassAgnostic, made.Evaluations = f.layer.Tensor, kind.blind(), 1
		maps[j.sample] = append(maps[j.sample], made)
	}
	share(maps, started, len(b.jobs))
	return maps, errs, nil
}

// look finds the layer and runs the samples up to it.
func (m CAM[K]) look(ctx context.Context, s Scorer, rs []Request) (*features, error) {
	d, err := differentiable(s)
	if err != nil {
		return nil, err
	}
	inputs, err := gather(s, rs)
	if err != nil {
		return nil, err
	}
	layer, err := FindLayer(ctx, d, m.Layer)
	if err != nil {
		return nil, err
	}
	split, err := openSplit(d, layer)
	if err != nil {
		return nil, err
	}
	return split.forward(ctx, inputs, len(rs))
}
