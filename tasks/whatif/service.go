package whatif

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trials"
)

// Service is the server's door to trials. Safe for concurrent use.
type Service struct{ *task.Server }

// The stages, in their order.
const (
	Screen  = "screen"
	Test    = "test"
	Paste   = "paste"
	Tighten = "tighten"
	Again   = "tighten again"
)

// Stages lists the stages in their order.
func Stages() []string { return []string{Screen, Test, Paste, Tighten, Again} }

// ErrHand is of a change by hand that cannot be made.
var ErrHand = errors.New("this cannot be changed")

// ErrNotEvaluated is of an evaluation that is not complete.
var ErrNotEvaluated = errors.New("the evaluation is not complete: run `sightline evaluate` again, or wait for its job")

// Start starts, or goes on with, the trials of an evaluation: the first stage that is not
// done. Each stage starts the next when it ends, whose job is in its result, as next. ok is
// false if nothing is left to do. A budget of 0 is that of the trials that are there, else
// the default one.
func (p Service) Start(ctx context.Context, evaluation string, budget int) (job jobs.Job, ok bool, err error) {
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return jobs.Job{}, false, err
	}
	if ev.State != results.EvaluationDone {
		return jobs.Job{}, false, ErrNotEvaluated
	}
	if budget, err = p.budget(ctx, ev, budget); err != nil {
		return jobs.Job{}, false, err
	}
	want, err := p.wanted(ctx, ev, budget)
	if err != nil {
		return jobs.Job{}, false, err
	}
	for _, stage := range Stages() {
		plan, known, err := p.Store.Trials.Plan(ctx, evaluation, stage)
		if err != nil {
			return jobs.Job{}, false, err
		}
		if known && plan.Finished {
			var done Plan
			if err := json.Unmarshal(plan.Content, &done); err == nil && done.Basis == want {
				continue
			}
		}
		job, err = p.Jobs.Submit(ctx, Name, params{Evaluation: evaluation, Stage: stage, Basis: want})
		return job, true, err
	}
	return jobs.Job{}, false, nil
}

// budget is how many forward passes may be taken, if so many are asked for.
func (p Service) budget(ctx context.Context, ev *results.Evaluation, asked int) (int, error) {
	if asked > 0 {
		return asked, nil
	}
	stored, known, err := p.Store.Trials.Plan(ctx, ev.ID, Screen)
	if err != nil || !known {
		return DefaultBudget(ev.Planned), err
	}
	plan, err := readPlan(stored)
	if err != nil {
		return 0, err
	}
	return plan.Basis.Budget, nil
}

// Basis is what a plan was made from: a plan of another basis is made anew.
type Basis struct {
	Budget   int    `json:"budget"`
	Revision int    `json:"revision"` // of the regions
	Rule     int    `json:"rule"`     // of planning; see PlanRule
	Of       string `json:"of"`       // the job that made the predictions
}

// PlanRule counts the changes of how trials are planned.
const PlanRule = 3

// wanted is what trials of an evaluation have to be made from now.
func (p Service) wanted(ctx context.Context, ev *results.Evaluation, budget int) (Basis, error) {
	revision, err := explain.Revision(ctx, p.Store, ev.Dataset)
	if err != nil {
		return Basis{}, err
	}
	job, err := p.Store.Results.MadeBy(ctx, ev)
	return Basis{Budget: budget, Revision: revision, Rule: PlanRule, Of: job}, err
}

// DefaultBudget is how many forward passes the trials of an evaluation of so many samples
// may take, unless told otherwise.
func DefaultBudget(samples int) int { return max(12000, 4*samples) }

// State is how far the trials of an evaluation have got.
type State struct {
	Plans map[string]*Plan // by stage, those that are there
	Done  map[string]bool  // the stages that are finished
	Next  string           // the first stage that is not done, "" after the last
	Basis Basis            // what was, or is, planned from
	Stale bool             // made from regions or predictions that have changed since
}

// State reads how far the trials of an evaluation have got.
func (p Service) State(ctx context.Context, ev *results.Evaluation) (State, error) {
	s := State{Plans: map[string]*Plan{}, Done: map[string]bool{}}
	for _, stage := range Stages() {
		stored, known, err := p.Store.Trials.Plan(ctx, ev.ID, stage)
		if err != nil {
			return s, err
		}
		if known {
			plan, err := readPlan(stored)
			if err != nil {
				return s, err
			}
			s.Plans[stage], s.Done[stage], s.Basis = plan, stored.Finished, plan.Basis
		}
		if s.Next == "" && !s.Done[stage] {
			s.Next = stage
		}
	}
	if s.Plans[Screen] != nil {
		now, err := p.wanted(ctx, ev, s.Basis.Budget)
		if err != nil {
			return s, err
		}
		s.Stale = now != s.Basis
	}
	return s, nil
}

func readPlan(stored trials.Plan) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(stored.Content, &p); err != nil {
		return nil, fmt.Errorf("read the plan of trials: %w", err)
	}
	return &p, nil
}

// params are the parameters of a job, and what makes it another than one that was
// interrupted.
type params struct {
	Evaluation string `json:"evaluation"`
	Stage      string `json:"stage"`
	Basis      Basis  `json:"basis"`
	Cell       *Cell  `json:"cell,omitempty"` // no stage of the findings: an area that somebody drew
}
