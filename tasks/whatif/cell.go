package whatif

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/trials"
)

// Cell is an area that somebody drew on a sample, to be tried on all images that have the
// sample's label and prediction.
type Cell struct {
	Slice     string        `json:"slice"`     // the images
	Predicted int           `json:"predicted"` // what they are taken for
	Region    string        `json:"region,omitempty"`
	Box       *findings.Cut `json:"box,omitempty"` // without a region: in shares of the image
}

// CellState is how far the trials of a cell have got.
type CellState struct {
	Job    string          // that is at work on it
	Done   bool            // all trials were made
	Images int             // that are tried, once it is planned
	Found  *findings.Drawn // nil until it is done
}

const (
	mostCell = 200 // images of a cell
	drawn    = "drawn"
)

// stage is what its trials are stored under.
func (c *Cell) stage() string {
	sum := sha256.Sum256(task.JSON(c))
	return "cell " + hex.EncodeToString(sum[:8])
}

// phrase names the area in a sentence.
func (c *Cell) phrase() string {
	if c.Box != nil {
		return "the drawn box"
	}
	return findings.Phrase(c.Region, false)
}

// shape is the area as trials know it.
func (c *Cell) shape(classes []string) Shape {
	switch {
	case c.Box != nil:
		return Shape{Region: drawn, Box: c.Box}
	case named(c.Region, classes[c.Predicted]): // see withObject
		return Shape{Region: ObjectOfLabel}
	}
	return Shape{Region: c.Region}
}

// StartCell starts, or goes on with, the trials of a cell; ok is false if all are there.
func (p Service) StartCell(ctx context.Context, evaluation string, c Cell) (job jobs.Job, ok bool, err error) {
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return job, false, err
	}
	if ev.State != results.EvaluationDone {
		return job, false, ErrNotEvaluated
	}
	plan, finished, err := p.cellPlan(ctx, ev, &c)
	if err != nil || plan != nil && finished {
		return job, false, err
	}
	want, err := p.wanted(ctx, ev, 0)
	if err != nil {
		return job, false, err
	}
	job, err = p.Jobs.Submit(ctx, Name, params{Evaluation: ev.ID, Stage: c.stage(), Basis: want, Cell: &c})
	return job, true, err
}

// atWork is the job that makes the trials of a stage, "" if none does.
func (p Service) atWork(ctx context.Context, evaluation, stage string) (string, error) {
	list, err := p.Jobs.List(ctx)
	if err != nil {
		return "", err
	}
	for _, j := range list {
		var of params
		if j.Kind == Name && j.State.Active() && json.Unmarshal(j.Params, &of) == nil && of.Evaluation == evaluation && of.Stage == stage {
			return j.ID, nil
		}
	}
	return "", nil
}

// cellPlan is the plan of a cell; nil where there is none, or it is of regions or
// predictions that have changed since.
func (p Service) cellPlan(ctx context.Context, ev *results.Evaluation, c *Cell) (plan *Plan, finished bool, err error) {
	kept, known, err := p.Store.Trials.Plan(ctx, ev.ID, c.stage())
	if err != nil || !known {
		return nil, false, err
	}
	if plan, err = readPlan(kept); err != nil {
		return nil, false, err
	}
	want, err := p.wanted(ctx, ev, 0)
	if err != nil || plan.Basis != want {
		return nil, false, err
	}
	return plan, kept.Finished, nil
}

// Cell reads what the trials of a cell showed. answers names the answers that may turn.
func (p Service) Cell(ctx context.Context, ev *results.Evaluation, c Cell, answers string) (s CellState, err error) {
	plan, finished, err := p.cellPlan(ctx, ev, &c)
	if err != nil {
		return s, err
	}
	if plan != nil {
		s.Done, s.Images = finished, len(plan.Units)
	}
	if plan == nil || !finished {
		s.Job, err = p.atWork(ctx, ev.ID, c.stage())
		return s, err
	}
	list, err := p.Store.Trials.Trials(ctx, ev.ID, c.stage())
	if err != nil {
		return s, err
	}
	found := cellFound(plan, list, c.phrase(), answers)
	s.Found = &found
	return s, nil
}

func cellFound(plan *Plan, list []trials.Trial, phrase, answers string) findings.Drawn {
	pairs := testedPairs(plan, list, map[pairKey]*findings.Pair{})
	if len(pairs) == 0 {
		pairs = []findings.Pair{{}}
	}
	return findings.OfDrawn(&pairs[0], phrase, answers)
}

// designCell plans the trials of a cell: all of its images, or some drawn by chance where it has
// many, each with controls.
func (w *planner) designCell(ctx context.Context, ev *results.Evaluation, c *Cell, basis Basis) (*Plan, error) {
	of, err := slice.Parse(c.Slice)
	if err != nil {
		return nil, err
	}
	from := &stored{w.Service, ev}
	right, all, _, err := from.Right(ctx, mostTest)
	if err != nil {
		return nil, err
	}
	ids, _, err := w.Store.Results.Drawn(ctx, ev.ID, of, mostCell, 1)
	if err != nil {
		return nil, err
	}
	d := &designer{ctx: ctx, Source: from, right: right, all: all, plan: &Plan{Basis: basis, Seed: 1, Slice: c.Slice}}
	return d.plan, d.cell(c, ids)
}

// cell adds the images of a cell.
func (d *designer) cell(c *Cell, ids []int64) error {
	screened, _, err := Screened(d.ctx, d)
	if err != nil {
		return err
	}
	t := &tested{class: c.Predicted, ids: ids, own: ids, matter: mattering(screened, c.Predicted),
		pairs: []Pair{{Class: c.Predicted, Shape: c.shape(d.Classes()), How: Hidden}}}
	if err := d.settle(t); err != nil {
		return err
	}
	p := &t.pairs[0]
	p.Reused = false // nothing was chosen by these images
	d.plan.Pairs = t.pairs
	for i, id := range ids {
		u := Unit{Sample: id, Class: t.class, Pairs: []int{0}}
		if p.How == Swapped {
			u.Donors = d.swaps(0, t, i)
		}
		d.plan.Units = append(d.plan.Units, u)
	}
	d.plan.Passes = len(ids) * (1 + p.cost())
	return nil
}
