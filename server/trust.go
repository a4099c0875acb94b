package server

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/api"
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
	SamplePath
	Target string `query:"target" doc:"Only maps of this target: predicted, true, contrast or class:INDEX"`
}

func (b *backend) trustRoutes(a huma.API) {
	route(a, "GET /api/evaluations/{id}/samples/{sample}/trust", "get-trust", "Trust in a map: how far it can be relied on, computed if need be", b.trust)
	streamed(a, "GET /api/evaluations/{id}/samples/{sample}/trust/events", "watch-trust", "Trust in a map, with progress while it is computed",
		map[string]any{"progress": api.MeasureProgress{}, "done": api.Trust{}, "error": api.StreamError{}}, b.watchTrust)
	route(a, "GET /api/evaluations/{id}/samples/{sample}/maps", "list-maps", "List the maps of a sample that were made before", b.storedMaps)
	route(a, "GET /api/evaluations/{id}/samples/{sample}/agreement", "get-agreement", "Rank correlations of the stored maps of a sample and target", b.agreement)
	route(a, "GET /api/evaluations/{id}/layers", "list-layers", "List the tensors of the model that a CAM can look at", b.layers)
}

func (b *backend) trust(ctx context.Context, in *trustQuery) (api.Trust, error) {
	o, err := b.mapOptions(ctx, &in.MapQuery)
	if err != nil {
		return api.Trust{}, err
	}
	if in.Stored {
		t, err := b.assess.StoredTrust(ctx, in.Evaluation, in.Sample, o)
		if errors.Is(err, workspace.ErrNotFound) {
			err = notAssessed()
		}
		return answered(t, toTrust, err)
	}
	t, err := b.assess.Trust(ctx, in.Evaluation, in.Sample, o, nil)
	return answered(t, toTrust, err)
}

func notAssessed() error {
	return notFound(errors.New("this map has not been assessed yet: ask for its trust without stored, which takes a few hundred runs of the model"))
}

// answered is what was found, as it travels, if there is no error.
func answered[T, A any](found *T, as func(T) A, err error) (answer A, _ error) {
	if err != nil {
		return answer, err
	}
	return as(*found), nil
}

func (b *backend) watchTrust(ctx context.Context, in *MapQuery) (func(context.Context, func(event) error), error) {
	o, err := b.mapOptions(ctx, in)
	if err != nil {
		return nil, err
	}
	return watched(func(ctx context.Context, progress func(task.Progress) error) (api.Trust, error) {
		t, err := b.assess.Trust(ctx, in.Evaluation, in.Sample, o, progress)
		return answered(t, toTrust, err)
	}), nil
}

// watched streams the progress of a measurement, then its result.
func watched[T any](measure func(context.Context, func(task.Progress) error) (T, error)) func(context.Context, func(event) error) {
	return func(ctx context.Context, send func(event) error) {
		found, err := measure(ctx, func(p task.Progress) error {
			return send(event{"progress", toProgress(p)})
		})
		if err != nil {
			_ = send(failure(err))
			return
		}
		_ = send(event{"done", found})
	}
}

func toProgress(p task.Progress) api.MeasureProgress {
	return api.MeasureProgress{Done: p.Done, Total: p.Total, Rate: p.Rate, ETASeconds: p.Left.Seconds()}
}

func (b *backend) storedMaps(ctx context.Context, in *targetQuery) (api.StoredMapList, error) {
	if in.Target != "" {
		if err := b.checkTarget(ctx, in.Evaluation, in.Target); err != nil {
			return api.StoredMapList{}, err
		}
	}
	list, err := b.assess.StoredMaps(ctx, in.Evaluation, in.Sample, in.Target)
	return api.StoredMapList{Maps: convert(list, toStoredMap)}, err
}

func toStoredMap(m assess.StoredMap) api.StoredMap {
	return api.StoredMap{
		Method: m.Options.Method, Target: m.Options.Target, Seed: m.Options.Seed, Options: m.Options.Options,
		Verdict: string(m.Verdict), Degenerate: m.Map.Degenerate,
	}
}

func (b *backend) agreement(ctx context.Context, in *targetQuery) (api.Agreement, error) {
	if err := b.checkTarget(ctx, in.Evaluation, in.Target); err != nil {
		return api.Agreement{}, err
	}
	maps, correlations, err := b.assess.Agreement(ctx, in.Evaluation, in.Sample, in.Target)
	return api.Agreement{Maps: convert(maps, toStoredMap), Correlations: listed(correlations)}, err
}

func (b *backend) layers(ctx context.Context, in *EvaluationPath) (api.LayerList, error) {
	found, err := b.inspect.Layers(ctx, in.Evaluation)
	if err != nil {
		return api.LayerList{}, err
	}
	return api.LayerList{Layers: convert(found.Layers, func(l inspect.Layer) api.Layer { return api.Layer(l) }), Reason: found.Reason}, nil
}
