package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// Kind is the server half of measuring stored maps.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &measurer{s}} }

// Service is the server's door to shares of regions. Safe for concurrent use.
type Service struct{ *task.Server }

// Start starts, or goes on with, a job that finds what the stored maps of a
// selection say of regions, of those whose shares are not stored or are of other regions. No
// model runs. The job's result is {evaluation}.
func (p Service) Start(ctx context.Context, s explain.Selection, requests []explain.MapOptions) (jobs.Job, error) {
	ev, err := p.Store.Results.Evaluation(ctx, s.Evaluation)
	if err != nil {
		return jobs.Job{}, err
	}
	revision, err := explain.Revision(ctx, p.Store, ev.Dataset)
	if err != nil {
		return jobs.Job{}, err
	}
	if len(requests) == 0 {
		return jobs.Job{}, errors.New("no map is asked for: name a method")
	}
	return p.Jobs.Submit(ctx, Name, params{Selection: s, Maps: requests, Revision: revision})
}

// params are the parameters of the job, and what makes it another than one
// that was interrupted: other regions.
type params struct {
	explain.Selection
	Maps     []explain.MapOptions `json:"maps"`
	Revision int                  `json:"revision"`
}

// measurer plans and stores the measuring of stored maps. An item of its jobs is a map:
// sample · number of kinds of maps + kind.
type measurer struct{ *task.Server }

func parse(params json.RawMessage) (p params, err error) {
	if err = json.Unmarshal(params, &p); err != nil {
		err = fmt.Errorf("parameters of a measuring of regions: %w", err)
	}
	return p, err
}

func (m *measurer) Describe(_ context.Context, params json.RawMessage) (jobs.Description, error) {
	p, err := parse(params)
	if err != nil {
		return jobs.Description{}, err
	}
	methods, targets := explain.Words(p.Maps)
	return jobs.Description{
		Title:   fmt.Sprintf("Measure regions of %s: %s, %s", p.Evaluation, strings.Join(methods, " "), strings.Join(targets, " ")),
		Result:  task.JSON(map[string]string{"evaluation": p.Evaluation}),
		Subject: p.Evaluation,
	}, nil
}

// measuredMaps is how many maps make a chunk at most.
const measuredMaps = 32

func (m *measurer) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	p, err := parse(job.Params)
	if err != nil {
		return 0, 0, err
	}
	note("looking for maps that have no shares of these regions")
	ev, err := m.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return 0, 0, err
	}
	_, set, err := chosen(ctx, m.Store, p.Selection)
	if err != nil {
		return 0, 0, err
	}
	wanted, _, err := unmeasured(ctx, m.Store, ev.ID, ev.Dataset, p.Maps, set)
	if err != nil {
		return 0, 0, err
	}
	var ids []int64
	largest := int64(1)
	for kind, w := range wanted {
		largest = max(largest, w.largest)
		for _, sample := range w.samples {
			ids = append(ids, sample*int64(len(p.Maps))+int64(kind))
		}
	}
	chunk, err := explain.WithRegions(ctx, m.Store, ev.Dataset, measuredMaps, largest*4/3) // in base64
	if err != nil {
		return 0, 0, err
	}
	n, err := m.Jobs.PutItems(ctx, job.ID, ids)
	return n, chunk, err
}

func (m *measurer) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	p, err := parse(job.Params)
	if err != nil {
		return nil, err
	}
	ids, err := m.Jobs.Items(ctx, c.Job, c.First, c.Count)
	if err != nil {
		return nil, err
	}
	ev, err := m.Store.Results.Evaluation(ctx, p.Evaluation)
	if err != nil {
		return nil, err
	}
	which := make([]maps.MapID, len(ids))
	for i, id := range ids {
		which[i] = maps.MapID{Sample: id / int64(len(p.Maps)), Key: p.Maps[id%int64(len(p.Maps))].Key()}
	}
	sent, err := payload(ctx, m.Store, ev.ID, ev.Dataset, which)
	return task.JSON(sent), err
}

// payload is stored maps with the regions that they are measured in.
func payload(ctx context.Context, store *stores.Stores, evaluation, dataset string, which []maps.MapID) (p Payload, err error) {
	samples := make([]int64, len(which))
	for i, id := range which {
		samples[i] = id.Sample
	}
	files, err := store.Catalog.Files(ctx, samples)
	if err != nil {
		return p, err
	}
	var where []explain.Drawn
	if p.Revision, where, err = explain.DrawnOf(ctx, store, dataset, files); err != nil {
		return p, err
	}
	stored, err := store.Maps.Maps(ctx, evaluation, which)
	for i, id := range which {
		it := Item{Sample: id.Sample, Key: id.Key, Where: where[i]}
		if made := stored[id]; made != nil { // else it is gone meanwhile
			it.Meta, it.Values = made.Meta, made.Data
		}
		p.Items = append(p.Items, it)
	}
	return p, err
}

func (m *measurer) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, _ jobs.Chunk, r jobs.Result) error {
	p, err := parse(job.Params)
	if err != nil || r.Path == "" {
		return err
	}
	content, err := os.ReadFile(r.Path)
	if err != nil {
		return fmt.Errorf("read the shares of a chunk: %w", err)
	}
	var found Result
	if err := json.Unmarshal(content, &found); err != nil {
		return fmt.Errorf("read the shares of a chunk: %w", err)
	}
	return m.Store.Maps.IngestShares(ctx, tx, p.Evaluation, found.List)
}

// Quarantine stores nothing: the map has no shares.
func (m *measurer) Quarantine(context.Context, *workspace.Tx, jobs.Job, int, string) error {
	return nil
}

// Finish has nothing to add.
func (m *measurer) Finish(context.Context, jobs.Job) (json.RawMessage, error) { return nil, nil }
