package cam

import (
	"context"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/cores"
	"github.com/sightline/sightline/attribution/internal/setting"
)

// A camKind is what tells one class activation map from another.
type camKind interface {
	card() attribution.Card
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
func (m CAM[K]) Card() attribution.Card {
	c := m.kind().card()
	c.Family, c.Interactive, c.NeedsGradient, c.Batched, c.ClassAgnostic = "cam", true, true, true, m.kind().blind()
	c.Options = append(c.Options, layerOption)
	return c
}

var layerOption = attribution.Option{Name: "layer", Default: "", Description: "the tensor to look at: a name, or a number that counts from the last one, 1; empty: the last that holds spatial positions"}

// With sets layer.
func (m CAM[K]) With(option, value string) (attribution.Method, error) {
	if option != "layer" {
		return m, setting.Unknown(m.Card())
	}
	m.Layer = value
	return m, nil
}

// ExplainBatch makes the maps of several samples at once: one forward pass for all
// targets of a sample, and a pass back through the head for each.
func (m CAM[K]) ExplainBatch(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target, _ func(attribution.Snapshot)) ([][]*attribution.Map, []error) {
	return backward.AllOf(len(rs), m.Name())(m.explain(ctx, s, rs, targets))
}

func (m CAM[K]) explain(ctx context.Context, s attribution.Scorer, rs []attribution.Request, targets []attribution.Target) ([][]*attribution.Map, []error, error) {
	started := time.Now()
	f, err := m.look(ctx, s, rs)
	if err != nil {
		return nil, nil, err
	}
	b := backward.New(s.Classes(), targets)
	maps, errs, err := m.maps(ctx, f, rs, b)
	backward.Share(maps, started, len(b.Jobs))
	return maps, errs, err
}

// maps makes them of samples that were seen at the layer.
func (m CAM[K]) maps(ctx context.Context, f *features, rs []attribution.Request, b *backward.Passes) (maps [][]*attribution.Map, errs []error, err error) {
	kind := m.kind()
	maps, errs = make([][]*attribution.Map, len(rs)), make([]error, len(rs))
	for i, r := range rs {
		errs[i] = b.Add(i, backward.Rows(f.scores, i, len(rs)), r.Truth)
	}
	if len(b.Jobs) == 0 {
		return maps, errs, nil
	}
	var gradients []float32
	if !kind.blind() {
		if gradients, err = f.backward(ctx, b.Repeat(f.cut, len(rs)), b.Seeds, len(b.Jobs)); err != nil {
			return nil, nil, err
		}
	}
	grid, combined := f.layer.Grid, make([][]float32, len(b.Jobs))
	cores.Each(len(b.Jobs), func(k int) {
		combined[k] = make([]float32, grid.Height*grid.Width)
		kind.combine(grid, backward.Rows(f.values, b.Jobs[k].Sample, len(rs)), backward.Rows(gradients, k, len(b.Jobs)), combined[k])
	})
	for k, j := range b.Jobs {
		made := rs[j.Sample].NewMap(m.Name(), j.Target, j.Score, grid.Width, grid.Height, combined[k])
		if s, ok := any(kind).(summing); ok && f.cancel(ctx, s, backward.Rows(f.values, j.Sample, len(rs)), backward.Rows(gradients, k, len(b.Jobs)), len(f.scores)/len(rs)) {
			made.Degenerate = fmt.Sprintf("zero: at every place of the layer %s the channels cancel out, as they do before a normalisation over channels (LayerNorm); choose gradcam or layercam, or another layer", f.layer.Tensor)
		}
		made.Geometry = f.layer.Laid(rs[j.Sample].Geometry)
		made.Layer, made.ClassAgnostic, made.Evaluations = f.layer.Tensor, kind.blind(), 1
		maps[j.Sample] = append(maps[j.Sample], made)
	}
	return maps, errs, nil
}

// look finds the layer and runs the samples up to it.
func (m CAM[K]) look(ctx context.Context, s attribution.Scorer, rs []attribution.Request) (*features, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return nil, err
	}
	inputs, err := backward.Gather(s, rs)
	if err != nil {
		return nil, err
	}
	layer, err := placedLayer(ctx, d, m.Layer)
	if err != nil {
		return nil, err
	}
	split, err := openSplit(d, layer)
	if err != nil {
		return nil, err
	}
	return split.forward(ctx, inputs, len(rs))
}
