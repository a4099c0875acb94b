package demo

import (
	"context"
	"path/filepath"
	"testing"

	importer "github.com/sightline/sightline/dataset"
)

// checkImport reads a written dataset as `sightline import` does: every image a sample with its label and split, every
// box a region, nothing left over.
func checkImport(t *testing.T, dir string, d dataset) {
	t.Helper()
	source := importer.Source{Root: dir, Regions: []string{filepath.Join(dir, RegionsFile)}}
	result, err := importer.Scan(context.Background(), source, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, remark := range result.Remarks {
		t.Errorf("%s: %+v", d.name, remark)
	}
	if len(result.Samples) != d.size(d.counts) {
		t.Errorf("%s: %d samples, want %d", d.name, len(result.Samples), d.size(d.counts))
	}
	counts := map[string]int{}
	for _, s := range result.Samples {
		counts[s.Split+"/"+s.Label]++
	}
	for split, count := range d.counts {
		for _, class := range d.classes {
			if counts[split+"/"+class] != count {
				t.Errorf("%s: %d samples of %s in %s, want %d", d.name, counts[split+"/"+class], class, split, count)
			}
		}
	}
	if len(result.Regions) < len(result.Samples)*len(d.regions) {
		t.Errorf("%s: only %d regions of %d samples", d.name, len(result.Regions), len(result.Samples))
	}
}
