package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// importDataset starts an import.
func (b *backend) importDataset(ctx context.Context, r api.ImportRequest) (api.Job, error) {
	switch {
	case files.IsObject(r.Path):
		if _, err := s3.Parse(r.Path); err != nil {
			return api.Job{}, route.BadRequest(err)
		}
	case !filepath.IsAbs(r.Path):
		return api.Job{}, route.BadRequest(fmt.Errorf("path is %q: give the absolute path of a folder, or s3://BUCKET/PREFIX", r.Path))
	}
	for field, path := range map[string]string{"labels": r.Labels, "list": r.List, "regions": strings.Join(r.Regions, ""), "columns": strings.Join(r.Columns, "")} {
		if err := absolute(field, path); err != nil {
			return api.Job{}, err
		}
	}
	if _, err := b.store.Catalog.Dataset(ctx, r.Name); errors.Is(err, workspace.ErrNotFound) {
		if err := catalog.CheckName("dataset", r.Name); err != nil {
			return api.Job{}, err
		}
	}
	source := dataset.Source{Root: r.Path, Labels: r.Labels, List: r.List, Regions: r.Regions, Split: r.Split, Columns: r.Columns, Types: r.Types}
	return wire.JobResult(b.importing.Start(ctx, r.Name, source))
}

// addModel has a worker inspect a model file.
func (b *backend) addModel(ctx context.Context, r api.ModelRequest) (api.Model, error) {
	if r.Path == "" || !filepath.IsAbs(r.Path) {
		return api.Model{}, route.BadRequest(fmt.Errorf("path is %q: give the absolute path of an ONNX file", r.Path))
	}
	if _, err := b.store.Catalog.Model(ctx, r.Name); r.Name != "" && errors.Is(err, workspace.ErrNotFound) {
		if err := catalog.CheckName("model", r.Name); err != nil {
			return api.Model{}, err
		}
	}
	m, err := b.inspect.AddModel(ctx, r.Path, classifier.Options{
		Name: r.Name, Preprocessing: r.Preprocessing, Classes: r.Classes, Background: r.Background, Output: r.Output,
	}, r.Replace)
	if err != nil {
		return api.Model{}, err
	}
	return toModel(*m)
}

// evaluate starts an evaluation, or goes on with it.
func (b *backend) evaluate(ctx context.Context, in *struct{ Body api.EvaluateRequest }) (api.Job, error) {
	maps, err := b.mapsWith(ctx, in.Body)
	if err != nil {
		return api.Job{}, err
	}
	return wire.JobResult(b.evaluating.StartWith(ctx, in.Body.Dataset, in.Body.Model, in.Body.Mapping, evaluate.With{Maps: maps, SharedOnly: in.Body.SharedOnly && len(maps) > 0}))
}

// mapsWith are the maps that are asked for with an evaluation.
func (b *backend) mapsWith(ctx context.Context, r api.EvaluateRequest) ([]explain.MapOptions, error) {
	if len(r.Explain) == 0 {
		if len(r.Targets) > 0 {
			return nil, route.BadRequest(errors.New("targets are of maps: name their methods in explain"))
		}
		return nil, nil
	}
	targets := r.Targets
	if len(targets) == 0 {
		targets = []string{string(attribution.Contrast), string(attribution.Predicted)}
	}
	maps, err := explain.Requests(r.Explain, targets, 0, nil)
	if err != nil {
		return nil, route.BadRequest(err)
	}
	m, err := b.store.Catalog.Model(ctx, r.Model)
	if err != nil {
		return nil, err
	}
	spec, err := classifier.ParseSpec(m.Spec)
	if err != nil {
		return nil, err
	}
	for _, o := range maps {
		if t, err := attribution.ParseTarget(o.Target); err == nil && t.Kind == attribution.OneClass && t.Class >= len(spec.Classes) {
			return nil, route.BadRequest(fmt.Errorf("target %s: the classes of %s are 0 to %d", o.Target, r.Model, len(spec.Classes)-1))
		}
	}
	return maps, nil
}
