package server_test

import (
	"encoding/json"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/stats"
)

// addOld evaluates colours with a second model, old, which calls red green and green red.
func addOld(t *testing.T, c *client.Client) {
	t.Helper()
	dir := t.TempDir()
	model, classes := filepath.Join(dir, "old.onnx"), filepath.Join(dir, "classes.txt")
	must(t, fixture.WriteModel(model, "colours"))
	must(t, os.WriteFile(classes, []byte("green\nred\nblue\n"), 0o644))
	_, err := c.AddModel(t.Context(), api.ModelRequest{Name: "old", Path: model, Classes: classes, Preprocessing: "plain"})
	must(t, err)
	job, err := c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "colours", Model: "old"})
	must(t, err)
	finish(t, c, job)
}

// The comparison of regions is that of a plain loop over what each evaluation says of its
// own maps, over the images of which both have one.
func TestComparison(t *testing.T) {
	_, c := evaluated(t)
	addOld(t, c)
	makeMaps := func(evaluation, slice string) {
		job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: evaluation, Slice: slice, Method: "occlusion"})
		must(t, err)
		finish(t, c, job)
	}
	makeMaps("colours~old", "")
	makeMaps("colours~net", "label=blue,green")
	got, err := c.Comparison(t.Context(), "colours~net", "colours~old", client.ShareQuery{Methods: []string{"occlusion"}})
	must(t, err)
	if got.Images != 12 || got.Transitions[0].Count != 7 || got.Transitions[1].Count != 0 || len(got.Maps) != 1 || got.MissingShares != 0 {
		t.Fatalf("%+v", got)
	}
	now, before := centreShares(t, c, "colours~net"), centreShares(t, c, "colours~old")
	var a, b []stats.Sample
	for path, share := range now {
		a, b = append(a, stats.Sample{Value: share}), append(b, stats.Sample{Value: before[path]})
	}
	want, err := stats.PairedShares(a, b)
	must(t, err)
	i := slices.IndexFunc(got.Maps[0].Regions, func(r api.RegionDifference) bool { return r.Region == "center" })
	r := got.Maps[0].Regions[i]
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-9 }
	if got.Maps[0].Pairs != 9 || r.Difference.N != 9 || !near(r.Difference.Mean, want.Mean) || !near(r.Difference.Low, want.Low) || !near(r.Difference.High, want.High) {
		t.Errorf("%d pairs, %+v, want %+v", got.Maps[0].Pairs, r.Difference, want)
	}
	if !near(r.Before.Mean, stats.Mean(b).Mean) || !near(r.Now.Mean, stats.Mean(a).Mean) {
		t.Errorf("%+v", r)
	}
}

// centreShares are the shares of the centre on the stored maps of an evaluation, by path.
func centreShares(t *testing.T, c *client.Client, evaluation string) map[string]float64 {
	t.Helper()
	list, err := c.Samples(t.Context(), evaluation, "", "path", 0, 100)
	must(t, err)
	shares := map[string]float64{}
	for _, s := range list.Samples {
		stored, err := c.StoredMaps(t.Context(), evaluation, s.ID, "predicted")
		must(t, err)
		if len(stored) == 0 {
			continue
		}
		found, err := c.Shares(t.Context(), evaluation, client.ShareQuery{Slice: "q=" + s.Path, Methods: []string{"occlusion"}, Targets: []string{"predicted"}})
		must(t, err)
		i := slices.IndexFunc(found.Summaries[0].Regions, func(r api.RegionShare) bool { return r.Region == "center" })
		shares[s.Path] = found.Summaries[0].Regions[i].Share.Mean
	}
	return shares
}

// What cannot be compared is refused with what to do.
func TestComparisonRefuses(t *testing.T) {
	s, _ := evaluated(t)
	for query, want := range map[string]struct {
		status int
		says   string
	}{
		"before=colours~net":            {http.StatusUnprocessableEntity, "with itself"},
		"before=colours~none":           {http.StatusNotFound, "colours~none"},
		"":                              {http.StatusUnprocessableEntity, "before"},
		"before=colours~net&colour=red": {http.StatusUnprocessableEntity, "colour"},
		"before=a~b&transition(colours~none)=best": {http.StatusUnprocessableEntity, "there are fixed"},
	} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/comparison?"+query, "")
		if status != want.status || !strings.Contains(body, want.says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
}

// The counterpart of a sample is the same image in the other evaluation, with what that one says of it.
func TestCounterpart(t *testing.T) {
	s, c := evaluated(t)
	addOld(t, c)
	list, err := c.Samples(t.Context(), "colours~net", "label=green", "", 0, 1)
	must(t, err)
	id := list.Samples[0].ID
	ask := func(sample int64, before string) (int, string) {
		status, _, body := request(t, "GET", s.URL()+"/api/evaluations/colours~net/samples/"+itoa(sample)+"/counterpart?before="+before, "")
		return status, body
	}
	var got api.Counterpart
	status, body := ask(id, "colours~old")
	must(t, json.Unmarshal([]byte(body), &got))
	there, err := c.Sample(t.Context(), "colours~old", id)
	must(t, err)
	if status != 200 || got.Sample != id || got.Model != "old" || got.Predicted != there.Predicted || got.Confidence != there.Confidence || got.Name != "red" {
		t.Errorf("got %d %+v, the sample there is %+v", status, got, there)
	}
	if status, body := ask(1<<40, "colours~old"); status != 404 || !strings.Contains(body, "colours~old has no prediction for this image") {
		t.Errorf("of no sample: %d %s", status, body)
	}
	if status, body := ask(id, "colours~gone"); status != 404 || !strings.Contains(body, "not in the workspace") {
		t.Errorf("in no evaluation: %d %s", status, body)
	}
}
