package server_test

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
)

// Shares are asked of a slice; what does not exist is refused, and maps that are not
// stored are not made.
func TestSharesOfASlice(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "label=0", "path", 0, 10)
	must(t, err)
	for _, sample := range list.Samples {
		_, _, err := c.Map(t.Context(), "colours~net", sample.ID, client.MapQuery{Method: "occlusion"})
		must(t, err)
	}
	q := client.ShareQuery{Methods: []string{"occlusion", "gradient"}, Targets: []string{"predicted"}, Trust: true}
	for selected, want := range map[string]int{"": len(list.Samples), "label=0": len(list.Samples), "label=1": 0} {
		q.Slice = selected
		found, err := c.Shares(t.Context(), "colours~net", q)
		must(t, err)
		maps := 0
		for _, summary := range found.Summaries {
			maps += summary.Maps
			if area := summary.Regions[1].Area; summary.Method != "occlusion" || summary.Regions[1].Region != "center" || math.Abs(area-0.25) > 1e-9 {
				t.Errorf("%q: %+v", selected, summary)
			}
		}
		if maps != want || found.Missing != 0 {
			t.Errorf("%q: %d maps, %d missing; want %d", selected, maps, found.Missing, want)
		}
	}
	for query, says := range map[string]string{
		"method=none": "none", "target=class:99": "class:99", "method=occlusion&option=grid": "NAME=VALUE", "colour=red": "colour", "method=occlusion&option=none=1": "none",
	} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/shares?"+query, "")
		if status/100 != 4 || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
}
