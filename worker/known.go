package worker

import (
	"context"
	"errors"
	"time"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// Note keeps with a chunk that the model fails on an image, or does not come to an end on it,
// in a way of running it ("" where there is one only). What cost its runs once need not cost
// them again when the job is cancelled and resumed. index counts the chunk's items; without a
// chunk it does nothing.
func (w *Worker) Note(ctx context.Context, t *jobs.Task, index int, im task.Image, way string, err error) {
	if t != nil && im.Hash != "" {
		t.Found(ctx, jobs.Finding{Failure: jobs.Failure{Item: t.First + index, Reason: err.Error()}, Of: w.mark(im, way, Endless(err))})
	}
}

// Known returns what an earlier attempt at a chunk noted of an image, nil if that is nothing,
// or of another image or limit.
func (w *Worker) Known(t *jobs.Task, index int, im task.Image, way string) error {
	if t == nil || im.Hash == "" {
		return nil
	}
	for _, endless := range []bool{false, true} {
		if reason, ok := t.Known(t.First+index, w.mark(im, way, endless)); ok {
			return errors.New(reason)
		}
	}
	return nil
}

// mark says what a note holds of: that a run did not end holds of a limit.
func (w *Worker) mark(im task.Image, way string, endless bool) string {
	of := im.Hash + " " + way
	if endless {
		of += " " + time.Duration(w.patience).String()
	}
	return of
}
