package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// What an evaluation does for the maps that are asked for with it.

// planMaps chooses what auto means for the model, so that chunks find it chosen, and says how
// many samples make a chunk, of at most so many, if each brings its regions: whole batches, if
// one fits.
func (e *evaluator) planMaps(ctx context.Context, ev *results.Evaluation, maps []explain.MapOptions, most, batch int) (int, error) {
	if _, err := e.resolved(ctx, ev.ID, maps); err != nil {
		return 0, err
	}
	size, err := explain.WithRegions(ctx, e.Store, ev.Dataset, most, 0)
	if size > batch {
		size -= size % batch
	}
	return size, err
}

// resolved are the maps under the names of their methods.
func (e *evaluator) resolved(ctx context.Context, evaluation string, maps []explain.MapOptions) ([]explain.MapOptions, error) {
	return explain.Service{Server: e.Server}.ResolveAll(ctx, evaluation, maps)
}

// addMaps adds to a chunk which maps are to be made, and what that takes.
func (e *evaluator) addMaps(ctx context.Context, job jobs.Job, ev *results.Evaluation, files []catalog.File, payload *Payload) error {
	p, err := parse(job.Params)
	if err != nil || len(p.Maps) == 0 {
		return err
	}
	if err := e.Store.Maps.Tidy(ctx); err != nil { // of what earlier chunks left
		return err
	}
	if payload.Maps, err = e.resolved(ctx, ev.ID, p.Maps); err != nil {
		return err
	}
	ids := make([]int64, len(files))
	for i, f := range files {
		ids[i] = f.Sample
	}
	truths, err := e.Store.Results.Truths(ctx, ev.ID, ids)
	if err != nil {
		return err
	}
	revision, where, err := explain.DrawnOf(ctx, e.Store, ev.Dataset, files)
	if err != nil {
		return err
	}
	payload.Revision = revision
	for i := range payload.Items {
		payload.Items[i].Truth, payload.Items[i].Where = truths[i], where[i]
	}
	return nil
}

// apartFact is the name under which the workspace keeps, until the job's end, why maps are not
// made of the evaluation's runs.
const apartFact = "maps apart"

// apart is its content.
type apart struct {
	Job     string   `json:"job"`
	Reasons []string `json:"reasons"`
}

// ingestMaps stores the maps of a chunk, and what the worker says of others, with the chunk's
// predictions.
func (e *evaluator) ingestMaps(ctx context.Context, tx *workspace.Tx, job jobs.Job, c jobs.Chunk, r jobs.Result) error {
	id, err := task.Evaluation(job)
	if err != nil {
		return err
	}
	if r.Beside != "" {
		if err := e.Store.Maps.IngestMaps(ctx, tx, id, job.ID, c.Seq, r.Beside); err != nil {
			return err
		}
	}
	if len(r.Data) == 0 {
		return nil
	}
	var said Said
	if err := json.Unmarshal(r.Data, &said); err != nil {
		return fmt.Errorf("read what the worker says of maps: %w", err)
	}
	return e.Store.Results.IngestFact(ctx, tx, id, apartFact, task.JSON(apart{job.ID, said.Apart}))
}

// finishMaps has the maps that are still lacking made by a job of their own, and says so.
func (e *evaluator) finishMaps(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	p, err := parse(job.Params)
	if err != nil || len(p.Maps) == 0 {
		return nil, err
	}
	if err := e.Store.Maps.Compact(ctx); err != nil {
		return nil, err
	}
	id, err := task.Evaluation(job)
	if err != nil {
		return nil, err
	}
	result := map[string]any{}
	if err := json.Unmarshal(job.Result, &result); err != nil {
		return nil, fmt.Errorf("read the result of job %s: %w", job.ID, err)
	}
	if reasons, err := e.apart(ctx, id, job.ID); err != nil {
		return nil, err
	} else if len(reasons) > 0 {
		result["apart"] = reasons
	}
	maps, err := e.resolved(ctx, id, p.Maps)
	if err != nil {
		return nil, err
	}
	result["methods"], _ = explain.Words(maps)
	if p.SharedOnly {
		return task.JSON(result), nil
	}
	following, err := explain.Service{Server: e.Server}.ExplainLacking(ctx, id, maps)
	var unfit *explain.UnfitError
	switch {
	case errors.As(err, &unfit):
		result["unfit"] = unfit.Error()
	case err != nil:
		return nil, err
	case following != nil:
		result["following"] = following.ID
	}
	return task.JSON(result), nil
}

// apart is why maps were not made of the job's runs, as its workers said.
func (e *evaluator) apart(ctx context.Context, evaluation, job string) ([]string, error) {
	facts, err := e.Store.Results.Facts(ctx, evaluation, apartFact)
	if err != nil || len(facts) == 0 {
		return nil, err
	}
	var a apart
	if err := json.Unmarshal(facts[0].Content, &a); err != nil || a.Job != job {
		return nil, err
	}
	return a.Reasons, nil
}
