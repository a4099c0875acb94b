package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/worker"
)

// inspect answers with the specification of a model file.
func (w *processor) inspect(ctx context.Context, payload []byte, reply func([]byte) error) error {
	var r inspectRequest
	if err := json.Unmarshal(payload, &r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	if r.Options.Threads == 0 {
		r.Options.Threads = worker.SessionThreads // the batch is measured as it will be run
	}
	spec, err := classifier.Inspect(ctx, r.Path, r.Options)
	if err != nil {
		return &jobs.Coded{Code: task.CodeModel, Message: err.Error()}
	}
	return reply(task.JSON(spec))
}

// explain answers with snapshots of a map, then with the map.
func (w *processor) explain(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[explainRequest](w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var told time.Time
	m, err := w.explainOne(ctx, s, r, func(snapshot attribution.Snapshot) {
		if snapshot.Map != nil {
			snapshot.Map = sendable(snapshot.Map)
		} else if time.Since(told) < progressPause {
			return
		}
		told = time.Now()
		if reply(frame{snapshot, false}.encode()) != nil {
			cancel()
		}
	})
	if attribution.Unfit(err) {
		return &jobs.Coded{Code: task.CodeUnfit, Message: err.Error()}
	}
	if err != nil {
		return err
	}
	return reply(frame{attribution.Snapshot{Map: m}, true}.encode())
}

// thumbnail answers with a small upright JPEG of an image file.
func (w *processor) thumbnail(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, string(payload), reply, func(im *imaging.Image) ([]byte, error) { return imaging.Thumbnail(im, thumbnailSide) })
}

// picture answers with an upright PNG of an image file.
func (w *processor) picture(ctx context.Context, payload []byte, reply func([]byte) error) error {
	return w.show(ctx, string(payload), reply, func(im *imaging.Image) ([]byte, error) { return imaging.EncodePNG(im.Upright().NRGBA()) })
}

func (w *processor) show(ctx context.Context, path string, reply func([]byte) error, draw func(*imaging.Image) ([]byte, error)) error {
	return w.look(ctx, path, func(im *imaging.Image) error {
		picture, err := draw(im)
		if err != nil {
			return err
		}
		return reply(picture)
	})
}

// look decodes a file for what do does with it.
func (w *processor) look(ctx context.Context, path string, do func(*imaging.Image) error) error {
	if err := w.Cores.Acquire(ctx); err != nil {
		return err
	}
	defer w.Cores.Release()
	data, err := worker.ReadFile(path)
	if err != nil {
		return &jobs.Coded{Code: task.CodeFile, Message: err.Error()}
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return &jobs.Coded{Code: task.CodeImage, Message: err.Error()}
	}
	return do(im)
}
