package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// scaleSamples is 100,000, or few where benchmarks are only tried.
func scaleSamples() int {
	if smoke.Benchmarks() {
		return 2_000
	}
	return 100_000
}

// scaled is the server half over a large evaluation, without workers.
func scaled(b *testing.B, samples int) (*task.Server, *results.Evaluation, []int64) {
	b.Helper()
	ctx := context.Background()
	store, err := stores.Open(ctx, b.TempDir(), workspace.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	e, err := synthetic.Fill(ctx, store, synthetic.Size{Samples: samples, Classes: 10}, nil)
	if err != nil {
		b.Fatal(err)
	}
	ids, err := store.Results.AtPlaces(ctx, e.ID, func(n int) []int {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	})
	if err != nil {
		b.Fatal(err)
	}
	queue, err := jobs.StartQueue()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(queue.Close)
	table, err := jobs.NewSQLStore(ctx, store.Workspace)
	if err != nil {
		b.Fatal(err)
	}
	m, err := jobs.NewManager(ctx, table, queue, jobs.Options{Incoming: store.Workspace.Incoming()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(m.Close)
	return task.NewServer(store, m), e, ids
}

// cpuTime is the CPU time that this process has used, in milliseconds: on a machine
// that is busy with other things it says more than the clock.
func cpuTime() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// within reports the CPU time of an operation, and that it is more than the limit, in
// milliseconds; the first few find nothing in memory.
func within(b *testing.B, each, limit float64) {
	b.ReportMetric(each, "cpu-ms/op")
	if b.N >= 20 && each > limit {
		b.Errorf("%.1f ms of CPU time each, %v at most", each, limit)
	}
}

// BenchmarkPayload makes what a worker needs for a chunk of maps, on 100,000 samples
// of which none, and all several times, have maps.
func BenchmarkPayload(b *testing.B) {
	ctx := context.Background()
	s, e, ids := scaled(b, scaleSamples())
	if _, err := s.Jobs.PutItems(ctx, "job", ids); err != nil {
		b.Fatal(err)
	}
	planner := &explainer{s}
	p := explainParams{Selection: Selection{Evaluation: e.ID}, Maps: []MapOptions{{Method: "rise", Target: "predicted"}, {Method: "rise", Target: "true"}}}
	job := jobs.Job{ID: "job", Params: task.JSON(p)}
	run := func(name string) {
		b.Run(name, func(b *testing.B) {
			began := cpuTime()
			for i := range b.N {
				c := jobs.Chunk{Job: "job", First: i * 4001 % (len(ids) - 4), Count: 4}
				if _, err := planner.Payload(ctx, job, c); err != nil {
					b.Fatal(err)
				}
			}
			within(b, (cpuTime()-began)/float64(b.N), 2)
		})
	}
	run("no map")
	for k := range mapsPerSample {
		storeMaps(b, s, e.ID, fmt.Sprintf("rise~class:%d~0", k), k, ids)
	}
	run(fmt.Sprintf("%d maps", mapsPerSample*len(ids)))
}

const mapsPerSample = 5

// storeMaps gives every sample a small map under a key.
func storeMaps(b *testing.B, s *task.Server, evaluation, key string, seq int, ids []int64) {
	b.Helper()
	ctx := context.Background()
	items := make([]workspace.Packed, len(ids))
	for i, id := range ids {
		items[i] = workspace.Packed{Key: key, Sample: id, Meta: json.RawMessage(`{"width":1,"height":1}`), Data: []byte{0, 0, 0, 0}}
	}
	path := filepath.Join(s.Store.Workspace.Incoming(), "maps")
	if err := workspace.WritePack(path, items); err != nil {
		b.Fatal(err)
	}
	err := s.Store.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		return s.Store.Maps.IngestMaps(ctx, tx, evaluation, "job", seq, path)
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBaselines chooses the images that expectedgradients compares with, on
// 100,000 samples whose evaluation has ended.
func BenchmarkBaselines(b *testing.B) {
	ctx := context.Background()
	s, e, _ := scaled(b, scaleSamples())
	began := cpuTime()
	for i := 0; b.Loop(); i++ {
		files, err := baselines(ctx, s.Store, e, []MapOptions{{Method: "expectedgradients", Seed: uint64(i)}})
		if err != nil || len(files) != baselineCount {
			b.Fatal(files, err)
		}
	}
	within(b, (cpuTime()-began)/float64(b.N), 10)
}
