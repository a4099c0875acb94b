package server_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Every row says of its images what the shares of its slice say, its slice selects as many
// images as it counts, and the rows add up to all.
func TestLook(t *testing.T) {
	_, c := evaluated(t)
	job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,red", Method: "gradient"})
	must(t, err)
	finish(t, c, job)
	checkOpenMethod(t, c, "gradient")
	job, err = c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,green", Method: "occlusion", Limit: 1})
	must(t, err)
	finish(t, c, job)
	checkOpenMethod(t, c, "gradient") // one image was looked at by another
	job, err = c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,green", Method: "occlusion", Trust: true})
	must(t, err)
	finish(t, c, job)
	checkOpenMethod(t, c, "occlusion")
	for _, by := range []string{"label", "predicted", "cell"} {
		for _, selected := range []string{"", "threshold=0.9", "label=blue"} {
			q := client.ShareQuery{Slice: selected, Methods: []string{"occlusion"}, Targets: []string{"predicted"}, Trust: true}
			found, err := c.Look(t.Context(), "colours~net", by, q)
			must(t, err)
			images, maps := 0, 0
			for _, row := range found.Rows {
				images, maps = images+row.Images, maps+row.Maps
				checkLookRow(t, c, row, q)
			}
			if images != found.All.Images || maps != found.All.Maps || images == 0 {
				t.Errorf("by %s of %q: %d images and %d maps, all: %+v", by, selected, images, maps, found.All)
			}
		}
	}
}

// Where the method is left open, every way of reading takes the maps of which there are most; of as many those that
// auto chooses, occlusion here.
func checkOpenMethod(t *testing.T, c *client.Client, want string) {
	t.Helper()
	look, err := c.Look(t.Context(), "colours~net", "label", client.ShareQuery{})
	must(t, err)
	shares, err := c.Shares(t.Context(), "colours~net", client.ShareQuery{})
	must(t, err)
	mean, err := c.MeanMap(t.Context(), "colours~net", "all", "", client.ShareQuery{})
	must(t, err)
	if look.Method != want || len(shares.Summaries) != 1 || shares.Summaries[0].Method != want || mean.Method != want || mean.All.Maps == 0 {
		t.Errorf("left open, maps are by %s, %v and %s; want %s", look.Method, shares.Summaries, mean.Method, want)
	}
}

func checkLookRow(t *testing.T, c *client.Client, row api.LookRow, q client.ShareQuery) {
	t.Helper()
	list, err := c.Samples(t.Context(), "colours~net", row.Slice, "path", 0, 100)
	must(t, err)
	q.Slice, q.Sort = row.Slice, "path" // the order of the sum
	shares, err := c.Shares(t.Context(), "colours~net", q)
	must(t, err)
	if list.Total != row.Images || row.Name == "" {
		t.Errorf("%s (%s): %d images, its slice selects %d", row.Name, row.Slice, row.Images, list.Total)
	}
	if len(shares.Summaries) == 0 {
		if row.Maps != 0 {
			t.Errorf("%s has %d maps, the shares none", row.Name, row.Maps)
		}
		return
	}
	want := shares.Summaries[0]
	want.Regions = want.Regions[:len(row.Regions)] // the grid comes last
	if row.Maps != want.Maps || !reflect.DeepEqual(row.Verdicts, want.Verdicts) || !reflect.DeepEqual(row.Regions, want.Regions) || len(row.Regions) < 2 {
		t.Errorf("%s: %+v, want %+v", row.Name, row, want)
	}
}

// One table is of one method and one target.
func TestLookRefuses(t *testing.T) {
	s, _ := evaluated(t)
	for query, says := range map[string]string{"method=occlusion,gradient": "one method", "target=predicted,true": "one target", "by=split": "label", "method=none": "none"} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/look?"+query, "")
		if status/100 != 4 || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
}

// Regions that are called as classes are become the object of the label, and elsewhere.
func TestLookAtTheObject(t *testing.T) {
	_, c := evaluated(t)
	d, err := c.Dataset(t.Context(), "colours")
	must(t, err)
	boxes := filepath.Join(t.TempDir(), "boxes.csv")
	lines := "path,x1,y1,x2,y2,name\n"
	for i := range 3 { // one object of the label, one of another class, and one that is no class
		lines += fmt.Sprintf("green/%02d.png,0,0,12,24,GREEN\ngreen/%02d.png,12,0,24,24,red\ngreen/%02d.png,0,0,24,6,sky\n", i, i, i)
	}
	must(t, os.WriteFile(boxes, []byte(lines), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: d.Root, Regions: []string{boxes}})
	must(t, err)
	finish(t, c, job)
	job, err = c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=green", Method: "occlusion"})
	must(t, err)
	finish(t, c, job)
	q := client.ShareQuery{Slice: "label=green", Methods: []string{"occlusion"}, Targets: []string{"predicted"}}
	found, err := c.Look(t.Context(), "colours~net", "label", q)
	must(t, err)
	shares, err := c.Shares(t.Context(), "colours~net", q)
	must(t, err)
	var names []string
	for _, r := range found.Rows[0].Regions {
		names = append(names, r.Region)
	}
	if want := []string{"object of the label", "elsewhere", "sky", "border", "center", "corners"}; !slices.Equal(names, want) {
		t.Fatalf("%v, want %v", names, want)
	}
	i := slices.IndexFunc(shares.Summaries[0].Regions, func(r api.RegionShare) bool { return r.Region == "GREEN" })
	green, object, rest := shares.Summaries[0].Regions[i], found.Rows[0].Regions[0], found.Rows[0].Regions[1]
	if math.Abs(object.Share.Mean-green.Share.Mean) > 1e-12 || object.Share.N != 3 || object.Area != green.Area || math.Abs(object.Share.Mean+rest.Share.Mean-1) > 1e-12 || math.Abs(object.Area+rest.Area-1) > 1e-12 {
		t.Errorf("%+v and %+v, the region has %+v", object, rest, green)
	}
}
