package server

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/stores"
)

func (b *backend) manageRoutes(a huma.API) {
	b.removalRoutes(a)
	route.JSON(a, "DELETE /api/datasets/{name}", "remove-dataset", "Remove a dataset with its evaluations; its images stay", func(ctx context.Context, in *datasetPath) (api.Removed, error) {
		return b.remove(ctx, stores.Dataset, in.Dataset)
	})
	route.JSON(a, "DELETE /api/models/{name}", "remove-model", "Remove a model with its evaluations; its file stays", func(ctx context.Context, in *modelPath) (api.Removed, error) {
		return b.remove(ctx, stores.Model, in.Model)
	})
	route.JSON(a, "DELETE /api/evaluations/{id}", "remove-evaluation", "Remove an evaluation with its maps", func(ctx context.Context, in *route.EvaluationPath) (api.Removed, error) {
		return b.remove(ctx, stores.Evaluation, in.Evaluation)
	})
	route.JSON(a, "PATCH /api/datasets/{name}", "rename-dataset", "Give a dataset another name, and its evaluations the ids that follow", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Body    api.RenameRequest
	}) (api.Dataset, error) {
		if err := b.rename(ctx, stores.Dataset, in.Dataset, in.Body.Name); err != nil {
			return api.Dataset{}, err
		}
		d, err := b.store.Catalog.Dataset(ctx, in.Body.Name)
		return wire.Answered(d, toDataset, err)
	})
	route.JSON(a, "PATCH /api/models/{name}", "rename-model", "Give a model another name, and its evaluations the ids that follow", func(ctx context.Context, in *struct {
		Model string `path:"name" doc:"The model"`
		Body  api.RenameRequest
	}) (api.Model, error) {
		if err := b.rename(ctx, stores.Model, in.Model, in.Body.Name); err != nil {
			return api.Model{}, err
		}
		m, err := b.store.Catalog.Model(ctx, in.Body.Name)
		if err != nil {
			return api.Model{}, err
		}
		return toModel(*m)
	})
}

func (b *backend) removalRoutes(a huma.API) {
	route.JSON(a, "GET /api/datasets/{name}/removal", "preview-remove-dataset", "Tell what would go with a dataset", func(ctx context.Context, in *datasetPath) (api.Removal, error) {
		return b.removal(ctx, stores.Dataset, in.Dataset)
	})
	route.JSON(a, "GET /api/models/{name}/removal", "preview-remove-model", "Tell what would go with a model", func(ctx context.Context, in *modelPath) (api.Removal, error) {
		return b.removal(ctx, stores.Model, in.Model)
	})
	route.JSON(a, "GET /api/evaluations/{id}/removal", "preview-remove-evaluation", "Tell what would go with an evaluation", func(ctx context.Context, in *route.EvaluationPath) (api.Removal, error) {
		return b.removal(ctx, stores.Evaluation, in.Evaluation)
	})
}

// removal tells what would go with a thing, and which job stands in the way.
func (b *backend) removal(ctx context.Context, kind stores.Kind, name string) (api.Removal, error) {
	e, err := b.store.Extent(ctx, kind, name)
	if err != nil {
		return api.Removal{}, err
	}
	out := api.Removal{Evaluations: wire.Listed(e.Evaluations), Samples: e.Samples, Predictions: e.Predictions, Maps: e.Maps, Trials: e.Trials, Marks: e.Marks, Bytes: e.Bytes}
	job, err := b.jobOn(ctx, use{kind, name, e.Evaluations})
	if job != nil {
		at := wire.Job(*job)
		out.Job = &at
	}
	return out, err
}

// remove removes a thing that no job is at work on. Jobs that stopped go with it: there is
// nothing left to resume.
func (b *backend) remove(ctx context.Context, kind stores.Kind, name string) (api.Removed, error) {
	u, err := b.unused(ctx, kind, name)
	if err != nil {
		return api.Removed{}, err
	}
	gone, err := b.store.Remove(ctx, kind, name)
	if err != nil {
		return api.Removed{}, err
	}
	return api.Removed{Evaluations: wire.Listed(gone)}, b.jobs.Forget(ctx, u.by)
}

// rename renames a thing that no job is at work on. Jobs that stopped go, as they name it
// as it was; those that are done stay.
func (b *backend) rename(ctx context.Context, kind stores.Kind, name, to string) error {
	if err := catalog.CheckName(string(kind), to); err != nil {
		return err
	}
	u, err := b.unused(ctx, kind, name)
	if err != nil {
		return err
	}
	if err := b.store.Rename(ctx, kind, name, to); err != nil {
		return err
	}
	return b.jobs.Forget(ctx, func(j jobs.Job) bool { return j.State != jobs.Done && u.by(j) })
}

// use is a thing and the evaluations made of it, which jobs may be about.
type use struct {
	kind        stores.Kind
	name        string
	evaluations []string
}

// unused returns a thing, or an error that is catalog.ErrInUse where a job works on it.
func (b *backend) unused(ctx context.Context, kind stores.Kind, name string) (use, error) {
	u := use{kind: kind, name: name}
	var err error
	if u.evaluations, err = b.store.Made(ctx, kind, name); err != nil {
		return u, err
	}
	j, err := b.jobOn(ctx, u)
	if j != nil {
		err = fmt.Errorf("%w: the job %s (%s) works on the %s %s: let it end, or stop it with `sightline jobs cancel %s`", catalog.ErrInUse, j.ID, j.Title, kind, name, j.ID)
	}
	return u, err
}

// jobOn is a job that works on a thing now, nil if none does.
func (b *backend) jobOn(ctx context.Context, u use) (*jobs.Job, error) {
	list, err := b.jobs.List(ctx)
	for i, j := range list {
		if j.State.Active() && u.by(j) {
			return &list[i], nil
		}
	}
	return nil, err
}

// by tells whether a job is about the thing, or about an evaluation made of it.
func (u use) by(j jobs.Job) bool {
	for _, text := range []json.RawMessage{j.Params, j.Result} {
		var about struct{ Name, Dataset, Model, Evaluation string }
		if json.Unmarshal(text, &about) != nil {
			continue
		}
		named := map[stores.Kind][]string{stores.Dataset: {about.Name, about.Dataset}, stores.Model: {about.Model}}[u.kind]
		if slices.Contains(named, u.name) || slices.Contains(u.evaluations, about.Evaluation) {
			return true
		}
	}
	return false
}
