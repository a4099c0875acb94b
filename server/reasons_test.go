package server_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/planted"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
)

// plantedModels evaluates images with a tag in a corner by three models: one whose head learnt
// from tags, its twin whose head was fitted to other images, and one for which tags meant nothing.
// All have occlusion maps.
func plantedModels(t *testing.T) (*server.Server, *client.Client) {
	t.Helper()
	s, c := start(t)
	o := planted.Options{Seed: 1, PerClass: 9, Tagged: 1, Object: 0.9, WithTags: true}
	var images string
	for i, name := range []string{"tags", "twin", "objects"} {
		dir := filepath.Join(t.TempDir(), name)
		o.Seed, o.Unrelated = uint64(i+1), name == "objects"
		must(t, planted.Write(dir, o))
		if images == "" {
			images = filepath.Join(dir, "images")
			job, err := c.Import(t.Context(), api.ImportRequest{Name: "planted", Path: images, Regions: []string{plantedBoxes(t, images)}})
			must(t, err)
			finish(t, c, job)
		}
		_, err := c.AddModel(t.Context(), api.ModelRequest{Name: name, Path: filepath.Join(dir, "model.onnx"), Preprocessing: "plain"})
		must(t, err)
		job, err := c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "planted", Model: name})
		must(t, err)
		finish(t, c, job)
		job, err = c.Explain(t.Context(), api.ExplainRequest{Evaluation: "planted~" + name, Method: "occlusion"})
		must(t, err)
		finish(t, c, job)
	}
	return s, c
}

func plantedBoxes(t *testing.T, images string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(images, "*", "*.png"))
	must(t, err)
	lines := "path,x1,y1,x2,y2,name\n"
	for _, f := range files {
		name, err := filepath.Rel(images, f)
		must(t, err)
		lines += fmt.Sprintf("%s,36,36,48,48,tag\n%s,14,14,34,34,object\n", name, name)
	}
	path := filepath.Join(t.TempDir(), "boxes.csv")
	must(t, os.WriteFile(path, []byte(lines), 0o644))
	return path
}

// A twin is right for the same reason, a model that learnt from something else is not, whether
// chance is measured by changed images or by a twin. The door selects what is counted. Before
// chance is measured nothing is counted; measured once it is known.
func TestReasons(t *testing.T) {
	thorough.Only(t)
	s, c := plantedModels(t)
	q := client.ShareQuery{Methods: []string{"occlusion"}, Targets: []string{"predicted"}}
	ask := func(now, before, twin string) api.Reasons {
		t.Helper()
		r, err := c.Reasons(t.Context(), "planted~"+now, "planted~"+before, twin, q)
		must(t, err)
		return r
	}
	if r := ask("objects", "tags", ""); r.Known || r.All.Count != 0 || r.All.N < 25 || r.Measure != "regions" {
		t.Errorf("before chance is measured: %+v", r)
	}
	status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/planted~objects/samples?reason(planted~tags)=other", "")
	if status != http.StatusBadRequest || !strings.Contains(body, "compare --reasons") {
		t.Errorf("%d, %s", status, body)
	}
	for _, name := range []string{"tags", "twin", "objects"} {
		job, err := c.MeasureChance(t.Context(), "planted~"+name, q)
		must(t, err)
		finish(t, c, *job)
		if again, err := c.MeasureChance(t.Context(), "planted~"+name, q); err != nil || again != nil {
			t.Errorf("measured again: %v, %v", again, err)
		}
	}
	// Before anything is tested the maps propose what decides: the tag, or the object.
	for name, region := range map[string]string{"tags": "tag", "objects": "object"} {
		found, err := c.Findings(t.Context(), "planted~"+name)
		must(t, err)
		seen := slices.IndexFunc(found.Findings, func(f api.Finding) bool { return f.Grade == "maps" })
		if seen < 0 || *found.Findings[seen].Region != region || len(found.Findings[seen].Samples) == 0 {
			t.Errorf("%s: %+v", name, found.Findings)
			continue
		}
		list, err := c.Samples(t.Context(), "planted~"+name, found.Findings[seen].Doors[0].Slice, "path", 0, 1)
		if err != nil || list.Total < found.Findings[seen].N {
			t.Errorf("%s leads to %d images, of %d: %v", found.Findings[seen].Doors[0].Slice, list.Total, found.Findings[seen].N, err)
		}
	}
	same, other, byTwin := ask("twin", "tags", ""), ask("objects", "tags", ""), ask("objects", "tags", "planted~twin")
	share := func(k api.ReasonCount) float64 { return float64(k.Count) / float64(k.N) }
	t.Logf("twins %d of %d, another reason %d of %d, by a twin %d; points %.3f, %.3f, %.3f", same.All.Count, same.All.N, other.All.Count, other.All.N, byTwin.All.Count, same.Point, other.Point, byTwin.Point)
	if !same.Known || same.All.N < 25 || share(same.All) > 0.07 {
		t.Errorf("twins: %+v", same)
	}
	for _, r := range []api.Reasons{other, byTwin} {
		if !r.Known || share(r.All) < 0.5 || r.All.Excess.Low <= 0 || math.Abs(r.All.Excess.Mean-(share(r.All)-0.05)) > 1e-12 || math.Abs(r.All.Expected-0.05*float64(r.All.N)) > 1e-12 {
			t.Errorf("another reason: %+v", r)
		}
		list, err := c.Samples(t.Context(), "planted~objects", r.All.Slice, "path", 0, 100)
		must(t, err)
		if list.Total != r.All.Count {
			t.Errorf("%s selects %d, counted are %d", r.All.Slice, list.Total, r.All.Count)
		}
	}
	if byTwin.Null != "twin" || byTwin.TwinOf != "planted~tags" || other.Null != "changed" || other.NullN < 100 {
		t.Errorf("%+v, %+v", byTwin, other)
	}
	if slices.ContainsFunc(other.Classes, func(k api.ReasonCount) bool { return k.N < 25 }) {
		t.Errorf("classes with few images have figures: %+v", other.Classes)
	}
}

// What cannot be compared is refused with what to do; without maps there is nothing to count.
func TestReasonsRefuses(t *testing.T) {
	s, c := evaluated(t)
	addOld(t, c)
	for query, says := range map[string]string{
		"before=colours~net": "with itself", "before=colours~none": "colours~none", "before=colours~old&twin=colours~old": "third one",
		"before=colours~old&method=occlusion,gradient": "one of each", "": "before",
	} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/reasons?"+query, "")
		if status/100 != 4 || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
	r, err := c.Reasons(t.Context(), "colours~net", "colours~old", "", client.ShareQuery{Methods: []string{"occlusion"}, Targets: []string{"predicted"}})
	must(t, err)
	if r.Known || r.All.N != 0 || r.Lacking == 0 {
		t.Errorf("%+v", r)
	}
	if _, err := c.MeasureChance(t.Context(), "colours~net", client.ShareQuery{Methods: []string{"expectedgradients"}, Targets: []string{"predicted"}}); err == nil || !strings.Contains(err.Error(), "another method") {
		t.Error(err)
	}
}
