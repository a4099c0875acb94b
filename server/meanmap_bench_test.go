package server_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// BenchmarkManyMaps asks what 10,000 stored maps of 14×14 have in common, for the table of
// regions and for both, over HTTP.
func BenchmarkManyMaps(b *testing.B) {
	s := manyMaps(b, 10_000)
	evaluation := s.URL() + "/api/evaluations/" + results.EvaluationID("synthetic", "random")
	for name, addresses := range map[string][]string{
		"mean map": {"/meanmap?method=occlusion"}, "mean map of each label": {"/meanmap?method=occlusion&by=label"},
		"shares": {"/shares?method=occlusion"}, "table of regions": {"/look?method=occlusion"}, "mean map and table": {"/meanmap?method=occlusion", "/look?method=occlusion"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, address := range addresses {
					get(b, evaluation+address)
				}
			}
		})
	}
}

// manyMaps serves generated scores of n samples, each with a map and its shares.
func manyMaps(b *testing.B, n int) *server.Server {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	size := synthetic.Size{Samples: n, Classes: 20}
	fill(b, dir, size)
	w, err := stores.Open(ctx, dir, workspace.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e, err := w.Results.Evaluation(ctx, results.EvaluationID("synthetic", "random"))
	if err != nil {
		b.Fatal(err)
	}
	_, page, err := w.Results.Samples(ctx, e.ID, slice.Slice{}, results.ByPath, 0, n)
	if err != nil {
		b.Fatal(err)
	}
	key := explain.MapOptions{Method: "occlusion", Target: "predicted"}.Key()
	revision, err := explain.Revision(ctx, w, e.Dataset)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var items []workspace.Packed
	for _, s := range page {
		m := &attribution.Map{Width: 14, Height: 14, Method: "occlusion", Target: "predicted", MinusIndex: -1,
			Geometry: imaging.Geometry{InputWidth: 14, InputHeight: 14, DisplayWidth: 640, DisplayHeight: 480, Matrix: [6]float64{480. / 14, 0, 80, 0, 480. / 14, 0}}}
		for range 196 {
			m.Values = append(m.Values, float32(r.NormFloat64()))
		}
		beside, err := json.Marshal(maps.Beside{Shares: &maps.StoredShares{Revision: revision, Shares: regions.Shares(m, nil, 640, 480)}})
		if err != nil {
			b.Fatal(err)
		}
		items = append(items, workspace.Packed{Key: key, Sample: s.ID, Meta: explain.MetaOf(m), More: beside, Data: floats.Bytes(m.Values)})
	}
	file := filepath.Join(w.Workspace.Incoming(), "many.pack")
	if err := workspace.WritePack(file, items); err != nil {
		b.Fatal(err)
	}
	if err := w.Workspace.Update(ctx, func(tx *workspace.Tx) error { return w.Maps.IngestMaps(ctx, tx, e.ID, "many", 0, file) }); err != nil {
		b.Fatal(err)
	}
	w.Close()
	s, err := server.Start(ctx, server.Options{Tasks: tasks.Plan, Workspace: dir, Listen: "127.0.0.1:0", Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(ctx) })
	return s
}
