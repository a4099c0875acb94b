package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// importDataset starts an import.
func (b *backend) importDataset(ctx context.Context, r api.ImportRequest) (api.Job, error) {
	if r.Path == "" || !filepath.IsAbs(r.Path) {
		return api.Job{}, route.BadRequest(fmt.Errorf("path is %q: give the absolute path of a folder", r.Path))
	}
	for field, path := range map[string]string{"labels": r.Labels, "list": r.List, "regions": strings.Join(r.Regions, "")} {
		if err := absolute(field, path); err != nil {
			return api.Job{}, err
		}
	}
	if _, err := b.store.Catalog.Dataset(ctx, r.Name); errors.Is(err, workspace.ErrNotFound) {
		if err := catalog.CheckName("dataset", r.Name); err != nil {
			return api.Job{}, err
		}
	}
	source := dataset.Source{Root: r.Path, Labels: r.Labels, List: r.List, Regions: r.Regions, Split: r.Split}
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

// explain starts the making of many maps.
func (b *backend) explain(ctx context.Context, r api.ExplainRequest) (api.Job, error) {
	requests, err := explain.Requests(listOf(r.Method, r.Methods), listOf(r.Target, r.Targets), r.Seed, r.Options)
	if err != nil {
		return api.Job{}, route.BadRequest(err)
	}
	for _, o := range requests {
		if err := b.checkTarget(ctx, r.Evaluation, o.Target); err != nil {
			return api.Job{}, err
		}
	}
	selection, err := b.selection(ctx, r)
	if err != nil {
		return api.Job{}, err
	}
	return wire.JobResult(b.maps.ExplainSelection(ctx, selection, r.Trust, requests...))
}

// selection says which samples a request means, by its slice or, as earlier
// versions have it, by its filter.
func (b *backend) selection(ctx context.Context, r api.ExplainRequest) (explain.Selection, error) {
	sort, filter := r.Sort, maps.Clone(r.Filter)
	if old, ok := filter["sort"].(string); ok && sort == "" {
		sort = old
	}
	delete(filter, "sort")
	s, err := slice.Parse(r.Slice)
	if err != nil {
		return explain.Selection{}, route.BadRequest(fmt.Errorf("slice: %w", err))
	}
	former, err := slice.FromObject(filter)
	if err == nil {
		s, err = s.And(former)
	}
	if err != nil {
		return explain.Selection{}, route.BadRequest(fmt.Errorf("filter: %w", err))
	}
	if s, err = b.resolve(ctx, r.Evaluation, s); err != nil {
		return explain.Selection{}, err
	}
	return explain.Selection{Evaluation: r.Evaluation, Slice: s, Sort: results.Sort(sort), Limit: r.Limit}, nil
}

// listOf puts the one before the many.
func listOf(one string, many []string) []string {
	if one == "" {
		return many
	}
	return append([]string{one}, many...)
}

// findMap returns the stored map, or has a worker make it; snapshot, if not
// nil, sees it sharpen.
func (b *backend) findMap(ctx context.Context, in route.SamplePath, o explain.MapOptions, snapshot func(*foundMap, task.Progress) error) (foundMap, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return foundMap{}, err
	}
	var see func(explain.Snapshot) error
	if snapshot != nil {
		see = func(s explain.Snapshot) error {
			if s.Map == nil {
				return snapshot(nil, s.Progress)
			}
			f := found(s.Map, o, e.Classes)
			return snapshot(&f, s.Progress)
		}
	}
	m, err := b.maps.Explain(ctx, in.Evaluation, in.Sample, o, see)
	if err != nil {
		return foundMap{}, err
	}
	f := found(m, o, e.Classes)
	verdict, err := b.assess.Verdict(ctx, in.Evaluation, in.Sample, o, m)
	f.header.Verdict = string(verdict)
	return f, err
}

func found(m *attribution.Map, o explain.MapOptions, classes []string) foundMap {
	return foundMap{header: toHeader(m, o, classes), m: m}
}
