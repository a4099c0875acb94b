package evaluate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// Service is the server's door to evaluations. Safe for concurrent use.
type Service struct{ *task.Server }

// Start starts, or goes on with, the run of a model over the samples of a
// dataset that it has not predicted yet. mapping gives class names or indices
// for labels, and may be nil. The job's result is {evaluation, dataset, model}.
//
// maps are made too, of all samples in use: where their methods allow in the same runs, and
// stored with the predictions. The others are made by a job that follows. The result then
// also has {methods, targets, apart: [reason], following: job, unfit: reason}; the last three
// where they are not empty.
func (s Service) Start(ctx context.Context, dataset, model string, mapping map[string]string, maps ...explain.MapOptions) (jobs.Job, error) {
	return s.StartWith(ctx, dataset, model, mapping, With{Maps: maps})
}

// With are the maps that are made with an evaluation.
type With struct {
	Maps []explain.MapOptions `json:"maps,omitempty"`
	// SharedOnly leaves out those that need runs of their own.
	SharedOnly bool `json:"shared_only,omitempty"`
}

// StartWith is Start.
func (s Service) StartWith(ctx context.Context, dataset, model string, mapping map[string]string, with With) (jobs.Job, error) {
	d, err := s.Store.Catalog.Dataset(ctx, dataset)
	if err != nil {
		return jobs.Job{}, err
	}
	m, err := s.Store.Catalog.Model(ctx, model)
	if err != nil {
		return jobs.Job{}, err
	}
	digest := sha256.Sum256(m.Spec)
	return s.Jobs.Submit(ctx, Name, params{
		Dataset: dataset, Model: model, Mapping: mapping, Settings: hex.EncodeToString(digest[:8]), Samples: d.Samples, With: with,
	})
}

// params are the parameters of an evaluation, and what makes it another
// job than one that was interrupted: other settings of the model, or samples
// imported since.
type params struct {
	Dataset  string            `json:"dataset"`
	Model    string            `json:"model"`
	Mapping  map[string]string `json:"mapping,omitempty"`
	Settings string            `json:"settings"`
	Samples  int               `json:"samples"`

	With
}

func parse(stored json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(stored, &p); err != nil {
		err = fmt.Errorf("parameters of an evaluation: %w", err)
	}
	return p, err
}

// Kind is the server half of evaluations.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &evaluator{s}} }

// evaluator plans and stores evaluations.
type evaluator struct{ *task.Server }

func (e *evaluator) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	p, err := parse(stored)
	if err != nil {
		return jobs.Description{}, err
	}
	id := results.EvaluationID(p.Dataset, p.Model)
	d := jobs.Description{Title: fmt.Sprintf("Evaluate %s on %s", p.Model, p.Dataset), Subject: id}
	result := map[string]any{"evaluation": id, "dataset": p.Dataset, "model": p.Model}
	if len(p.Maps) > 0 {
		methods, targets := explain.Words(p.Maps)
		result["methods"], result["targets"] = methods, targets
		d.Title += fmt.Sprintf(", with maps: %s, %s", strings.Join(methods, " "), strings.Join(targets, " "))
	}
	d.Result = task.JSON(result)
	return d, nil
}

func (e *evaluator) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parse(job.Params)
	if err != nil {
		return 0, 0, err
	}
	if err := e.mayPlan(ctx, job); err != nil {
		return 0, 0, err
	}
	note("matching labels and classes")
	spec, err := modelSpec(ctx, e.Store, p.Model)
	if err != nil {
		return 0, 0, err
	}
	d, err := e.Store.Catalog.Dataset(ctx, p.Dataset)
	if err != nil {
		return 0, 0, err
	}
	matching := spec.Match(labelNames(d), p.Mapping)
	ev, missing, err := e.Store.Results.PlanEvaluation(ctx, results.EvaluationPlan{
		Dataset: p.Dataset, Model: p.Model, Job: job.ID, Classes: spec.Classes,
		Matching: task.JSON(matching), LabelClass: matching.Index,
	})
	if err != nil {
		return 0, 0, err
	}
	n, err := e.Jobs.PutItems(ctx, job.ID, missing)
	if err != nil || len(p.Maps) == 0 {
		return n, chunkSize(n, batchOf(spec, n)), err
	}
	note("choosing how maps are made")
	size, err := e.planMaps(ctx, ev, p.Maps, chunkSize(n, batchOf(spec, n)), batchOf(spec, n))
	return n, size, err
}

// mayPlan refuses to plan a job anew that a newer one has taken over from.
func (e *evaluator) mayPlan(ctx context.Context, job jobs.Job) error {
	if job.Items == 0 {
		return nil // it is planned for the first time
	}
	ev, err := e.evaluation(ctx, job)
	if err == nil && ev.Job != job.ID {
		err = superseded(ev)
	}
	return err
}

