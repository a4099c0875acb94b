package pipeline

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/worker"
)

// One job makes the maps of several methods and targets, those of single requests;
// what is stored is not made again, a missing picture spoils no other, and judging
// adds to maps that are there.
func TestManyMethodsInOneJob(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	wishes, err := Wishes([]string{"gradcam", "gradient", "occlusion"}, []string{"predicted", "contrast"}, 3, map[string]string{"occlusion.grid": "4"})
	if err != nil || len(wishes) != 6 {
		t.Fatalf("%+v, %v", wishes, err)
	}
	alone, err := r.pipeline.Explain(ctx, "photos~tiny", page[0].ID, wishes[2], nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fileOf(t, r, page[4].ID)); err != nil {
		t.Fatal(err)
	}
	all := Selection{Evaluation: "photos~tiny", Sort: results.ByPath}
	job, err := r.pipeline.ExplainSelection(ctx, all, false, wishes...)
	if job = r.run(t, job, err); job.Items != 9 || job.Failed != 1 || job.Done != 9 {
		t.Errorf("%d items, %d done, %d failed", job.Items, job.Done, job.Failed)
	}
	for _, o := range wishes {
		have, err := r.store.Maps.Mapped(ctx, "photos~tiny", o.Key(), false)
		if err != nil || len(have) != 8 || have[page[4].ID] {
			t.Errorf("%s: %v, %v", o.Key(), have, err)
		}
		compareMaps(t, r, page[2].ID, o)
	}
	if again, _ := r.pipeline.stored(ctx, "photos~tiny", page[0].ID, wishes[2]); again.Seconds != alone.Seconds {
		t.Error("a map that was stored was made again")
	}
	before, err := r.pipeline.stored(ctx, "photos~tiny", page[1].ID, wishes[1])
	if err != nil {
		t.Fatal(err)
	}
	job, err = r.pipeline.ExplainSelection(ctx, Selection{Evaluation: all.Evaluation, Sort: all.Sort, Limit: 2}, true, wishes[:2]...)
	if job = r.run(t, job, err); job.Items != 2 || job.Failed != 0 {
		t.Errorf("judging: %d items, %d failed", job.Items, job.Failed)
	}
	got, err := r.pipeline.StoredTrust(ctx, "photos~tiny", page[1].ID, wishes[1])
	if want := trustHere(t, r, page[1].ID, wishes[1]); err != nil || got.Verdict != want.Verdict || got.Map.Difference != want.Map.Difference {
		t.Errorf("judged %+v, here %+v; %v", got, want, err)
	}
	if after, _ := r.pipeline.stored(ctx, "photos~tiny", page[1].ID, wishes[1]); after.Seconds != before.Seconds {
		t.Error("a map that was stored was made again to be judged")
	}
}

func fileOf(t *testing.T, r *rig, sample int64) string {
	t.Helper()
	s, err := r.store.Catalog.Sample(context.Background(), sample)
	if err != nil {
		t.Fatal(err)
	}
	return s.File
}

