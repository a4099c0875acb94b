// Package work is the worker half of explain: it runs saliency methods.
package work

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	assesswork "github.com/sightline/sightline/tasks/assess/work"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// Kind is the worker half of making maps.
func Kind(w *worker.Worker) task.Kind {
	h := half{w}
	return task.Kind{Name: explain.Name, Work: h.chunk, Calls: map[string]jobs.CallHandler{
		explain.CallExplain: h.explain, explain.CallDraw: h.draw, explain.CallChoose: h.choose, explain.CallUnfit: h.unfit,
	}}
}

type half struct{ *worker.Worker }

// chunk makes the maps of a chunk: images are decoded once for all
// methods, methods of few runs share them among samples, and all targets share a
// method's runs.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p explain.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of an explanation: %w", err)
	}
	groups, err := grouped(p.Maps)
	if err != nil {
		return jobs.Result{}, err
	}
	model, release, err := w.Model(ctx, p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	run := &mapsRun{worker: w.Worker, task: t, scorer: w.Scorer(model, t.Yield), Payload: p, groups: groups, reasons: make([]error, len(p.Items))}
	if run.baselines, err = w.LoadBaselines(ctx, run.scorer, p.Baselines); err != nil {
		return jobs.Result{}, err
	}
	if err := run.all(ctx); err != nil {
		return jobs.Result{}, err
	}
	path := t.File(".pack")
	if err := workspace.WritePack(path, run.pack); err != nil {
		return jobs.Result{}, err
	}
	return jobs.Result{Path: path, Failed: task.Failures(t.First, run.reasons)}, nil
}

// mapsRun is one chunk of maps on its way.
type mapsRun struct {
	worker *worker.Worker
	task   *jobs.Task
	scorer worker.Scorer
	explain.Payload
	groups   []group
	reasons  []error // why an item lacks a map, or several
	unending worker.Unending
	pack     []workspace.Packed
	units    int // of work done; see unit

	baselines [][]float32 // the same for all samples
}

// subject is a sample whose image is in memory.
type subject struct {
	index    int // in Items
	item     explain.Item
	input    []float32
	geometry imaging.Geometry
	maps     []*attribution.Map // by request; nil where there is none
	hopeless bool               // the model does not come to an end on it
}

// all goes through the samples, so many at a time as the budget lets wait.
func (r *mapsRun) all(ctx context.Context) error {
	step := r.worker.Budget.Waiting(int64(16 * r.scorer.InputLen() * (1 + len(r.Maps))))
	for first := 0; first < len(r.Items); first += step {
		last := min(len(r.Items), first+step)
		subjects, err := r.load(ctx, first, last)
		if err != nil {
			return err
		}
		for _, g := range r.groups {
			if err := r.make(ctx, g, subjects); err != nil {
				return err
			}
			r.unit(last - first)
		}
		if err := r.finish(ctx, subjects, last-first); err != nil {
			return err
		}
	}
	return nil
}

// unit notes that so many samples have had one step of work: a method, or the
// assessing of their maps. Progress is told in whole samples.
func (r *mapsRun) unit(samples int) {
	r.units += samples
	steps := len(r.groups) + 1
	r.task.Report(r.units / steps)
}

// load decodes and preprocesses images [first, last) on all cores.
func (r *mapsRun) load(ctx context.Context, first, last int) ([]*subject, error) {
	images := make([]task.Image, last-first)
	for i := range images {
		images[i] = r.Items[first+i].Image
	}
	all := make([]*subject, len(images))
	err := r.worker.EachImage(ctx, r.task, images, func(i int, data []byte, err error) {
		it := r.Items[first+i]
		input, geometry, err := worker.InputOf(r.scorer, it.Image, data, err)
		if r.reasons[first+i] = err; err == nil {
			all[i] = &subject{index: first + i, item: it, input: input, geometry: geometry, maps: broughtMaps(it, len(r.Maps))}
		}
	})
	return slices.DeleteFunc(all, func(s *subject) bool { return s == nil }), err
}

// broughtMaps returns the maps, by request, that a sample brought along. One that cannot be
// read is made again.
func broughtMaps(it explain.Item, requests int) []*attribution.Map {
	maps := make([]*attribution.Map, requests)
	for _, h := range it.Have {
		if m, err := explain.MapFrom(h.Meta, h.Values); err == nil {
			maps[h.Which] = m
		}
	}
	return maps
}

