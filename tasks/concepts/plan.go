package concepts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/concepts"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/parts"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &planner{Service{s}}} }

// planner plans and stores concepts. An item of its jobs is a class.
type planner struct{ Service }

// params are the parameters of a job, and what makes it another than one that was interrupted.
type params struct {
	Evaluation string `json:"evaluation"`
	Classes    []int  `json:"classes,omitempty"` // none: all
	Basis      Basis  `json:"basis"`
}

func parse(stored json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(stored, &p); err != nil {
		err = fmt.Errorf("parameters of concepts: %w", err)
	}
	return p, err
}

func (w *planner) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	p, err := parse(stored)
	if err != nil {
		return jobs.Description{}, err
	}
	return jobs.Description{Title: "Concepts of " + p.Evaluation, Result: task.JSON(map[string]string{"evaluation": p.Evaluation}), Subject: p.Evaluation}, nil
}

func (w *planner) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parse(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("choosing samples")
	ev, err := w.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return 0, 0, err
	}
	done, err := w.done(ctx, p.Evaluation, p.Basis)
	if err != nil {
		return 0, 0, err
	}
	if len(p.Classes) == 0 {
		for c := range ev.Classes {
			p.Classes = append(p.Classes, c)
		}
	}
	var missing []int64
	for _, c := range p.Classes {
		if !done[c] {
			missing = append(missing, int64(c))
		}
	}
	n, err := w.Jobs.PutItems(ctx, job.ID, missing)
	return n, 1, err
}

func (w *planner) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	class, err := w.class(ctx, c)
	if err != nil {
		return nil, err
	}
	ev, err := w.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	of := slice.Equal("label", slice.Class(class))
	right, _, err := w.Store.Results.Right(ctx, p.Evaluation, of, Samples, uint32(p.Basis.Seed))
	if err != nil {
		return nil, err
	}
	files, err := w.Store.Catalog.Files(ctx, right[class])
	if err != nil {
		return nil, err
	}
	out := Payload{Spec: ev.Spec, Class: class, K: p.Basis.K, Seed: p.Basis.Seed, Samples: []Sample{}}
	for _, f := range files {
		out.Samples = append(out.Samples, Sample{f.Sample, task.ImageOf(f)})
	}
	return task.JSON(out), nil
}

// class is that of a chunk.
func (w *planner) class(ctx context.Context, c jobs.Chunk) (int, error) {
	items, err := w.Jobs.Items(ctx, c.Job, c.First, c.Count)
	if err == nil && len(items) != 1 {
		err = errors.New("a chunk of concepts is one class")
	}
	if err != nil {
		return 0, err
	}
	return int(items[0]), nil
}

var errResult = errors.New("read the concepts of a class: lengths do not fit")

func (w *planner) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, chunk jobs.Chunk, r jobs.Result) error {
	p, err := parse(job.Params)
	if err != nil {
		return err
	}
	class, err := w.class(ctx, chunk)
	if err != nil {
		return err
	}
	var found Result
	if err := json.Unmarshal(r.Data, &found); err != nil {
		return fmt.Errorf("read the concepts of a class: %w", err)
	}
	return w.put(ctx, tx, p, class, &found)
}

// put stores what was found in a class; concepts that it had before keep their names.
func (w *planner) put(ctx context.Context, tx *workspace.Tx, p params, class int, found *Result) error {
	k, size := len(found.Concepts), 4*found.Class.Channels
	per := k * found.Class.Width * found.Class.Height
	if len(found.Vectors) != k*size || len(found.Where) != len(found.Samples) || len(found.Places) != per*len(found.Samples) {
		return errResult
	}
	former, err := w.Store.Parts.Concepts(ctx, tx, p.Evaluation)
	if err != nil {
		return err
	}
	list := make([]parts.Concept, k)
	for i, c := range found.Concepts {
		list[i] = parts.Concept{Vector: found.Vectors[i*size : (i+1)*size], Content: task.JSON(c)}
		for _, old := range former {
			if old.Class == class && old.Name != "" && len(old.Vector) == size && concepts.Cosine(floats.From(old.Vector), floats.From(list[i].Vector)) >= concepts.Returns {
				list[i].Name = old.Name
			}
		}
	}
	places := make([]parts.Place, len(found.Samples))
	for i, id := range found.Samples {
		places[i] = parts.Place{Sample: id, Content: task.JSON(found.Where[i]), Places: found.Places[i*per : (i+1)*per]}
	}
	return w.Store.Parts.Put(ctx, tx, p.Evaluation, parts.Class{Class: class, Basis: p.Basis.text(), Content: task.JSON(found.Class)}, list, places)
}

// Quarantine stores why a class has no concepts: the worker process died of it.
func (w *planner) Quarantine(ctx context.Context, tx *workspace.Tx, job jobs.Job, item int, reason string) error {
	p, err := parse(job.Params)
	if err != nil {
		return err
	}
	class, err := w.Sample(ctx, job.ID, item)
	if err != nil {
		return err
	}
	return w.put(ctx, tx, p, int(class), &Result{Class: Class{Reason: reason}})
}

// Finish has nothing left to do: each class is stored when it is done.
func (w *planner) Finish(context.Context, jobs.Job) (json.RawMessage, error) { return nil, nil }
