package whatif

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/trials"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half of trials.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &planner{Service{s}}} }

// planner plans and stores trials. An item of its jobs is a unit of the plan: a sample and
// what is tried with it.
type planner struct{ Service }

func parse(params_ json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(params_, &p); err == nil && p.Cell == nil && !slices.Contains(Stages(), p.Stage) {
		err = fmt.Errorf("%q is none of the stages %v", p.Stage, Stages())
	}
	if err != nil {
		err = fmt.Errorf("parameters of trials: %w", err)
	}
	return p, err
}

// doing says in words what a stage does.
var doing = map[string]string{Screen: "look for candidates", Test: "test the strongest", Paste: "paste them into other classes",
	Tighten: "find the part that does it", Again: "find the part of that part"}

func (w *planner) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	p, err := parse(stored)
	if err != nil {
		return jobs.Description{}, err
	}
	if p.Cell != nil {
		return jobs.Description{Title: fmt.Sprintf("What %s does in a cell of %s", p.Cell.phrase(), p.Evaluation),
			Result: task.JSON(map[string]string{"evaluation": p.Evaluation, "stage": p.Stage}), Subject: p.Evaluation}, nil
	}
	return jobs.Description{
		Title:   fmt.Sprintf("What decides %s, %d of %d: %s", p.Evaluation, slices.Index(Stages(), p.Stage)+1, len(Stages()), doing[p.Stage]),
		Result:  task.JSON(map[string]string{"evaluation": p.Evaluation, "stage": p.Stage}),
		Subject: p.Evaluation,
	}, nil
}

// design plans a stage of a stored evaluation.
func (w *planner) design(ctx context.Context, p params) (*Plan, error) {
	ev, err := w.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	if p.Cell != nil {
		return w.designCell(ctx, ev, p.Cell, p.Basis)
	}
	return Design(ctx, &stored{w.Service, ev}, p.Stage, p.Basis)
}

// chunkPasses is about how many forward passes make a chunk.
const chunkPasses = 150

func (w *planner) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parse(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("choosing samples and areas")
	plan, err := w.design(ctx, p)
	if err != nil {
		return 0, 0, err
	}
	var later []string // what follows from it
	if p.Cell == nil {
		later = Stages()[slices.Index(Stages(), p.Stage)+1:]
	}
	if err := w.Store.Trials.PutPlan(ctx, p.Evaluation, trials.Plan{Stage: p.Stage, Job: job.ID, Content: task.JSON(plan)}, later...); err != nil {
		return 0, 0, err
	}
	done, err := w.Store.Trials.Units(ctx, p.Evaluation, p.Stage)
	if err != nil {
		return 0, 0, err
	}
	var missing []int64
	for i := range plan.Units {
		if !done[i] {
			missing = append(missing, int64(i))
		}
	}
	n, err := w.Jobs.PutItems(ctx, job.ID, missing)
	each := 1
	if len(plan.Units) > 0 {
		each = max(1, plan.Passes/len(plan.Units))
	}
	return n, min(32, max(1, chunkPasses/each)), err
}

func (w *planner) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	plan, err := w.planOf(ctx, job, p)
	if err != nil {
		return nil, err
	}
	units, err := w.Jobs.Items(ctx, c.Job, c.First, c.Count)
	if err != nil {
		return nil, err
	}
	payload, err := w.payload(ctx, p.Evaluation, plan, units)
	return task.JSON(payload), err
}

// planOf is the plan that a job carries out.
func (w *planner) planOf(ctx context.Context, job jobs.Job, p params) (*Plan, error) {
	stored, ok, err := w.Store.Trials.Plan(ctx, p.Evaluation, p.Stage)
	if err != nil {
		return nil, err
	}
	if !ok || stored.Job != job.ID {
		return nil, errors.New("the trials are planned anew, by another job; nothing is left to do here")
	}
	return readPlan(stored)
}

func (w *planner) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, _ jobs.Chunk, r jobs.Result) error {
	p, err := parse(job.Params)
	if err != nil {
		return err
	}
	var found Result
	if err := json.Unmarshal(r.Data, &found); err != nil {
		return fmt.Errorf("read the trials of a chunk: %w", err)
	}
	return w.Store.Trials.Ingest(ctx, tx, p.Evaluation, p.Stage, job.ID, found.Trials)
}

// Quarantine stores nothing: the sample has no trials.
func (w *planner) Quarantine(context.Context, *workspace.Tx, jobs.Job, int, string) error {
	return nil
}

// Finish starts the next stage; its job is in the result. What was drawn has none.
func (w *planner) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	if err := w.Store.Trials.Finish(ctx, p.Evaluation, p.Stage, job.ID); err != nil {
		return nil, err
	}
	result := map[string]string{"evaluation": p.Evaluation, "stage": p.Stage}
	if p.Cell != nil {
		return task.JSON(result), nil
	}
	next, more, err := w.Start(ctx, p.Evaluation, p.Basis.Budget)
	if err != nil {
		return nil, err
	}
	if more {
		result["next"] = next.ID
	}
	return task.JSON(result), nil
}
