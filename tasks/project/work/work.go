// Package work is the worker half of making maps of images.
package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/embeddings"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/project"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind { return task.Kind{Name: project.Name, Work: half{w}.chunk} }

type half struct{ *worker.Worker }

// chunk makes the map, if the chunk has the job's first item; the others, which a chunk that was halved has, are steps of the same.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p project.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read what to make a map of: %w", err)
	}
	if t.First > 0 {
		return jobs.Result{}, nil
	}
	blocks, release, err := w.Blocks(ctx, p.Evaluation, p.Blocks)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	table, err := embeddings.Open(blocks)
	if err != nil {
		return jobs.Result{}, err
	}
	defer table.Close()
	m := &making{Payload: p, table: table, task: t}
	if !w.Away() {
		m.keep = p.Unfinished
	}
	space, err := m.make(ctx)
	if err != nil {
		return jobs.Result{}, err
	}
	path := t.File(".space")
	return jobs.Result{Path: path}, space.Write(path)
}
