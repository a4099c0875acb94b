// Package work is the worker half of concepts: it runs samples up to a layer and factorises what is there.
package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/concepts"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind { return task.Kind{Name: concepts.Name, Work: half{w}.chunk} }

type half struct{ *worker.Worker }

// chunk looks into a class.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p concepts.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a class to look into: %w", err)
	}
	model, release, err := w.Model(ctx, p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	scorer := w.Scorer(model, t.Yield)
	found, err := Class(ctx, w.Worker, t, scorer, p, func(ctx context.Context, s concepts.Sample) ([]float32, imaging.Geometry, error) {
		return w.LoadInput(ctx, scorer, s.Image)
	})
	if err != nil {
		return jobs.Result{}, err
	}
	t.Report(1)
	return jobs.Result{Data: task.JSON(found)}, nil
}
