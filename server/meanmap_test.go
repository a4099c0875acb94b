package server_test

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/server/api"
)

// gridOf is a map's share on each cell of a grid of 14×14 over the whole image, cell by cell.
func gridOf(t *testing.T, c *client.Client, sample int64) []float64 {
	t.Helper()
	header, values, err := c.Map(t.Context(), "colours~net", sample, client.MapQuery{Method: "occlusion", Target: "predicted"})
	must(t, err)
	m := mapwire.Map(header.MapMeta, values)
	w, h := float64(m.Geometry.DisplayWidth)/14, float64(m.Geometry.DisplayHeight)/14
	var out []float64
	for row := range 14 {
		for column := range 14 {
			x, y := w*float64(column), h*float64(row)
			out = append(out, regions.Measure(m, regions.Box(x, y, x+w, y+h)).Share)
		}
	}
	return out
}

// The mean map is that of a plain loop over the stored maps, in all and by label; red maps are
// left out and counted; the images most like it are those that a plain loop finds.
func TestMeanMap(t *testing.T) {
	_, c := evaluated(t)
	job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,green", Method: "occlusion", Trust: true})
	must(t, err)
	finish(t, c, job)
	q := client.ShareQuery{Slice: "label=blue,green", Methods: []string{"occlusion"}, Targets: []string{"predicted"}}
	got, err := c.MeanMap(t.Context(), "colours~net", "label", "", q)
	must(t, err)
	list, err := c.Samples(t.Context(), "colours~net", q.Slice, "path", 0, 100)
	must(t, err)
	red, err := c.Samples(t.Context(), "colours~net", q.Slice+"&verdict(occlusion,predicted)=red", "path", 0, 100)
	must(t, err)
	byLabel, all, ids := map[int][][]float64{}, [][]float64{}, []int64{}
	for _, s := range list.Samples {
		if !slices.ContainsFunc(red.Samples, func(r api.Sample) bool { return r.ID == s.ID }) {
			grid := gridOf(t, c, s.ID)
			byLabel[s.Label], all, ids = append(byLabel[s.Label], grid), append(all, grid), append(ids, s.ID)
		}
	}
	if got.All.Images != list.Total || got.All.Maps != list.Total || got.All.Red != red.Total || got.All.N != len(all) || len(got.Groups) != 2 || got.Aspect <= 0 || len(all) < 3 {
		t.Fatalf("%d of %d maps, %d of %d red, %d groups, aspect %v", got.All.N, len(all), got.All.Red, red.Total, len(got.Groups), got.Aspect)
	}
	checkMean(t, "all", got.All.Mean, all)
	for _, g := range got.Groups {
		checkMean(t, g.Name, g.Mean, byLabel[*g.Label])
		if g.N != len(byLabel[*g.Label]) || g.Slice == "" {
			t.Errorf("%+v", g)
		}
	}
	nearest, least := int64(0), 2.0
	for i, grid := range all {
		sum := 0.0
		for k, v := range grid {
			sum += math.Abs(v-got.All.Mean[k]) / 2
		}
		if sum < least {
			nearest, least = ids[i], sum
		}
	}
	first, last := got.All.Typical[0], got.All.Outliers[0]
	if math.Abs(first.Distance-least) > 1e-4 || first.Path == "" || last.Distance < first.Distance || !slices.Contains(ids, nearest) {
		t.Errorf("typical %+v, want %d at %v; outliers %+v", got.All.Typical, nearest, least, got.All.Outliers)
	}
}

func checkMean(t *testing.T, name string, got []float64, grids [][]float64) {
	t.Helper()
	if len(got) != 196 {
		t.Fatalf("%s: %d cells", name, len(got))
	}
	for k, v := range got {
		want := 0.0
		for _, grid := range grids {
			want += grid[k] / float64(len(grids))
		}
		if math.Abs(v-want) > 2e-6 {
			t.Fatalf("%s, cell %d: %v, want %v", name, k, v, want)
		}
	}
}

// Where nothing can be averaged the answer says how much there is; what makes no sense is
// refused with what to do.
func TestMeanMapOfNothing(t *testing.T) {
	s, c := evaluated(t)
	got, err := c.MeanMap(t.Context(), "colours~net", "cell", "", client.ShareQuery{Methods: []string{"gradient"}, Targets: []string{"true"}})
	must(t, err)
	if got.All.N != 0 || got.All.Maps != 0 || got.All.Images == 0 || len(got.All.Mean) != 0 || got.Aspect != 1 || len(got.Groups) == 0 {
		t.Errorf("%+v", got)
	}
	for query, says := range map[string]string{"method=occlusion,gradient": "one of each", "region=head": "no regions", "by=split": "label", "method=none": "none"} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/meanmap?"+query, "")
		if status/100 != 4 || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
}