// A target that one sample does not have costs it that map only.
func TestMissingTruthSpoilsNoOtherMap(t *testing.T) {
	r, page := evaluatedRig(t)
	w := here(t)
	ev, err := r.store.Results.Evaluation(context.Background(), "photos~tiny")
	if err != nil {
		t.Fatal(err)
	}
	wishes, err := Wishes([]string{"gradcam", "occlusion"}, []string{"true", "predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	model, release, err := w.Model(ev.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	groups, err := grouped(wishes)
	if err != nil || len(groups) != 2 || len(groups[1].targets) != 2 {
		t.Fatalf("%+v, %v", groups, err)
	}
	items := []item{{ID: page[0].ID, File: fileOf(t, r, page[0].ID), Truth: 1}, {ID: page[1].ID, File: fileOf(t, r, page[1].ID), Truth: -1}}
	for i := range items {
		items[i].Need = []int{0, 1, 2, 3}
	}
	run := &mapsRun{worker: w, scorer: w.Scorer(model, worker.AtOnce), explainPayload: explainPayload{Spec: ev.Spec, Maps: wishes, Items: items}, groups: groups, reasons: make([]error, 2)}
	var subjects []*subject
	for i, it := range items {
		input, g, err := worker.LoadInput(run.scorer, it.File)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, &subject{i, it, input, g, make([]*attribution.Map, len(wishes))})
	}
	for _, g := range groups {
		run.make(context.Background(), g, subjects)
	}
	has := func(s *subject) (list []bool) {
		for _, m := range s.maps {
			list = append(list, m != nil)
		}
		return list
	}
	if !slices.Equal(has(subjects[0]), []bool{true, true, true, true}) || !slices.Equal(has(subjects[1]), []bool{false, true, false, true}) {
		t.Errorf("maps: %v, %v", has(subjects[0]), has(subjects[1]))
	}
	if run.reasons[0] != nil || run.reasons[1] == nil || !strings.Contains(run.reasons[1].Error(), "gradcam") || !strings.Contains(run.reasons[1].Error(), "occlusion") {
		t.Errorf("reasons: %v", run.reasons)
	}
}

func TestWishes(t *testing.T) {
	list, err := Wishes([]string{"rise", "occlusion"}, nil, 5, map[string]string{"fill": "blur", "rise.cells": "6"})
	if err != nil || len(list) != 2 || list[0].Options["cells"] != "6" || list[0].Options["fill"] != "blur" || list[1].Options["fill"] != "blur" || len(list[1].Options) != 1 || list[1].Seed != 5 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = Wishes([]string{"rise", "rise"}, []string{"", "predicted"}, 0, nil); err != nil || len(list) != 1 {
		t.Errorf("the same wish four times: %+v, %v", list, err)
	}
	for option, want := range map[string]string{"cells": "", "scaling": "", "taste": "none of the methods", "gradcam.layer": "none of the methods", "rise.taste": "no such option"} {
		_, err := Wishes([]string{"rise", "occlusion"}, nil, 0, map[string]string{option: "7"})
		if want == "" {
			if option == "cells" && err != nil {
				t.Errorf("%s: %v", option, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", option, err)
		}
	}
	if _, err := Wishes([]string{"rise"}, nil, 0, map[string]string{"grid": "7"}); err == nil || !strings.Contains(err.Error(), "choose from") {
		t.Errorf("an option of another method: %v", err)
	}
}

// A job that an older version left unfinished names its map otherwise.
func TestOldExplainParameters(t *testing.T) {
	p, err := parseExplain(json.RawMessage(`{"filter":{"Evaluation":"a~b"},"limit":3,"method":"rise","target":"true","seed":4,"options":{"cells":"6"}}`))
	if err != nil || len(p.Maps) != 1 || p.Maps[0].Key() != "rise~true~4~cells=6" || p.Limit != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}

// Expected Gradients compares with pictures that the seed chooses, the same in a job
// and alone; a map that keeps channels is judged and compared as its sum.
func TestExpectedGradientsAndChannels(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	wishes, err := Wishes([]string{"expectedgradients", "gradient"}, nil, 3, map[string]string{"channels": "keep", "samples": "8"})
	if err != nil {
		t.Fatal(err)
	}
	job, err := r.pipeline.ExplainSelection(ctx, Selection{Evaluation: "photos~tiny", Sort: results.ByPath, Limit: 3}, true, wishes...)
	if job = r.run(t, job, err); job.Failed != 0 {
		t.Fatalf("%d failed: %s", job.Failed, job.Result)
	}
	for _, o := range wishes {
		m, err := r.pipeline.stored(ctx, "photos~tiny", page[1].ID, o)
		if err != nil || m.Channels != 3 || len(m.Values) != 3*m.Width*m.Height {
			t.Fatalf("%s: %+v, %v", o.Key(), m, err)
		}
		if got, err := r.pipeline.StoredTrust(ctx, "photos~tiny", page[1].ID, o); err != nil || got.Verdict != trustHere(t, r, page[1].ID, o).Verdict {
			t.Errorf("%s: judged %+v, %v", o.Key(), got, err)
		}
		compareMaps(t, r, page[1].ID, o)
	}
	if maps, correlations, err := r.pipeline.Agreement(ctx, "photos~tiny", page[1].ID, ""); err != nil || len(maps) != 2 || correlations[0][1] < -1 || correlations[0][1] > 1 {
		t.Errorf("agreement %v, %v", correlations, err)
	}
	ev, err := r.store.Results.Evaluation(ctx, "photos~tiny")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := baselines(ctx, r.store, ev, wishes)
	b, _ := baselines(ctx, r.store, ev, wishes[:1])
	wishes[0].Seed = 4
	c, _ := baselines(ctx, r.store, ev, wishes)
	if len(a) != 9 || !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Errorf("baselines %v, again %v, with another seed %v", a, b, c)
	}
}
