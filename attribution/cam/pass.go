package cam

import (
	"context"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
)

// Reads implements attribution.FromPass: the layer, and where it begins to be all of the image.
func (m CAM[K]) Reads(ctx context.Context, d attribution.Differentiable) ([]string, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, err
	}
	layer, err := FindLayer(ctx, d, m.Layer)
	if err != nil {
		return nil, err
	}
	return layer.reads(g), nil
}

// ExplainPass implements attribution.FromPass: a pass back through the head for each target.
func (m CAM[K]) ExplainPass(ctx context.Context, d attribution.Differentiable, rs []attribution.Request, targets []attribution.Target, p attribution.Pass) ([][]*attribution.Map, []error) {
	return backward.AllOf(len(rs), m.Name())(m.ofPass(ctx, d, rs, targets, p))
}

func (m CAM[K]) ofPass(ctx context.Context, d attribution.Differentiable, rs []attribution.Request, targets []attribution.Target, p attribution.Pass) ([][]*attribution.Map, []error, error) {
	started := time.Now()
	s, err := m.behind(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	inputs, err := backward.Gather(d, rs)
	if err != nil {
		return nil, nil, err
	}
	b := backward.New(d.Classes(), targets)
	maps, errs, err := m.maps(ctx, s.seen(inputs, p.Scores, p.Tensors), rs, b)
	backward.Share(maps, started, len(b.Jobs))
	return maps, errs, err
}

// behind is the model from the layer on; what leads there was run by somebody else.
func (m CAM[K]) behind(ctx context.Context, d attribution.Differentiable) (*split, error) {
	g, err := d.Graph()
	if err != nil {
		return nil, err
	}
	layer, err := placedLayer(ctx, d, m.Layer)
	if err != nil {
		return nil, err
	}
	s := &split{layer: layer, whole: layer.cut == g.Input}
	if !m.kind().blind() {
		s.head, err = openHead(d, layer)
	}
	return s, err
}
