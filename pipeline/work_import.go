package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// thumbnailSide is the longer side of thumbnails, in pixels.
const thumbnailSide = 256

// importChunk decodes every image, keeps a thumbnail of each, and lists those
// that cannot be decoded (the result's data) or read.
func (w *processor) importChunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p importPayload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of an import: %w", err)
	}
	thumbs := make([][]byte, len(p.Items))
	reasons := make([]error, len(p.Items))
	err := w.each(ctx, t, len(p.Items), func(i int) { thumbs[i], reasons[i] = thumbnail(p.Items[i].File) })
	if err != nil {
		return jobs.Result{}, err
	}
	var pack []workspace.Packed
	for i, it := range p.Items {
		if reasons[i] == nil {
			pack = append(pack, workspace.Packed{Key: it.Hash, Sample: it.ID, Data: thumbs[i]})
		}
	}
	spoilt := slices.Clone(reasons)
	for i, err := range spoilt {
		if errors.As(err, new(unreadable)) {
			spoilt[i] = nil
		}
	}
	path := t.File(".pack")
	if err := workspace.WritePack(path, pack); err != nil {
		return jobs.Result{}, err
	}
	return jobs.Result{Path: path, Data: task.JSON(task.Failures(t.First, spoilt)), Failed: task.Failures(t.First, reasons)}, nil
}

func thumbnail(file string) ([]byte, error) {
	im, err := loadImage(file)
	if err != nil {
		return nil, err
	}
	defer im.Release()
	return imaging.Thumbnail(im, thumbnailSide)
}

// each runs work(0..n-1) on all cores, reporting progress and letting calls go
// first.
func (w *processor) each(ctx context.Context, t *jobs.Task, n int, work func(i int)) error {
	report := reporter(t)
	return w.sideBySide(ctx, t, n, func(i int) {
		work(i)
		report(1)
	})
}

// sideBySide is each without reports.
func (w *processor) sideBySide(ctx context.Context, t *jobs.Task, n int, work func(i int)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(w.cores))
	for i := range n {
		group.Go(func() error {
			if err := t.Yield(ctx); err != nil {
				return err
			}
			if err := w.cores.acquire(ctx); err != nil {
				return err
			}
			defer w.cores.release()
			work(i)
			return nil
		})
	}
	return group.Wait()
}

// reporter adds up the progress of several goroutines.
func reporter(t *jobs.Task) func(more int) {
	var mu sync.Mutex
	done := 0
	return func(more int) {
		mu.Lock()
		defer mu.Unlock()
		done += more
		t.Report(done)
	}
}
