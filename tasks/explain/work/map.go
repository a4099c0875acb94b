package work

import (
	"context"
	"math"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
)

// Map makes one map, from what the model said before where it can.
func Map(ctx context.Context, w *worker.Worker, s worker.Scorer, r explain.Request, progress func(attribution.Snapshot)) (*attribution.Map, error) {
	it := r.Item
	method, request, err := configured(ctx, s, r.MapOptions, it)
	if err != nil {
		return nil, err
	}
	if request.Input, request.Geometry, err = w.LoadInput(ctx, s, it.Image); err != nil {
		return nil, err
	}
	if request.Baselines, err = w.LoadBaselines(ctx, s, r.Baselines); err != nil {
		return nil, err
	}
	key := worker.KeyOf(r.Spec, it.File, r.Method)
	request.Cached = w.Scores.Take(key)
	defer w.Scores.Put(key, request.Cached)
	m, err := attribution.Explain(ctx, method, s, request, progress)
	if err != nil {
		return nil, err
	}
	return sendable(m), nil
}

// MapOf makes the map of an input that is no stored image's, with its geometry. What the sample's
// own image is known for, its label and its ranking, is taken for the input's.
func MapOf(ctx context.Context, s worker.Scorer, o explain.MapOptions, it explain.Item, input []float32, g imaging.Geometry) (*attribution.Map, error) {
	method, request, err := configured(ctx, s, o, it)
	if err != nil {
		return nil, err
	}
	request.Input, request.Geometry = input, g
	m, err := attribution.Explain(ctx, method, s, request, nil)
	if err != nil {
		return nil, err
	}
	return sendable(m), nil
}

// configured is the method and what is asked of it, but for the image.
func configured(ctx context.Context, s worker.Scorer, o explain.MapOptions, it explain.Item) (attribution.Method, attribution.Request, error) {
	method, request, err := o.Configure(&s.Spec().Preprocessing)
	if err != nil {
		return nil, request, err
	}
	if method, err = methods.Chosen(ctx, method, s); err != nil {
		return nil, request, err
	}
	request.Truth, request.Ranking = it.Truth, it.Ranking
	if !method.Card().Batched {
		request.Batch = s.PerturbedBatch() // takes a look at the whole graph, once
	}
	return method, request, nil
}

// sendable replaces figures that JSON cannot carry; Degenerate tells of them.
func sendable(m *attribution.Map) *attribution.Map {
	for _, f := range []*float64{&m.Score, &m.Correlation, &m.Gap, &m.CellError, &m.SumError} {
		if math.IsNaN(*f) || math.IsInf(*f, 0) {
			*f = 0
			if m.Degenerate == "" {
				m.Degenerate = "not finite"
			}
		}
	}
	return m
}