// lacks tells whether a map is wanted of the sample and not there yet.
func (s *subject) lacks(which int) bool {
	return s.maps[which] == nil && slices.Contains(s.item.Need, which)
}

// make makes a group's maps of the samples that lack one of them. An error ends the job.
func (r *mapsRun) make(ctx context.Context, g group, subjects []*subject) error {
	method, base, err := g.Configure(&r.scorer.Spec().Preprocessing)
	if err == nil {
		method, err = methods.Chosen(ctx, method, r.scorer)
	}
	if err == nil && !method.Card().Batched {
		base.Batch = r.scorer.PerturbedBatch()
	}
	var requests []attribution.Request
	var wanting []*subject
	for _, s := range subjects {
		if s.hopeless || !slices.ContainsFunc(g.requests, s.lacks) {
			continue
		}
		if known := r.worker.Known(r.task, s.index, s.item.Image, g.Method); known != nil {
			s.hopeless = true
			r.fail(s, g.Method, known)
			continue
		}
		if err != nil {
			r.fail(s, g.Method, err)
			continue
		}
		q := base
		q.Input, q.Geometry, q.Truth, q.Ranking, q.Baselines = s.input, s.geometry, s.item.Truth, s.item.Ranking, r.baselines
		requests, wanting = append(requests, q), append(wanting, s)
	}
	if len(requests) == 0 {
		return ctx.Err()
	}
	if method.Card().Batched {
		return r.together(ctx, method, g, requests, wanting)
	}
	for i, s := range wanting {
		if err := r.alone(ctx, method, g, requests[i], s); err != nil {
			return err
		}
	}
	return nil
}

// keep takes the maps that are needed: what is stored already stays as it is.
func (r *mapsRun) keep(s *subject, g group, maps []*attribution.Map) {
	for i, which := range g.requests {
		if s.lacks(which) {
			s.maps[which] = sendable(maps[i])
		}
	}
}

// fail adds a reason why a sample lacks a map.
func (r *mapsRun) fail(s *subject, method string, err error) {
	if len(r.groups) > 1 {
		err = fmt.Errorf("%s: %w", method, err)
	}
	if before := r.reasons[s.index]; before != nil {
		if before.Error() == err.Error() {
			return
		}
		err = fmt.Errorf("%w; %w", before, err)
	}
	r.reasons[s.index] = err
}

// finish measures the maps that were made in the samples' regions, assesses them if asked
// to, and packs them.
func (r *mapsRun) finish(ctx context.Context, subjects []*subject, samples int) error {
	for _, s := range subjects {
		for which, m := range s.maps {
			if m == nil {
				continue
			}
			beside, err := r.beside(ctx, s, m)
			if err != nil {
				return err
			}
			r.pack = append(r.pack, packed(r.Maps[which], s.item.ID, m, beside))
		}
	}
	r.unit(samples)
	return nil
}

// packed is a map as it is stored. Jobs that an older version planned may ask for auto, and
// their maps too lie under the method that it means.
func packed(o explain.MapOptions, sample int64, m *attribution.Map, beside maps.Beside) workspace.Packed {
	if o.Method == explain.Auto {
		o.Method = m.Method
	}
	return workspace.Packed{Key: o.Key(), Sample: sample, Meta: explain.MetaOf(m), More: task.JSON(beside), Data: floats.Bytes(m.Values)}
}

// beside is what is stored with a map: its shares, and trust if asked for. What cannot be
// found is noted as the sample's failure; an error ends the chunk.
func (r *mapsRun) beside(ctx context.Context, s *subject, m *attribution.Map) (b maps.Beside, err error) {
	if shares, err := s.item.Where.Shares(m); err != nil {
		r.fail(s, m.Method, err)
	} else {
		b.Shares = &maps.StoredShares{Revision: r.Revision, Shares: shares}
	}
	if !r.Assessed {
		return b, nil
	}
	found, err := assesswork.Assess(ctx, r.scorer, s.input, m, nil)
	switch {
	case ctx.Err() != nil:
		return b, ctx.Err()
	case err != nil:
		return b, r.failed(s, m.Method, err)
	default:
		stored := assess.Kept(found)
		b.Trust = &stored
	}
	return b, nil
}
