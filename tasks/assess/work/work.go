// Package work is the worker half of assess: it runs the model on images with parts hidden
// or shown, and on models with random weights.
package work

import (
	"context"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind {
	h := half{w}
	return task.Kind{Name: assess.Name, Calls: map[string]jobs.CallHandler{assess.CallTrust: h.trust, assess.CallRandomise: h.randomise}}
}

type half struct{ *worker.Worker }

// trust answers with progress, then with the trust in a map.
func (w half) trust(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[assess.TrustRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	m, err := explain.MapFrom(r.Meta, r.Values)
	if err != nil {
		return err
	}
	input, _, err := w.LoadInput(ctx, s, r.Item.Image)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var noted time.Time
	found, err := Assess(ctx, s, input, m, func(done, total int) {
		if time.Since(noted) < worker.ProgressPause {
			return
		}
		noted = time.Now()
		if reply(task.JSON(task.Measured[trust.Trust]{Done: done, Total: total})) != nil {
			cancel()
		}
	})
	if err != nil {
		return worker.Told(err)
	}
	return reply(task.JSON(task.Measured[trust.Trust]{Done: found.Forwards, Total: found.Forwards, Result: found}))
}

// Assess finds how far a map, its channels summed, can be relied on. The seed of the controls is
// the map's.
func Assess(ctx context.Context, s worker.Scorer, input []float32, m *attribution.Map, progress func(done, total int)) (*trust.Trust, error) {
	o := trust.Options{Seed: m.Seed, Link: linkOf(s.Spec()), Progress: progress}
	return trust.Evaluate(ctx, s, attribution.Request{Input: input}, m.Summed(), o)
}

// linkOf says how a model's logits become probabilities.
func linkOf(s *classifier.Spec) trust.Link {
	if s.Activation == classifier.Sigmoid || s.Activation == classifier.Sigmoid1 {
		return trust.Sigmoid
	}
	return trust.Softmax
}
