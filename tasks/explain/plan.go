package explain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half of making maps.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &explainer{s}} }

// Service is the server's door to maps. Safe for concurrent use.
type Service struct{ *task.Server }

// ExplainSelection starts, or goes on with, a job that makes the maps of a selection
// that are not stored yet, of all the requests at once; assessed says that each is to be
// assessed too. The job's result is {evaluation, methods, targets, seed, options, assessed,
// failures: [{sample, reason}]}.
func (p Service) ExplainSelection(ctx context.Context, s Selection, assessed bool, requests ...MapOptions) (jobs.Job, error) {
	if len(requests) == 0 {
		return jobs.Job{}, errors.New("no map is asked for: name a method")
	}
	if _, err := p.Store.Results.Evaluation(ctx, s.Evaluation); err != nil {
		return jobs.Job{}, err
	}
	maps, err := p.ResolveAll(ctx, s.Evaluation, requests)
	if err != nil {
		return jobs.Job{}, err
	}
	if err := p.refuseUnfit(ctx, s.Evaluation, maps); err != nil {
		return jobs.Job{}, err
	}
	return p.Jobs.Submit(ctx, Name, explainParams{Selection: s, Maps: maps, Assessed: assessed})
}

// ExplainLacking is ExplainSelection of all samples of an evaluation; nil where none lacks one
// of the maps, which are resolved.
func (p Service) ExplainLacking(ctx context.Context, evaluation string, requests []MapOptions) (*jobs.Job, error) {
	all := Selection{Evaluation: evaluation, Sort: results.ByPath}
	missing, err := explainParams{Selection: all, Maps: requests}.missing(ctx, p.Store)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	job, err := p.ExplainSelection(ctx, all, false, requests...)
	return &job, err
}

// explainer plans and stores batches of maps.
type explainer struct{ *task.Server }

func (e *explainer) Describe(_ context.Context, params json.RawMessage) (jobs.Description, error) {
	p, err := parseExplain(params)
	if err != nil {
		return jobs.Description{}, err
	}
	methods, targets := Words(p.Maps)
	result := map[string]any{"evaluation": p.Evaluation, "methods": methods, "targets": targets, "seed": p.Maps[0].Seed, "assessed": p.Assessed}
	if len(p.Maps) == 1 {
		result["method"], result["target"], result["options"] = methods[0], targets[0], p.Maps[0].Options
	}
	return jobs.Description{
		Title:   fmt.Sprintf("Explain %s: %s, %s", p.Evaluation, strings.Join(methods, " "), strings.Join(targets, " ")),
		Result:  task.JSON(result),
		Subject: p.Evaluation,
	}, nil
}

func (e *explainer) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parseExplain(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("choosing samples")
	missing, err := p.missing(ctx, e.Store)
	if err != nil {
		return 0, 0, err
	}
	ev, err := e.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return 0, 0, err
	}
	chunk, err := WithRegions(ctx, e.Store, ev.Dataset, p.chunk(), 0)
	if err != nil {
		return 0, 0, err
	}
	n, err := e.Jobs.PutItems(ctx, job.ID, missing)
	return n, chunk, err
}

// missing are the selected samples that lack one of the maps, or an assessment of it.
func (p explainParams) missing(ctx context.Context, store *stores.Stores) (list []int64, err error) {
	limit := p.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	_, page, err := store.Results.Samples(ctx, p.Evaluation, p.Slice, p.Sort, 0, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(page))
	for i, s := range page {
		ids[i] = s.ID
	}
	lacking, err := store.Maps.Lacking(ctx, p.Evaluation, p.keys(), ids, p.Assessed)
	for i, keys := range lacking {
		if len(keys) > 0 {
			list = append(list, ids[i])
		}
	}
	return list, err
}

