package saliency

import (
	"context"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// MethodQuery asks about a method on an evaluation's model, whatever the image.
type MethodQuery struct {
	route.EvaluationPath
	Method string   `query:"method" required:"true" doc:"The method; see /api/methods"`
	Seed   uint64   `query:"seed" doc:"Of the random weights, and of methods that sample"`
	Option []string `query:"option,explode" doc:"NAME=VALUE, a setting of the method; may be repeated"`
}

func (in *MethodQuery) options() (explain.MapOptions, error) {
	m := MapQuery{Method: in.Method, Target: "predicted", Seed: in.Seed, Option: in.Option}
	return m.options()
}

type randomisationQuery struct {
	MethodQuery
	Stored bool `query:"stored" doc:"Only if it is known already; else the answer is 404"`
}

func (b *Resources) randomisationRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/randomisation", "get-randomisation", "How far a method's maps depend on what the model has learnt, computed if need be", b.randomisation)
	route.Streamed(a, "GET /api/evaluations/{id}/randomisation/events", "watch-randomisation", "The same, with progress while it is computed",
		map[string]any{"progress": api.MeasureProgress{}, "done": api.Randomisation{}, "error": api.StreamError{}}, b.watchRandomisation)
}

func (b *Resources) randomisation(ctx context.Context, in *randomisationQuery) (api.Randomisation, error) {
	o, err := in.options()
	if err != nil {
		return api.Randomisation{}, err
	}
	if !in.Stored {
		found, err := b.assess.Randomisation(ctx, in.Evaluation, o, nil)
		return wire.Answered(found, wire.Randomisation, err)
	}
	found, err := b.assess.StoredRandomisation(ctx, in.Evaluation, o)
	if errors.Is(err, workspace.ErrNotFound) {
		err = route.NotFound(fmt.Errorf("this method has not been checked by random weights on this model yet: ask again without stored, which makes about thirty maps"))
	}
	return wire.Answered(found, wire.Randomisation, err)
}

func (b *Resources) watchRandomisation(ctx context.Context, in *MethodQuery) (func(context.Context, func(route.Event) error), error) {
	o, err := in.options()
	if err != nil {
		return nil, err
	}
	if _, err := b.store.Results.Evaluation(ctx, in.Evaluation); err != nil {
		return nil, err
	}
	return route.Watched(func(ctx context.Context, progress func(task.Progress) error) (api.Randomisation, error) {
		found, err := b.assess.Randomisation(ctx, in.Evaluation, o, progress)
		return wire.Answered(found, wire.Randomisation, err)
	}), nil
}
