package saliency

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	"github.com/sightline/sightline/tasks/inspect"
	"github.com/sightline/sightline/workspace"
)

// trustQuery asks for the trust in a map.
type trustQuery struct {
	MapQuery
	Stored bool `query:"stored" doc:"Only if it is known already; else the answer is 404"`
}

// targetQuery asks for the stored maps of a sample.
type targetQuery struct {
	route.SamplePath
	Target string `query:"target" doc:"Only maps of this target: predicted, true, contrast or class:INDEX"`
}

func (b *Resources) trustRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}/trust", "get-trust", "Trust in a map: how far it can be relied on, computed if need be", b.trust)
	route.Streamed(a, "GET /api/evaluations/{id}/samples/{sample}/trust/events", "watch-trust", "Trust in a map, with progress while it is computed",
		map[string]any{"progress": api.MeasureProgress{}, "done": api.Trust{}, "error": api.StreamError{}}, b.watchTrust)
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}/maps", "list-maps", "List the maps of a sample that were made before", b.storedMaps)
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}/agreement", "get-agreement", "Rank correlations of the stored maps of a sample and target", b.agreement)
	route.JSON(a, "GET /api/evaluations/{id}/layers", "list-layers", "List the tensors of the model that a CAM can look at", b.layers)
}

func (b *Resources) trust(ctx context.Context, in *trustQuery) (api.Trust, error) {
	o, err := b.mapOptions(ctx, &in.MapQuery)
	if err != nil {
		return api.Trust{}, err
	}
	if in.Stored {
		t, err := b.assess.StoredTrust(ctx, in.Evaluation, in.Sample, o)
		if errors.Is(err, workspace.ErrNotFound) {
			err = notAssessed()
		}
		return wire.Answered(t, wire.Trust, err)
	}
	t, err := b.assess.Trust(ctx, in.Evaluation, in.Sample, o, nil)
	return wire.Answered(t, wire.Trust, err)
}

func notAssessed() error {
	return route.NotFound(errors.New("this map has not been assessed yet: ask for its trust without stored, which takes a few hundred runs of the model"))
}

func (b *Resources) watchTrust(ctx context.Context, in *MapQuery) (func(context.Context, func(route.Event) error), error) {
	o, err := b.mapOptions(ctx, in)
	if err != nil {
		return nil, err
	}
	return route.Watched(func(ctx context.Context, progress func(task.Progress) error) (api.Trust, error) {
		t, err := b.assess.Trust(ctx, in.Evaluation, in.Sample, o, progress)
		return wire.Answered(t, wire.Trust, err)
	}), nil
}

func (b *Resources) storedMaps(ctx context.Context, in *targetQuery) (api.StoredMapList, error) {
	if in.Target != "" {
		if err := b.checkTarget(ctx, in.Evaluation, in.Target); err != nil {
			return api.StoredMapList{}, err
		}
	}
	list, err := b.assess.StoredMaps(ctx, in.Evaluation, in.Sample, in.Target)
	return api.StoredMapList{Maps: wire.List(list, toStoredMap)}, err
}

func toStoredMap(m assess.StoredMap) api.StoredMap {
	return api.StoredMap{
		Method: m.Options.Method, Target: m.Options.Target, Seed: m.Options.Seed, Options: m.Options.Options,
		Verdict: string(m.Verdict), Degenerate: m.Map.Degenerate,
	}
}

func (b *Resources) agreement(ctx context.Context, in *targetQuery) (api.Agreement, error) {
	if err := b.checkTarget(ctx, in.Evaluation, in.Target); err != nil {
		return api.Agreement{}, err
	}
	maps, correlations, err := b.assess.Agreement(ctx, in.Evaluation, in.Sample, in.Target)
	return api.Agreement{Maps: wire.List(maps, toStoredMap), Correlations: wire.Listed(correlations)}, err
}

func (b *Resources) layers(ctx context.Context, in *route.EvaluationPath) (api.LayerList, error) {
	found, err := b.inspect.Layers(ctx, in.Evaluation)
	if err != nil {
		return api.LayerList{}, err
	}
	return api.LayerList{Layers: wire.List(found.Layers, func(l inspect.Layer) api.Layer { return api.Layer(l) }), Reason: found.Reason}, nil
}