func modelSpec(ctx context.Context, store *stores.Stores, name string) (*classifier.Spec, error) {
	m, err := store.Catalog.Model(ctx, name)
	if err != nil {
		return nil, err
	}
	return classifier.ParseSpec(m.Spec)
}

func labelNames(d *catalog.Dataset) []string {
	names := make([]string, len(d.Labels))
	for i, l := range d.Labels {
		names[i] = l.Name
	}
	return names
}

// batchOf is how many samples of a job of n are run at once. It depends on
// nothing that could differ when the job is resumed.
func batchOf(spec *classifier.Spec, n int) int {
	if spec.Batch.Mode == classifier.Fixed {
		return max(1, spec.Batch.Fixed)
	}
	return max(1, min(spec.Batch.Recommended, n))
}

// chunkSize is the size of chunks: a multiple of the batch, about a
// sixteenth of the job, so that little is done twice; but storing a chunk takes as
// long as the runs of a dozen images of a small model, however small it is.
func chunkSize(items, batch int) int {
	size := min(256, max(64, items/16))
	return (size + batch - 1) / batch * batch
}

func (e *evaluator) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	ev, err := e.evaluation(ctx, job)
	if err != nil {
		return nil, err
	}
	if ev.Job != job.ID {
		return nil, superseded(ev)
	}
	spec, err := classifier.ParseSpec(ev.Spec)
	if err != nil {
		return nil, err
	}
	files, err := e.Files(ctx, c)
	if err != nil {
		return nil, err
	}
	payload := Payload{Spec: ev.Spec, Batch: batchOf(spec, job.Items), Items: items(files)}
	err = e.addMaps(ctx, job, ev, files, &payload)
	return task.JSON(payload), err
}

func (e *evaluator) evaluation(ctx context.Context, job jobs.Job) (*results.Evaluation, error) {
	id, err := task.Evaluation(job)
	if err != nil {
		return nil, err
	}
	return e.Store.Results.Evaluation(ctx, id)
}

func superseded(ev *results.Evaluation) error {
	return fmt.Errorf("job %s has taken over the evaluation %s, with newer samples or settings; nothing is left to do here", ev.Job, ev.ID)
}

func (e *evaluator) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, c jobs.Chunk, r jobs.Result) error {
	bad, err := e.Failed(ctx, c, r.Failed)
	if err != nil {
		return err
	}
	if err := e.ingest(ctx, tx, job, c, r.Path, bad); err != nil {
		return err
	}
	return e.ingestMaps(ctx, tx, job, c, r)
}

func (e *evaluator) Quarantine(ctx context.Context, tx *workspace.Tx, job jobs.Job, index int, reason string) error {
	id, err := e.Sample(ctx, job.ID, index)
	if err != nil {
		return err
	}
	seq := quarantineSeq(index)
	return e.ingest(ctx, tx, job, jobs.Chunk{Job: job.ID, Seq: seq, First: index, Count: 1}, "", []catalog.Failure{{Sample: id, Reason: reason}})
}

// quarantineSeq numbers what is stored of a single quarantined item, apart from
// the numbers of chunks.
func quarantineSeq(index int) int { return -1 - index }

// ingest checks, in the transaction, that no newer job has taken over: two jobs
// must not store predictions of the same sample.
func (e *evaluator) ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, c jobs.Chunk, block string, bad []catalog.Failure) error {
	id, err := task.Evaluation(job)
	if err != nil {
		return err
	}
	owner, err := results.Job(ctx, tx, id)
	if err != nil {
		return err
	}
	if owner != job.ID {
		return superseded(&results.Evaluation{ID: id, Job: owner})
	}
	return e.Store.Results.IngestBlock(ctx, tx, results.ChunkResult{Evaluation: id, Job: job.ID, Seq: c.Seq, Block: block, Failures: bad})
}

func (e *evaluator) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	ev, err := e.evaluation(ctx, job)
	if err != nil {
		return nil, err
	}
	if ev.Job != job.ID {
		return nil, superseded(ev)
	}
	if err := e.areas(ctx, ev.ID); err != nil {
		return nil, err
	}
	if err := e.Store.Results.FinishEvaluation(ctx, ev.ID); err != nil {
		return nil, err
	}
	return e.finishMaps(ctx, job)
}

// areas computes those under the curves of all samples, and of the split whose figures are shown first.
func (e *evaluator) areas(ctx context.Context, evaluation string) error {
	h, err := e.Store.Results.Headline(ctx, evaluation)
	if err != nil {
		return err
	}
	split, ok := h.Slice.Split()
	if ok && split != "" {
		if err := e.Store.Results.ComputeAreas(ctx, evaluation, split); err != nil {
			return err
		}
	}
	return e.Store.Results.ComputeAreas(ctx, evaluation, "")
}
