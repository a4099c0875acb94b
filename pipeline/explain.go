package pipeline

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/workspace"
)

// explainChunk is how many maps make a chunk: each takes seconds.
const explainChunk = 4

// Slice says which samples are explained: the first Limit (0: all) of a filter,
// in an order.
type Slice struct {
	Filter workspace.Filter `json:"filter"` // Evaluation must be set
	Sort   workspace.Sort   `json:"sort"`
	Limit  int              `json:"limit"`
}

// ExplainSlice starts, or goes on with, a job that makes the maps of a slice
// that are not stored yet. The job's result is {evaluation, method, target,
// seed, options, failures: [{sample, reason}]}.
func (p *Pipeline) ExplainSlice(ctx context.Context, s Slice, o MapOptions) (jobs.Job, error) {
	o, err := o.Normal()
	if err != nil {
		return jobs.Job{}, err
	}
	if _, err := p.ws.Evaluation(ctx, s.Filter.Evaluation); err != nil {
		return jobs.Job{}, err
	}
	return p.jobs.Submit(ctx, KindExplain, explainParams{Slice: s, MapOptions: o})
}

type explainParams struct {
	Slice
	MapOptions
}

// explainer plans and stores batches of maps.
type explainer struct {
	ws   *workspace.Workspace
	jobs *jobs.Manager
}

func (e *explainer) Describe(_ context.Context, params json.RawMessage) (jobs.Description, error) {
	var p explainParams
	if err := json.Unmarshal(params, &p); err != nil {
		return jobs.Description{}, fmt.Errorf("parameters of an explanation: %w", err)
	}
	return jobs.Description{
		Title:  fmt.Sprintf("Explain %s: %s, %s", p.Filter.Evaluation, p.Method, p.Target),
		Result: mustJSON(map[string]any{"evaluation": p.Filter.Evaluation, "method": p.Method, "target": p.Target, "seed": p.Seed, "options": p.Options}),
	}, nil
}

func (e *explainer) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	var p explainParams
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return 0, 0, fmt.Errorf("parameters of an explanation: %w", err)
	}
	note("choosing samples")
	limit := p.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	_, page, err := e.ws.Samples(ctx, p.Filter, p.Sort, 0, limit)
	if err != nil {
		return 0, 0, err
	}
	var missing []int64
	for _, s := range page {
		keys, err := e.ws.MapKeys(ctx, p.Filter.Evaluation, s.ID)
		if err != nil {
			return 0, 0, err
		}
		if !slices.Contains(keys, p.Key()) {
			missing = append(missing, s.ID)
		}
	}
	n, err := e.ws.PutItems(ctx, job.ID, missing)
	return n, explainChunk, err
}

func (e *explainer) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	var p explainParams
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return nil, fmt.Errorf("parameters of an explanation: %w", err)
	}
	ev, err := e.ws.Evaluation(ctx, p.Filter.Evaluation)
	if err != nil {
		return nil, err
	}
	samples, err := e.ws.Items(ctx, job.ID, c.First, c.Count)
	if err != nil {
		return nil, err
	}
	list := items(samples)
	for i := range list {
		if list[i].Truth, err = truthOf(ctx, e.ws, ev.ID, list[i].ID); err != nil {
			return nil, err
		}
	}
	return mustJSON(explainPayload{mapRequest: requestOf(ev, p.MapOptions), Items: list}), nil
}

func requestOf(ev *workspace.Evaluation, o MapOptions) mapRequest {
	return mapRequest{Spec: ev.Spec, MapOptions: o}
}

// truthOf is the true class of a sample in an evaluation, or attribution.NoTruth.
func truthOf(ctx context.Context, ws *workspace.Workspace, evaluation string, sample int64) (int, error) {
	p, err := ws.Prediction(ctx, evaluation, sample)
	if errors.Is(err, workspace.ErrNotFound) {
		return attribution.NoTruth, nil // not predicted (yet): it can be explained all the same
	}
	if err != nil {
		return 0, err
	}
	return p.Truth, nil
}

func (e *explainer) Ingest(ctx context.Context, tx *sql.Tx, job jobs.Job, c jobs.Chunk, r jobs.Result) error {
	id, err := evaluationID(job)
	if err != nil || r.Path == "" {
		return err
	}
	return e.ws.IngestMaps(ctx, tx, id, job.ID, c.Seq, r.Path)
}

// Quarantine stores nothing: the job itself lists what failed.
func (e *explainer) Quarantine(context.Context, *sql.Tx, jobs.Job, int, string) error { return nil }

// Finish adds the samples that have no map, and why, to the job's result.
func (e *explainer) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	list, err := e.jobs.Failures(ctx, job.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	bad, err := failedSamples(ctx, e.ws, jobs.Chunk{Job: job.ID, Count: job.Items}, list)
	if err != nil {
		return nil, err
	}
	result := map[string]any{}
	if err := json.Unmarshal(job.Result, &result); err != nil {
		return nil, fmt.Errorf("read the result of job %s: %w", job.ID, err)
	}
	result["failures"] = bad
	return mustJSON(result), nil
}
