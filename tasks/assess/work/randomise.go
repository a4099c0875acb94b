package work

import (
	"context"
	"errors"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/worker"
)

// randomise answers with progress, then with how far a method's maps depend on
// the model's weights.
func (w half) randomise(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[assess.RandomiseRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	original, err := s.File()
	if err != nil {
		return &jobs.Coded{Code: task.CodeModel, Message: err.Error()}
	}
	method, base, err := r.Configure(&s.Spec().Preprocessing)
	if err != nil {
		return err
	}
	if base.Baselines, err = w.LoadBaselines(ctx, s, r.Baselines); err != nil {
		return err
	}
	done := 0
	check := trust.Check{
		Model: original, Method: method, Samples: len(r.Items), Seed: r.Seed, Spoilt: spoilt,
		Sample: func(i int) (attribution.Request, error) {
			if err := reply(task.JSON(task.Measured[trust.Randomisation]{Done: done, Total: 2 * len(r.Items)})); err != nil {
				return attribution.Request{}, err
			}
			done++
			request := base
			request.Truth = r.Items[i].Truth
			request.Input, request.Geometry, err = w.LoadInput(ctx, s, r.Items[i].Image)
			return request, err
		},
		Load: func(m *onnx.Model) (attribution.Scorer, func() error, error) {
			if m == original {
				return s, nil, nil
			}
			return w.changed(s, m)
		},
	}
	found, err := check.Randomisation(ctx)
	if err != nil {
		return worker.Told(err)
	}
	return reply(task.JSON(task.Measured[trust.Randomisation]{Done: done, Total: done, Result: found}))
}

// changed readies a model with other weights as s is ready.
func (w half) changed(s worker.Scorer, m *onnx.Model) (attribution.Scorer, func() error, error) {
	model, err := s.With(m)
	if err != nil {
		return nil, nil, err
	}
	return w.Scorer(model, worker.AtOnce), model.Close, nil
}

// spoilt tells whether an error is of one image: its file cannot be used, or the runtime fails
// on it.
func spoilt(err error) bool {
	var coded *jobs.Coded
	return classifier.RunFailed(err) || errors.As(err, &coded) && (coded.Code == task.CodeImage || coded.Code == task.CodeChanged)
}
