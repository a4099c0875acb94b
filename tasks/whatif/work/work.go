// Package work is the worker half of whatif: it changes images and runs the model on them.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/trials"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind {
	return task.Kind{Name: whatif.Name, Work: half{w}.chunk, Calls: map[string]jobs.CallHandler{whatif.CallHand: half{w}.hand}}
}

type half struct{ *worker.Worker }

// chunk tries everything that is to be tried with a chunk's samples, one after the other.
// What is tried with a sample is prepared, and run, on all cores.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p whatif.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of trials: %w", err)
	}
	model, release, err := w.Model(ctx, p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	run := &run{half: w, task: t, scorer: w.Scorer(model, t.Yield), seed: p.Seed}
	reasons := make([]error, len(p.Items))
	var unanswered worker.Unanswered
	var result whatif.Result
	for i, it := range p.Items {
		found, err := run.try(ctx, it)
		if ctx.Err() != nil {
			return jobs.Result{}, ctx.Err()
		}
		if gone := unanswered.Add(err); gone != nil {
			return jobs.Result{}, gone
		}
		reasons[i] = err
		if err == nil {
			result.Trials = append(result.Trials, found...)
		}
		t.Report(i + 1)
	}
	return jobs.Result{Data: task.JSON(result), Failed: task.Failures(t.First, reasons)}, nil
}

// run is one chunk on its way.
type run struct {
	half
	task   *jobs.Task
	scorer worker.Scorer
	seed   uint64
}

var errNotFinite = errors.New("the model gave a score that is no number (NaN or infinity) for this sample, or for it with an area changed")

// try makes all trials of a sample.
func (r *run) try(ctx context.Context, it whatif.Item) ([]trials.Trial, error) {
	im, err := r.LoadImage(ctx, it.Image)
	if err != nil {
		return nil, err
	}
	defer im.Release()
	list, err := Changes(it, r.seed, image(im), func(of task.Image) (Image, error) {
		from, err := r.LoadImage(ctx, of)
		return image(from), err
	})
	if err != nil {
		return nil, err
	}
	out := make([]trials.Trial, 0, len(list))
	for first := 0; first < len(list); {
		n := min(r.scorer.PerturbedBatch(), len(list)-first)
		logits, err := r.score(ctx, list[first:first+n])
		if err != nil {
			return nil, err
		}
		classes := r.scorer.Classes()
		for i, c := range list[first : first+n] {
			values := logits[i*classes : (i+1)*classes]
			for _, v := range values {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					return nil, errNotFinite
				}
			}
			c.Logits = floats.Bytes(values)
			out = append(out, c.Trial)
		}
		first += n
	}
	return out, nil
}

// score prepares images, on all cores, and runs the model on them.
func (r *run) score(ctx context.Context, list []Change) ([]float32, error) {
	size := r.scorer.InputLen()
	inputs := make([]float32, len(list)*size)
	reasons := make([]error, len(list))
	err := r.SideBySide(ctx, r.task, len(list), func(i int) {
		im, err := list[i].Make()
		if err == nil {
			_, err = r.scorer.Preprocess(im, inputs[i*size:(i+1)*size])
		}
		reasons[i] = err
	})
	if err := errors.Join(append(reasons, err)...); err != nil {
		return nil, err
	}
	return r.scorer.Score(ctx, inputs, len(list))
}
