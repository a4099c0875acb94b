package maps

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/workspace"
)

// BenchmarkMeasured reads the shares of 10,000 maps in 13 regions; BenchmarkUnmeasured
// finds that none lacks them.
func BenchmarkMeasured(b *testing.B) {
	f := manyShares(b)
	for b.Loop() {
		if found, err := f.maps.Measured(ctx, f.e.ID, "k", 1); err != nil || len(found) != 10_000 {
			b.Fatal(len(found), err)
		}
	}
}

func BenchmarkUnmeasured(b *testing.B) {
	f := manyShares(b)
	for b.Loop() {
		if lacking, _, err := f.maps.Unmeasured(ctx, f.e.ID, "k", 1); err != nil || len(lacking) != 0 {
			b.Fatal(len(lacking), err)
		}
	}
}

// manyShares is a workspace in which 10,000 samples have a map with shares.
func manyShares(b *testing.B) *fixture {
	b.Helper()
	f := newFixture(b, b.TempDir())
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}}
	for i := range 10_000 {
		scan.Samples = append(scan.Samples, dataset.Sample{Path: fmt.Sprintf("%05d.png", i), Hash: fmt.Sprintf("many%d", i), Label: "a", Labelled: true, Orientation: 1})
	}
	if _, err := f.catalog.Import(ctx, "data", scan); err != nil {
		b.Fatal(err)
	}
	samples, err := f.catalog.DatasetSamples(ctx, "data", 0, 20_000)
	if err != nil {
		b.Fatal(err)
	}
	shares := &StoredShares{Revision: 1, Shares: make([]regions.Share, 13)}
	for i := range shares.Shares {
		shares.Shares[i] = regions.Share{Region: fmt.Sprintf("region %d", i), Mass: regions.Mass{Share: 0.1, Area: 0.2}}
	}
	more, err := json.Marshal(Beside{Shares: shares})
	if err != nil {
		b.Fatal(err)
	}
	var items []workspace.Packed
	for _, s := range samples {
		if !s.Gone {
			items = append(items, workspace.Packed{Key: "k", Sample: s.ID, Meta: json.RawMessage(`{"width":14,"height":14}`), More: more, Data: []byte{1, 2, 3, 4}})
		}
	}
	f.pack(b, 0, items...)
	return f
}
