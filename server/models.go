package server

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
)

// modelPath names a model.
type modelPath struct {
	Model string `path:"name" doc:"The model"`
}

func (b *backend) modelRoutes(a huma.API) {
	route.JSON(a, "GET /api/models", "list-models", "List a page of the models, by name, without the names of their classes", b.listModels)
	route.JSON(a, "GET /api/models/{name}", "get-model", "Describe a model, and where each setting came from", func(ctx context.Context, in *modelPath) (api.Model, error) {
		m, err := b.store.Catalog.Model(ctx, in.Model)
		if err != nil {
			return api.Model{}, err
		}
		return toModel(*m)
	})
	route.JSON(a, "POST /api/models", "add-model", "Inspect a model file and add it", func(ctx context.Context, in *struct{ Body api.ModelRequest }) (api.Model, error) {
		return b.addModel(ctx, in.Body)
	})
}

func (b *backend) listModels(ctx context.Context, in *route.PageQuery) (out api.ModelList, err error) {
	names, err := b.store.Catalog.ModelsAfter(ctx, in.After, in.Limit+1)
	if err != nil {
		return out, err
	}
	out.Models, out.Next, err = route.Paged(names, in.Limit, route.ByName, func(name string) (api.Model, error) {
		m, err := b.store.Catalog.Model(ctx, name)
		if err != nil {
			return api.Model{}, err
		}
		spec, err := toModel(*m)
		spec.Classes, spec.ClassIDs = []string{}, nil // up to 100,000 each
		return spec, err
	})
	return out, err
}

func toModel(m catalog.Model) (spec api.Model, err error) {
	if err := json.Unmarshal(m.Spec, &spec); err != nil {
		return spec, fmt.Errorf("the stored description of model %s cannot be read: %w; add the model again", m.Name, err)
	}
	p := &spec.Preprocessing
	p.ImageMean, p.ImageStd = wire.Listed(p.ImageMean), wire.Listed(p.ImageStd)
	spec.Classes, spec.Outputs, spec.Provenance, spec.Warnings = wire.Listed(spec.Classes), wire.Listed(spec.Outputs), wire.Listed(spec.Provenance), wire.Listed(spec.Warnings)
	return spec, nil
}

// absolute refuses a path that would depend on the server's current folder.
func absolute(field, path string) error {
	if path == "" || filepath.IsAbs(path) || files.IsObject(path) {
		return nil
	}
	return route.BadRequest(fmt.Errorf("%s is %q: give an absolute path", field, path))
}
