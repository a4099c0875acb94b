package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// Model opens the model of a specification; call release when done with it.
func (w *Worker) Model(ctx context.Context, spec json.RawMessage) (c *classifier.Classifier, release func(), err error) {
	return w.models.acquire(ctx, spec)
}

// ProgressPause is the least time between two notes of a call's progress.
const ProgressPause = 100 * time.Millisecond

// Opened reads a call's request and opens the model it is about, for work that
// nothing goes before; release ends the use of it.
func Opened[R interface{ ModelSpec() json.RawMessage }](ctx context.Context, w *Worker, payload []byte) (r R, s Scorer, release func(), err error) {
	if err := json.Unmarshal(payload, &r); err != nil {
		return r, s, nil, fmt.Errorf("read the request: %w", err)
	}
	model, release, err := w.Model(ctx, r.ModelSpec())
	if Endless(err) || ctx.Err() != nil {
		return r, s, nil, err
	}
	if err != nil {
		return r, s, nil, &jobs.Coded{Code: codeOf(err, task.CodeModel), Message: err.Error()}
	}
	return r, w.Scorer(model, AtOnce), release, nil
}

// Told is an error of a call as its asker should have it: where the method cannot explain
// the model or sample, or the runtime fails on it, a *jobs.Coded with task.CodeUnfit that
// says so; others as they are.
func Told(err error) error {
	if attribution.Unfit(err) || classifier.RunFailed(err) {
		return &jobs.Coded{Code: task.CodeUnfit, Message: err.Error()}
	}
	return err
}
