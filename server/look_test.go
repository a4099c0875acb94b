package server_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Every row says of its images what the shares of its slice say, its slice selects as many
// images as it counts, and the rows add up to all.
func TestLook(t *testing.T) {
	_, c := evaluated(t)
	job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,green", Method: "occlusion", Trust: true})
	must(t, err)
	finish(t, c, job)
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
