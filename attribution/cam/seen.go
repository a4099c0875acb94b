package cam

import (
	"context"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
)

// Features are inputs seen at the layer that CAM methods look at, for whoever wants more of it than a map.
type Features struct {
	*features
	count int
}

// See runs n inputs, one after another, up to the layer called wanted, as FindLayer.
func See(ctx context.Context, s attribution.Scorer, wanted string, inputs []float32, n int) (*Features, error) {
	d, err := attribution.Inside(s)
	if err != nil {
		return nil, err
	}
	layer, err := FindLayer(ctx, d, wanted)
	if err != nil {
		return nil, err
	}
	split, err := openSplit(d, layer)
	if err != nil {
		return nil, err
	}
	f, err := split.forward(ctx, inputs, n)
	if err != nil {
		return nil, err
	}
	return &Features{f, n}, nil
}

// Values writes an input's values at the layer: a row of channels per spatial position, row by row.
func (f *Features) Values(i int, to []float32) {
	f.layer.Grid.Rows(backward.Rows(f.values, i, f.count), to)
}

// Slopes are the gradients at the layer of the weighted sums of scores that seeds has, a row of
// classes per input: for each input a row of channels per spatial position, as Values.
func (f *Features) Slopes(ctx context.Context, seeds []float32) ([]float32, error) {
	gradient, err := f.backward(ctx, f.cut, seeds, f.count)
	if err != nil {
		return nil, err
	}
	g := f.layer.Grid
	size := g.Channels * g.Height * g.Width
	out := make([]float32, f.count*size)
	for i := range f.count {
		g.Rows(backward.Rows(gradient, i, f.count), out[i*size:(i+1)*size])
	}
	return out, nil
}
