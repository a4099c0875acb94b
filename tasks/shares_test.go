package tasks

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/measure"
	"github.com/sightline/sightline/workspace"
)

// drawRegions imports the photos again with a box on each of the first samples.
func drawRegions(t *testing.T, r *rig, boxes map[string][]float64) {
	t.Helper()
	notes := map[string]map[string]any{}
	for path, box := range boxes {
		notes[path] = map[string]any{"bbox": box}
	}
	annotate(t, r, notes)
}

// annotate imports the photos again with an annotation, as COCO has them, of a head on some.
func annotate(t *testing.T, r *rig, of map[string]map[string]any) {
	t.Helper()
	d, err := r.store.Catalog.Dataset(context.Background(), "photos")
	if err != nil {
		t.Fatal(err)
	}
	images, notes := []any{}, []any{}
	for path, note := range of {
		images = append(images, map[string]any{"id": len(images) + 1, "file_name": path})
		note["id"], note["image_id"], note["category_id"] = len(images), len(images), 1
		notes = append(notes, note)
	}
	content, err := json.Marshal(map[string]any{"images": images, "annotations": notes, "categories": []any{map[string]any{"id": 1, "name": "head"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "boxes.json")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
	source := d.Source
	if source.Regions = []string{file}; len(of) == 0 {
		source.Regions = nil
	}
	job, err := r.importing.Start(context.Background(), "photos", dataset.Source(source))
	r.run(t, job, err)
}

// measuredOf asks for what is stored, which must be of so many maps, so many missing.
func measuredOf(t *testing.T, r *rig, s explain.Selection, requests []explain.MapOptions, maps, missing int) []measure.Map {
	t.Helper()
	list, lacking, err := r.measure.Measured(context.Background(), s, true, requests)
	if err != nil || len(list) != maps || lacking != missing {
		t.Fatalf("%d maps, %d missing, %v; want %d and %d", len(list), lacking, err, maps, missing)
	}
	return list
}

// checkShares compares shares with those of the map and the box.
func checkShares(t *testing.T, r *rig, m measure.Map, box []float64) {
	t.Helper()
	var head regions.Region
	if box != nil {
		head = regions.Box(box[0], box[1], box[0]+box[2], box[1]+box[3])
	}
	checkHead(t, r, m, head)
}

func checkHead(t *testing.T, r *rig, m measure.Map, head regions.Region) {
	t.Helper()
	made, err := r.maps.Stored(context.Background(), "photos~tiny", m.Sample.ID, m.Options)
	if err != nil {
		t.Fatal(err)
	}
	var own []regions.Named
	if head != nil {
		own = regions.Add(nil, "head", head)
	}
	if want := regions.Shares(made, own, m.Sample.Width, m.Sample.Height); !reflect.DeepEqual(m.Shares, want) {
		t.Errorf("%s, %s: %+v, want %+v", m.Sample.Path, m.Options.Key(), m.Shares, want)
	}
}

// Maps are stored with their shares, by jobs and on demand. When the regions change,
// no old share is given: those of the new ones come from the stored maps, of a few at
// once and of many by a job, and no model runs.
func TestSharesFollowTheRegions(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	box := []float64{0, 0, 3, 2}
	drawRegions(t, r, map[string][]float64{page[0].Path: box})
	requests, err := explain.Requests([]string{"gradient", "occlusion"}, []string{"predicted"}, 0, map[string]string{"occlusion.grid": "4"})
	if err != nil {
		t.Fatal(err)
	}
	all := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.maps.ExplainSelection(ctx, all, false, requests[0])
	r.run(t, job, err)
	if _, err = r.maps.Explain(ctx, "photos~tiny", page[0].ID, requests[1], nil); err != nil {
		t.Fatal(err)
	}
	before := storedShares(t, r)
	if before != 9*12+1+13 {
		t.Errorf("%d shares are stored with 10 maps", before)
	}
	for _, m := range measuredOf(t, r, all, requests, len(page)+1, 0) {
		if m.Sample.ID == page[0].ID {
			checkShares(t, r, m, box)
		} else {
			checkShares(t, r, m, nil)
		}
	}
	other := []float64{1, 1, 2, 3}
	drawRegions(t, r, map[string][]float64{page[1].Path: other})
	revision, err := explain.Revision(ctx, r.store, "photos")
	if err != nil {
		t.Fatal(err)
	}
	if found, err := r.store.Maps.Measured(ctx, "photos~tiny", requests[0].Key(), revision); err != nil || found[page[0].ID].Shares != nil {
		t.Fatalf("an old share is given for the new regions: %+v, %v", found[page[0].ID], err)
	}
	job, err = r.measure.Start(ctx, all, requests)
	if job = r.run(t, job, err); job.Items != 10 || job.Done != 10 || job.Failed != 0 {
		t.Errorf("measuring: %d items, %d done, %d failed", job.Items, job.Done, job.Failed)
	}
	if storedShares(t, r) != before-1 { // the sample that has the box now has one map
		t.Errorf("%d shares are stored, %d before", storedShares(t, r), before)
	}
	for _, m := range measuredOf(t, r, all, requests, len(page)+1, 0) {
		if m.Sample.ID == page[1].ID {
			checkShares(t, r, m, other)
		} else {
			checkShares(t, r, m, nil)
		}
	}
	drawRegions(t, r, nil)
	for _, m := range measuredOf(t, r, explain.Selection{Evaluation: all.Evaluation, Sort: all.Sort, Limit: 2}, requests, 3, 0) {
		checkShares(t, r, m, nil)
	}
}

// Shares of versions that knew fewer built-in regions are not given: the maps are measured
// again.
func TestSharesOfFewerBuiltinRegions(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	requests, err := explain.Requests([]string{"gradient"}, []string{"predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.maps.ExplainSelection(ctx, all, false, requests...)
	r.run(t, job, err)
	revision, err := r.store.Catalog.RegionsRevision(ctx, "photos")
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`DELETE FROM shares WHERE region = 'corners'; UPDATE shares SET revision = %d`, revision))
		return err
	})
	if err != nil || storedShares(t, r) != 9*11 {
		t.Fatal(storedShares(t, r), err)
	}
	for _, m := range measuredOf(t, r, all, requests, len(page), 0) {
		checkShares(t, r, m, nil)
	}
}

// Of more maps than are measured at once, none is given until a job has measured them,
// or only those whose shares are known.
func TestManySharesTakeAJob(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	requests, err := explain.Requests([]string{"gradient"}, []string{"predicted", "contrast", "class:0", "class:1", "class:2"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	more, err := explain.Requests([]string{"inputxgradient"}, []string{"predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	requests = append(requests, more...)
	maps := len(page) * len(requests)
	if maps <= measure.AtOnce {
		t.Fatalf("only %d maps", maps)
	}
	all := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.maps.ExplainSelection(ctx, all, false, requests...)
	r.run(t, job, err)
	measuredOf(t, r, all, requests, maps, 0)
	drawRegions(t, r, map[string][]float64{page[0].Path: {0, 0, 3, 2}})
	measuredOf(t, r, all, requests, 0, maps)
	job, err = r.measure.Start(ctx, explain.Selection{Evaluation: all.Evaluation, Sort: all.Sort, Limit: 1}, requests)
	if job = r.run(t, job, err); job.Items != len(requests) {
		t.Errorf("%d items, want %d", job.Items, len(requests))
	}
	for _, m := range measuredOf(t, r, all, requests, maps, 0) {
		if m.Sample.ID == page[0].ID {
			checkShares(t, r, m, []float64{0, 0, 3, 2})
		}
	}
}

// storedShares counts the shares.
func storedShares(t *testing.T, r *rig) (n int) {
	t.Helper()
	list, err := workspace.QueryAll[int](context.Background(), r.store.Workspace, `SELECT count(*)::INTEGER FROM shares`)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}
