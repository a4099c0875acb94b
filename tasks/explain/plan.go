package explain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// How many samples make a chunk: of maps that take seconds each, and of maps that
// many samples share a run for.
const (
	explainChunk      = 4
	explainChunkQuick = 32
)

// Selection says which samples are explained: the first Limit (0: all) of a slice
// of an evaluation, in an order.
type Selection struct {
	Evaluation string       `json:"evaluation"`
	Slice      slice.Slice  `json:"slice"`
	Sort       results.Sort `json:"sort"`
	Limit      int          `json:"limit"`
}

// ExplainSelection starts, or goes on with, a job that makes the maps of a selection
// that are not stored yet, of all the wishes at once; judged says that each is to be
// judged too. The job's result is {evaluation, methods, targets, seed, options, judged,
// failures: [{sample, reason}]}.
func (p Service) ExplainSelection(ctx context.Context, s Selection, judged bool, wishes ...MapOptions) (jobs.Job, error) {
	params := explainParams{Selection: s, Judged: judged}
	for _, o := range wishes {
		o, err := o.Normal()
		if err != nil {
			return jobs.Job{}, err
		}
		params.Maps = append(params.Maps, o)
	}
	if len(wishes) == 0 {
		return jobs.Job{}, errors.New("no map is asked for: name a method")
	}
	if _, err := p.Store.Results.Evaluation(ctx, s.Evaluation); err != nil {
		return jobs.Job{}, err
	}
	return p.Jobs.Submit(ctx, Name, params)
}

type explainParams struct {
	Selection
	Maps   []MapOptions `json:"maps"`
	Judged bool         `json:"judged,omitempty"`
}

// parseExplain reads a job's parameters; jobs of older versions name one map, and
// have a filter in place of a slice.
func parseExplain(params json.RawMessage) (p explainParams, err error) {
	err = json.Unmarshal(params, &p)
	if err == nil && p.Evaluation == "" {
		err = p.readFilter(params)
	}
	if err == nil && len(p.Maps) == 0 {
		p.Maps = make([]MapOptions, 1)
		err = json.Unmarshal(params, &p.Maps[0])
	}
	if err != nil {
		err = fmt.Errorf("parameters of an explanation: %w", err)
	}
	return p, err
}

// readFilter reads the filter of a job that was stored before there were slices.
func (s *Selection) readFilter(params json.RawMessage) error {
	var old struct{ Filter map[string]any }
	if err := json.Unmarshal(params, &old); err != nil {
		return err
	}
	evaluation, _ := old.Filter["Evaluation"].(string)
	named := map[string]any{}
	for field, name := range map[string]string{
		"Split": "split", "Threshold": "threshold", "Label": "label", "Predicted": "predicted", "Correct": "correct", "Text": "q",
		"MinConfidence": "min_confidence", "MaxConfidence": "max_confidence", "ScoreClass": "class", "MinScore": "min_score", "MaxScore": "max_score",
	} {
		named[name] = old.Filter[field]
	}
	var err error
	s.Evaluation = evaluation
	s.Slice, err = slice.FromObject(named)
	return err
}

// words lists what is different in the maps.
func (p explainParams) words() (methods, targets []string) {
	for _, o := range p.Maps {
		if !slices.Contains(methods, o.Method) {
			methods = append(methods, o.Method)
		}
		if !slices.Contains(targets, o.Target) {
			targets = append(targets, o.Target)
		}
	}
	return methods, targets
}

// explainer plans and stores batches of maps.
type explainer struct{ *task.Server }

func (e *explainer) Describe(_ context.Context, params json.RawMessage) (jobs.Description, error) {
	p, err := parseExplain(params)
	if err != nil {
		return jobs.Description{}, err
	}
	methods, targets := p.words()
	result := map[string]any{"evaluation": p.Evaluation, "methods": methods, "targets": targets, "seed": p.Maps[0].Seed, "judged": p.Judged}
	if len(p.Maps) == 1 {
		result["method"], result["target"], result["options"] = methods[0], targets[0], p.Maps[0].Options
	}
	return jobs.Description{
		Title:  fmt.Sprintf("Explain %s: %s, %s", p.Evaluation, strings.Join(methods, " "), strings.Join(targets, " ")),
		Result: task.JSON(result),
	}, nil
}

func (e *explainer) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parseExplain(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("choosing samples")
	limit := p.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	_, page, err := e.Store.Results.Samples(ctx, p.Evaluation, p.Slice, p.Sort, 0, limit)
	if err != nil {
		return 0, 0, err
	}
	ids := make([]int64, len(page))
	for i, s := range page {
		ids[i] = s.ID
	}
	lacking, err := e.Store.Maps.Lacking(ctx, p.Evaluation, p.keys(), ids, p.Judged)
	if err != nil {
		return 0, 0, err
	}
	var missing []int64
	for i, keys := range lacking {
		if len(keys) > 0 {
			missing = append(missing, ids[i])
		}
	}
	ev, err := e.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return 0, 0, err
	}
	chunk, err := withRegions(ctx, e.Store, ev.Dataset, p.chunk(), 0)
	if err != nil {
		return 0, 0, err
	}
	n, err := e.Jobs.PutItems(ctx, job.ID, missing)
	return n, chunk, err
}

// chunk is how many samples make a chunk: the fewer, the more maps each gets, so that
// little is lost with a chunk that is cancelled.
func (p explainParams) chunk() int {
	for _, o := range p.Maps {
		m, err := methods.All().Lookup(o.Method)
		if err != nil || !m.Card().Batched || p.Judged {
			return max(1, explainChunk/len(p.Maps))
		}
	}
	return max(explainChunk, explainChunkQuick/len(p.Maps))
}

// keys are those of a job's maps.
func (p explainParams) keys() []string {
	keys := make([]string, len(p.Maps))
	for i, o := range p.Maps {
		keys[i] = o.Key()
	}
	return keys
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
	payload := Payload{Spec: ev.Spec, Maps: p.Maps, Judged: p.Judged, Items: items(files)}
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
	if payload.Revision, where, err = drawnOf(ctx, e.Store, ev.Dataset, files); err != nil {
		return nil, err
	}
	for i := range payload.Items {
		payload.Items[i].Where = where[i]
	}
	if p.Judged {
		err = e.attach(ctx, ev.ID, &payload)
	}
	return task.JSON(payload), err
}

// need fills in which maps a chunk's samples lack, or lack a judgement of: it may be
// fewer than when the job was planned.
func (e *explainer) need(ctx context.Context, p explainParams, list []Item) error {
	ids := make([]int64, len(list))
	for i, it := range list {
		ids[i] = it.ID
	}
	lacking, err := e.Store.Maps.Lacking(ctx, p.Evaluation, p.keys(), ids, p.Judged)
	for i, keys := range lacking {
		list[i].Need = keys
	}
	return err
}

// attachedBytes is how many bytes of stored maps go into a chunk; what does not fit
// is made again.
const attachedBytes = 4 << 20

// attach adds the maps that are stored and only lack a judgement.
func (e *explainer) attach(ctx context.Context, evaluation string, p *Payload) error {
	left := attachedBytes
	for i := range p.Items {
		it := &p.Items[i]
		for _, wish := range it.Need {
			m, err := e.Store.Maps.Map(ctx, evaluation, it.ID, p.Maps[wish].Key())
			if errors.Is(err, workspace.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if left -= len(m.Data); left < 0 {
				return nil
			}
			it.Have = append(it.Have, HaveMap{Wish: wish, Meta: m.Meta, Values: m.Data})
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