func (e *explainer) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	if err := e.Store.Maps.Tidy(ctx); err != nil { // of what earlier chunks left
		return nil, err
	}
	p, err := parseExplain(job.Params)
	if err != nil {
		return nil, err
	}
	ev, err := e.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	files, err := e.Files(ctx, c)
	if err != nil {
		return nil, err
	}
	payload := Payload{Spec: ev.Spec, Maps: p.Maps, Assessed: p.Assessed, Items: items(files)}
	if err := rank(ctx, e.Store, ev.ID, payload.Items); err != nil {
		return nil, err
	}
	if payload.Baselines, err = baselines(ctx, e.Store, ev, p.Maps); err != nil {
		return nil, err
	}
	if err := e.need(ctx, p, payload.Items); err != nil {
		return nil, err
	}
	var where []Drawn
	if payload.Revision, where, err = DrawnOf(ctx, e.Store, ev.Dataset, files); err != nil {
		return nil, err
	}
	for i := range payload.Items {
		payload.Items[i].Where = where[i]
	}
	if p.Assessed {
		err = e.attach(ctx, ev.ID, &payload)
	}
	return task.JSON(payload), err
}

// Items are samples as a worker needs them, with what an evaluation found of them.
func Items(ctx context.Context, store *stores.Stores, evaluation string, files []catalog.File) ([]Item, error) {
	list := items(files)
	return list, rank(ctx, store, evaluation, list)
}

// need fills in which maps a chunk's samples lack, or lack an assessment of: it may be
// fewer than when the job was planned.
func (e *explainer) need(ctx context.Context, p explainParams, list []Item) error {
	ids := make([]int64, len(list))
	for i, it := range list {
		ids[i] = it.ID
	}
	lacking, err := e.Store.Maps.Lacking(ctx, p.Evaluation, p.keys(), ids, p.Assessed)
	for i, keys := range lacking {
		list[i].Need = keys
	}
	return err
}

// attachedBytes is how many bytes of stored maps go into a chunk; what does not fit
// is made again.
const attachedBytes = 4 << 20

// attach adds the maps that are stored and only lack an assessment.
func (e *explainer) attach(ctx context.Context, evaluation string, p *Payload) error {
	var ids []maps.MapID
	for _, it := range p.Items {
		for _, which := range it.Need {
			ids = append(ids, maps.MapID{Sample: it.ID, Key: p.Maps[which].Key()})
		}
	}
	stored, err := e.Store.Maps.Maps(ctx, evaluation, ids)
	if err != nil {
		return err
	}
	left := attachedBytes
	for i := range p.Items {
		it := &p.Items[i]
		for _, which := range it.Need {
			m := stored[maps.MapID{Sample: it.ID, Key: p.Maps[which].Key()}]
			if m == nil {
				continue
			}
			if left -= len(m.Data); left < 0 {
				return nil
			}
			it.Have = append(it.Have, HaveMap{Which: which, Meta: m.Meta, Values: m.Data})
		}
	}
	return nil
}

// rank fills in what the evaluation knows of the items: the true class, and the
// best classes. A sample that is not predicted (yet) can be explained all the same.
func rank(ctx context.Context, store *stores.Stores, evaluation string, list []Item) error {
	ids := make([]int64, len(list))
	for i, it := range list {
		ids[i] = it.ID
	}
	ranks, err := store.Results.Ranks(ctx, evaluation, ids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Truth = attribution.NoTruth
		if r, ok := ranks[list[i].ID]; ok {
			list[i].Truth, list[i].Ranking = r.Truth, r.Best
		}
	}
	return nil
}

func requestOf(ev *results.Evaluation, o MapOptions) MapRequest {
	return MapRequest{Spec: ev.Spec, MapOptions: o}
}

func (e *explainer) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, c jobs.Chunk, r jobs.Result) error {
	id, err := task.Evaluation(job)
	if err != nil || r.Path == "" {
		return err
	}
	return e.Store.Maps.IngestMaps(ctx, tx, id, job.ID, c.Seq, r.Path)
}

// Quarantine stores nothing: the job itself lists what failed.
func (e *explainer) Quarantine(context.Context, *workspace.Tx, jobs.Job, int, string) error {
	return nil
}

// Finish adds the samples that have no map, and why, to the job's result.
func (e *explainer) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	if err := e.Store.Maps.Compact(ctx); err != nil {
		return nil, err
	}
	list, err := e.Jobs.Failures(ctx, job.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	bad, err := e.Failed(ctx, jobs.Chunk{Job: job.ID, Count: job.Items}, list)
	if err != nil {
		return nil, err
	}
	result := map[string]any{}
	if err := json.Unmarshal(job.Result, &result); err != nil {
		return nil, fmt.Errorf("read the result of job %s: %w", job.ID, err)
	}
	result["failures"] = bad
	return task.JSON(result), nil
}
