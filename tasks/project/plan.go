package project

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/embeddings"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/projection"
	"github.com/sightline/sightline/spaces"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half of making maps of images.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &planner{s}} }

// Service is the server's door to it. Safe for concurrent use.
type Service struct{ *task.Server }

// ErrNone is of an evaluation of which no map can be made.
var ErrNone = errors.New("no map can be made")

// Start starts, or goes on with, a job that makes the map of an evaluation's images; nil where it is made. The job's result is
// {evaluation}.
func (p Service) Start(ctx context.Context, evaluation string, seed uint64) (*jobs.Job, error) {
	revision, blocks, err := p.Store.Spaces.Revision(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	path, _, err := p.Store.Spaces.Find(ctx, evaluation)
	if err == nil {
		if made, err := spaces.Read(path); err == nil && made.Seed == seed {
			return nil, nil
		}
	} else if !errors.Is(err, workspace.ErrNotFound) {
		return nil, err
	}
	table, err := embeddings.Open(blocks)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	switch {
	case len(table.IDs) == 0:
		return nil, fmt.Errorf("%w of %s: nothing is predicted yet", ErrNone, evaluation)
	case table.Dim == 0:
		return nil, fmt.Errorf("%w of %s: this model has no embedding, for no linear layer was found at its end whose input could be kept", ErrNone, evaluation)
	}
	job, err := p.Jobs.Submit(ctx, Name, params{evaluation, revision, seed})
	return &job, err
}

// Most is how many images are compared with each other; of more, so many are drawn, and the others are placed by
// their neighbours among those.
const Most = 100_000

// Cost is how many of n images are drawn, and about how much processor time their map takes, in seconds (see docs/space.md).
func Cost(n int) (drawn int, seconds float64) {
	drawn = min(n, Most)
	return drawn, 1e-8*float64(n)*float64(drawn) + 1.5e-6*float64(drawn)*float64(projection.EpochsOf(drawn))
}

// params are those of a job; other predictions make it another job.
type params struct {
	Evaluation string `json:"evaluation"`
	Revision   string `json:"revision"`
	Seed       uint64 `json:"seed"`
}

type planner struct{ *task.Server }

func parse(stored json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(stored, &p); err != nil {
		err = fmt.Errorf("parameters of a map of images: %w", err)
	}
	return p, err
}

func (w *planner) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	p, err := parse(stored)
	return jobs.Description{
		Title:   "Map of the images of " + p.Evaluation,
		Result:  task.JSON(map[string]string{"evaluation": p.Evaluation}),
		Subject: p.Evaluation,
	}, err
}

func (w *planner) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	note("comparing all images with each other, then laying them out")
	return Steps, Steps, nil
}

func (w *planner) Payload(ctx context.Context, job jobs.Job, _ jobs.Chunk) ([]byte, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	revision, blocks, err := w.Store.Spaces.Revision(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	if revision != p.Revision {
		return nil, fmt.Errorf("the predictions of %s have changed since: start the map again", p.Evaluation)
	}
	unfinished, err := w.Store.Spaces.Unfinished(ctx, p.Evaluation)
	return task.JSON(Payload{Evaluation: p.Evaluation, Revision: revision, Blocks: blocks, Unfinished: unfinished, Seed: p.Seed}), err
}

// Ingest stores the map, which comes with the first item.
func (w *planner) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, _ jobs.Chunk, r jobs.Result) error {
	p, err := parse(job.Params)
	if err != nil || r.Path == "" {
		return err
	}
	if _, err := spaces.Read(r.Path); err != nil {
		return err
	}
	return w.Store.Spaces.Ingest(ctx, tx, p.Evaluation, p.Revision, r.Path)
}

// Quarantine stores nothing: Finish tells of it.
func (w *planner) Quarantine(context.Context, *workspace.Tx, jobs.Job, int, string) error { return nil }

func (w *planner) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	if _, _, err = w.Store.Spaces.Find(ctx, p.Evaluation); errors.Is(err, workspace.ErrNotFound) {
		err = fmt.Errorf("the map of %s was not made: the worker ended each time, or predictions changed meanwhile. Give the worker more memory, and start the map again", p.Evaluation)
	}
	return nil, err
}
