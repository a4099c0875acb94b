// Package work is the worker half of jitter: it makes the maps of changed images.
package work

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	explainwork "github.com/sightline/sightline/tasks/explain/work"
	"github.com/sightline/sightline/tasks/jitter"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind { return task.Kind{Name: jitter.Name, Work: half{w}.chunk} }

type half struct{ *worker.Worker }

// chunk changes the images of a chunk in every way, one after the other, and measures their maps.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p jitter.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of images to change: %w", err)
	}
	model, release, err := w.Model(ctx, p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	scorer := w.Scorer(model, t.Yield)
	reasons := make([]error, len(p.Items))
	var unanswered worker.Unanswered
	var result jitter.Result
	for i, it := range p.Items {
		list, err := w.sample(ctx, scorer, p, it)
		if ctx.Err() != nil {
			return jobs.Result{}, ctx.Err()
		}
		if gone := unanswered.Add(err); gone != nil {
			return jobs.Result{}, gone
		}
		reasons[i] = err
		result.List = append(result.List, list...)
		t.Report(i + 1)
	}
	path := t.File(".json")
	content := task.JSON(result)
	err = workspace.WriteSynced(path, int64(len(content)), func(f *os.File) error { return workspace.WriteParts(f, content) })
	return jobs.Result{Path: path, Failed: task.Failures(t.First, reasons)}, err
}

// sample measures the maps of a sample's changed images.
func (w half) sample(ctx context.Context, s worker.Scorer, p jitter.Payload, it explain.Item) ([]maps.SharesOf, error) {
	im, err := w.LoadImage(ctx, it.Image)
	if err != nil {
		return nil, err
	}
	defer im.Release()
	own, err := it.Where.Own()
	if err != nil {
		return nil, err
	}
	g, err := s.Preprocess(im, make([]float32, s.InputLen()))
	if err != nil {
		return nil, err
	}
	pixels := math.Sqrt(math.Abs(g.Matrix[0]*g.Matrix[4] - g.Matrix[1]*g.Matrix[3]))
	var list []maps.SharesOf
	for _, how := range maps.Changes() {
		shares, err := w.change(ctx, s, p, it, im, own, how, pixels)
		if err != nil {
			return nil, err
		}
		list = append(list, maps.SharesOf{Sample: it.ID, Key: maps.ChangedKey(p.Map.Key(), how), StoredShares: maps.StoredShares{Revision: p.Revision, Shares: shares}})
	}
	return list, nil
}

// change makes the map of an image that is changed in one way. What is in the image moves with
// it, and so do the sample's regions.
func (w half) change(ctx context.Context, s worker.Scorer, p jitter.Payload, it explain.Item, im *imaging.Image, own []regions.Named, how string, pixels float64) ([]regions.Share, error) {
	other, by, err := changed(im, how, pixels, uint64(it.ID))
	if err != nil {
		return nil, err
	}
	defer other.Release()
	input := make([]float32, s.InputLen())
	g, err := s.Preprocess(other, input)
	if err != nil {
		return nil, err
	}
	m, err := explainwork.MapOf(ctx, s, p.Map, it, input, g)
	if err != nil {
		return nil, err
	}
	moved := make([]regions.Named, len(own))
	x0, y0 := im.Orientation.ToUpright(0, 0, im.Width, im.Height)
	x1, y1 := im.Orientation.ToUpright(float64(by), float64(by), im.Width, im.Height)
	for i, r := range own {
		moved[i] = regions.Named{Name: r.Name, Region: r.Region.Moved(x1-x0, y1-y0)}
	}
	return regions.Shares(m, moved, it.Where.Width, it.Where.Height), nil
}
