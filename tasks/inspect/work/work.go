// Package work is the worker half of inspect: it opens models.
package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/inspect"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half of inspect.
func Kind(w *worker.Worker) task.Kind {
	h := half{w}
	return task.Kind{Name: inspect.Name, Calls: map[string]jobs.CallHandler{inspect.CallModel: h.model, inspect.CallLayers: h.layers}}
}

type half struct{ *worker.Worker }

// model answers with the specification of a model file.
func (w half) model(ctx context.Context, payload []byte, reply func([]byte) error) error {
	var r inspect.ModelRequest
	if err := json.Unmarshal(payload, &r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	if r.Options.Threads == 0 {
		r.Options.Threads = worker.SessionThreads // the batch is measured as it will be run
	}
	r.Options.Watch = w.Watch
	if err := w.Reachable(ctx, r.Path, r.Options.Preprocessing, r.Options.Classes); err != nil {
		return &jobs.Coded{Code: task.CodeDrive, Message: err.Error()}
	}
	spec, err := classifier.Inspect(ctx, r.Path, r.Options)
	if worker.Endless(err) {
		return err
	}
	if err != nil {
		return &jobs.Coded{Code: task.CodeModel, Message: err.Error()}
	}
	return reply(task.JSON(spec))
}

// layers answers with the layers of a model.
func (w half) layers(ctx context.Context, payload []byte, reply func([]byte) error) error {
	_, s, release, err := worker.Opened[inspect.LayersRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	found, err := listLayers(ctx, s)
	if err != nil {
		return err
	}
	return reply(task.JSON(found))
}

func listLayers(ctx context.Context, s worker.Scorer) (*inspect.Layers, error) {
	found := &inspect.Layers{Layers: []inspect.Layer{}}
	list, automatic, err := cam.LayerChoices(ctx, s)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		found.Reason = err.Error()
	}
	for i, l := range list {
		found.Layers = append(found.Layers, inspect.Layer{
			Tensor: l.Tensor, Number: i + 1, Channels: l.Grid.Channels, Width: l.Grid.Width, Height: l.Grid.Height, Automatic: i == automatic,
		})
	}
	return found, nil
}
