package tasks

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/measure"
	"github.com/sightline/sightline/workspace"
)

// storedMaps is how many maps TestStoredMapsAreMeasuredByAJob measures: 10,000 in
// continuous integration, few elsewhere.
func storedMaps() int {
	return thorough.Pick(500, 10_000)
}

// Maps that were stored without shares get them by a job, of which one sees progress;
// who asks for them before is told how many lack.
func TestStoredMapsAreMeasuredByAJob(t *testing.T) {
	if testing.Short() {
		t.Skip("measures thousands of maps")
	}
	r := newRig(t, t.TempDir())
	t.Cleanup(r.close)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	e, err := synthetic.Fill(ctx, r.store, synthetic.Size{Samples: storedMaps(), Classes: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := explain.Selection{Evaluation: e.ID, Sort: results.ByPath}
	_, page, err := r.store.Results.Samples(ctx, e.ID, all.Slice, all.Sort, 0, storedMaps())
	if err != nil || len(page) != storedMaps() {
		t.Fatal(len(page), err)
	}
	one := explain.MapOptions{Method: "gradcam", Target: "predicted"}
	storeMaps(t, r, e.ID, one.Key(), page)
	requests := []explain.MapOptions{one}
	started := time.Now()
	if _, missing, err := r.measure.Measured(ctx, all, true, requests); err != nil || missing != storedMaps() {
		t.Fatalf("%d maps lack shares, %v", missing, err)
	}
	asked := time.Since(started)
	started = time.Now()
	job, err := r.measure.Start(ctx, all, requests)
	if err != nil {
		t.Fatal(err)
	}
	updates, err := r.jobs.Watch(ctx, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[int]bool{}
	for job = range updates {
		steps[job.Done] = true
	}
	t.Logf("asking took %v, measuring %v: progress was told %d times", asked, time.Since(started), len(steps))
	if job.Done != storedMaps() || job.Failed != 0 || len(steps) < thorough.Pick(3, 5) {
		t.Errorf("%+v, after %d steps", job, len(steps))
	}
	for i, m := range measuredOfAll(t, r, all, requests) {
		if i%997 == 0 {
			checkStored(t, r, e.ID, m)
		}
	}
}

func measuredOfAll(t *testing.T, r *rig, s explain.Selection, requests []explain.MapOptions) []measure.Map {
	t.Helper()
	list, missing, err := r.measure.Measured(context.Background(), s, true, requests)
	if err != nil || len(list) != storedMaps() || missing != 0 {
		t.Fatalf("%d maps, %d missing, %v", len(list), missing, err)
	}
	return list
}

// checkStored compares the shares of a map with those of what is stored.
func checkStored(t *testing.T, r *rig, evaluation string, m measure.Map) {
	t.Helper()
	stored, err := r.maps.Stored(context.Background(), evaluation, m.Sample.ID, m.Options)
	if err != nil {
		t.Fatal(err)
	}
	want := regions.Shares(stored, nil, m.Sample.Width, m.Sample.Height)
	for i, s := range m.Shares {
		if s != want[i] || len(m.Shares) != len(want) {
			t.Errorf("sample %d: %+v, want %+v", m.Sample.ID, s, want[i])
		}
	}
}

// storeMaps stores a map of noise for each sample, without shares, as versions did that did
// not measure.
func storeMaps(t *testing.T, r *rig, evaluation, key string, page []results.Item) {
	t.Helper()
	const side = 14
	rng := rand.New(rand.NewPCG(1, 1))
	items := make([]workspace.Packed, len(page))
	for i, s := range page {
		data := make([]byte, 0, 4*side*side)
		for range side * side {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(rng.NormFloat64())))
		}
		g := imaging.Geometry{InputWidth: 224, InputHeight: 224, DisplayWidth: s.Width, DisplayHeight: s.Height, Matrix: [6]float64{float64(s.Width) / 224, 0, 0, 0, float64(s.Height) / 224, 0}}
		m := &attribution.Map{Method: "gradcam", Width: side, Height: side, Geometry: g.Scaled(side, side)}
		items[i] = workspace.Packed{Key: key, Sample: s.ID, Meta: explain.MetaOf(m), Data: data}
	}
	path := filepath.Join(r.store.Workspace.Incoming(), "maps.pack")
	if err := workspace.WritePack(path, items); err != nil {
		t.Fatal(err)
	}
	err := r.store.Workspace.Update(context.Background(), func(tx *workspace.Tx) error {
		return r.store.Maps.IngestMaps(context.Background(), tx, evaluation, "earlier", 0, path)
	})
	if err != nil {
		t.Fatal(err)
	}
}
