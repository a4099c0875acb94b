package saliency

import (
	"context"
	"fmt"
	"maps"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// explain starts the making of many maps.
func (b *Resources) explain(ctx context.Context, r api.ExplainRequest) (api.Job, error) {
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
func (b *Resources) selection(ctx context.Context, r api.ExplainRequest) (explain.Selection, error) {
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
func (b *Resources) findMap(ctx context.Context, in route.SamplePath, o explain.MapOptions, snapshot func(*foundMap, task.Progress) error) (foundMap, error) {
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

// resolve finds the classes of a slice in an evaluation.
func (b *Resources) resolve(ctx context.Context, evaluation string, s slice.Slice) (slice.Slice, error) {
	e, err := b.store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return slice.Slice{}, err
	}
	return b.store.Results.Resolve(ctx, e, s)
}
