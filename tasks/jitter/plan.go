package jitter

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half of finding how far maps move by chance.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &planner{s}} }

// Service is the server's door to it. Safe for concurrent use.
type Service struct{ *task.Server }

// params are those of a job; another revision of the regions makes it another job.
type params struct {
	Evaluation string             `json:"evaluation"`
	Map        explain.MapOptions `json:"map"`
	Revision   int                `json:"revision"`
}

// Start starts, or goes on with, a job that changes the images of up to Samples samples that have
// a map and are right; nil where nothing is left to do. o is resolved. The job's result is
// {evaluation}.
func (p Service) Start(ctx context.Context, evaluation string, o explain.MapOptions) (*jobs.Job, error) {
	if m, err := methods.All().Lookup(o.Method); err != nil || m.Card().NeedsBaselines {
		return nil, fmt.Errorf("%s compares with other images, which cannot be changed with one: choose another method", o.Method)
	}
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	revision, err := explain.Revision(ctx, p.Store, ev.Dataset)
	if err != nil {
		return nil, err
	}
	asked := params{ev.ID, o, revision}
	missing, err := asked.missing(ctx, p.Store)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	job, err := p.Jobs.Submit(ctx, Name, asked)
	return &job, err
}

// Samples is of how many samples a model's images are changed at most.
const Samples = 200

// missing are the chosen samples that lack a change.
func (p params) missing(ctx context.Context, store *stores.Stores) ([]int64, error) {
	chosen, err := p.chosen(ctx, store)
	if err != nil {
		return nil, err
	}
	done := map[int64]int{}
	for _, change := range maps.Changes() {
		list, err := store.Maps.MeasuredUnder(ctx, p.Evaluation, maps.ChangedKey(p.Map.Key(), change), p.Revision)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			done[id]++
		}
	}
	return slices.DeleteFunc(chosen, func(id int64) bool { return done[id] == len(maps.Changes()) }), nil
}

// chosen are samples that are right and have a map, of all classes in turn; which of a class is
// as good as drawn, and always the same.
func (p params) chosen(ctx context.Context, store *stores.Stores) ([]int64, error) {
	outcomes, err := store.Results.Outcomes(ctx, p.Evaluation, slice.Slice{})
	if err != nil {
		return nil, err
	}
	var ids []int64
	label := map[int64]int{}
	for _, o := range outcomes {
		if o.Label >= 0 && o.Label == o.Predicted {
			ids, label[o.Sample] = append(ids, o.Sample), o.Label
		}
	}
	lacking, err := store.Maps.Lacking(ctx, p.Evaluation, []string{p.Map.Key()}, ids, false)
	if err != nil {
		return nil, err
	}
	var mapped []int64
	for i, id := range ids {
		if len(lacking[i]) == 0 {
			mapped = append(mapped, id)
		}
	}
	drawn := func(id int64) int64 { return id % 2147483647 * 48271 % 2147483647 } // a step of MINSTD (Park & Miller 1988)
	slices.SortFunc(mapped, func(a, b int64) int { return cmp.Or(cmp.Compare(drawn(a), drawn(b)), cmp.Compare(a, b)) })
	place, turn := map[int64]int{}, map[int]int{}
	for _, id := range mapped {
		place[id] = turn[label[id]]
		turn[label[id]]++
	}
	slices.SortStableFunc(mapped, func(a, b int64) int { return cmp.Compare(place[a], place[b]) })
	return mapped[:min(Samples, len(mapped))], nil
}

// planner plans and stores; an item of its jobs is a sample.
type planner struct{ *task.Server }

func parse(stored json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(stored, &p); err != nil {
		err = fmt.Errorf("parameters of changed images: %w", err)
	}
	return p, err
}

func (w *planner) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	p, err := parse(stored)
	return jobs.Description{
		Title:   fmt.Sprintf("How far maps of %s move by chance: %s, %s", p.Evaluation, p.Map.Method, p.Map.Target),
		Result:  task.JSON(map[string]string{"evaluation": p.Evaluation}),
		Subject: p.Evaluation,
	}, err
}

// chunkSamples is how many samples make a chunk at most; each has a map for every change.
const chunkSamples = 8

func (w *planner) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parse(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("choosing samples that are right and have a map")
	missing, err := p.missing(ctx, w.Store)
	if err != nil {
		return 0, 0, err
	}
	ev, err := w.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return 0, 0, err
	}
	chunk, err := explain.WithRegions(ctx, w.Store, ev.Dataset, chunkSamples, 0)
	if err != nil {
		return 0, 0, err
	}
	n, err := w.Jobs.PutItems(ctx, job.ID, missing)
	return n, chunk, err
}

func (w *planner) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	ev, err := w.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	files, err := w.Files(ctx, c)
	if err != nil {
		return nil, err
	}
	sent := Payload{Spec: ev.Spec, Map: p.Map}
	if sent.Items, err = explain.Items(ctx, w.Store, ev.ID, files); err != nil {
		return nil, err
	}
	var where []explain.Drawn
	if sent.Revision, where, err = explain.DrawnOf(ctx, w.Store, ev.Dataset, files); err != nil {
		return nil, err
	}
	for i := range sent.Items {
		sent.Items[i].Where = where[i]
	}
	return task.JSON(sent), nil
}

func (w *planner) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, _ jobs.Chunk, r jobs.Result) error {
	p, err := parse(job.Params)
	if err != nil || r.Path == "" {
		return err
	}
	content, err := os.ReadFile(r.Path)
	if err != nil {
		return fmt.Errorf("read what maps of changed images say: %w", err)
	}
	var found Result
	if err := json.Unmarshal(content, &found); err != nil {
		return fmt.Errorf("read what maps of changed images say: %w", err)
	}
	return w.Store.Maps.IngestShares(ctx, tx, p.Evaluation, found.List)
}

// Quarantine stores nothing: the sample says nothing of chance.
func (w *planner) Quarantine(context.Context, *workspace.Tx, jobs.Job, int, string) error {
	return nil
}

// Finish has nothing to add.
func (w *planner) Finish(context.Context, jobs.Job) (json.RawMessage, error) { return nil, nil }
