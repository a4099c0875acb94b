package server_test

import (
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
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

// What the cell panel asks for is what `sightline explain` sums up, and what a plain loop
// over the stored maps gives: the mean share of the centre, its area, the verdicts.
func TestSharesOfACell(t *testing.T) {
	s, c := evaluated(t)
	for selected, target := range map[string]string{"label=1&predicted=1": "predicted", "correct=true": "predicted", "label=2&predicted=0": "contrast"} {
		t.Run(selected, func(t *testing.T) {
			job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: selected, Method: "auto", Target: target, Trust: true})
			must(t, err)
			finish(t, c, job)
			_, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/shares?"+selected+"&method=auto&target="+target, "")
			var asked api.ShareList
			must(t, json.Unmarshal([]byte(body), &asked))
			printed, err := c.Shares(t.Context(), "colours~net", client.ShareQuery{Slice: selected, Methods: []string{"auto"}, Targets: []string{target}, Trust: true})
			must(t, err)
			if !reflect.DeepEqual(asked, printed) || len(asked.Summaries) != 1 || asked.Missing != 0 {
				t.Fatalf("the panel has %+v, the command line %+v", asked, printed)
			}
			checkCentre(t, c, selected, client.MapQuery{Method: "auto", Target: target}, asked.Summaries[0])
		})
	}
}

// checkCentre compares a summary with a loop over the maps of a slice.
func checkCentre(t *testing.T, c *client.Client, selected string, q client.MapQuery, got api.ShareSummary) {
	t.Helper()
	list, err := c.Samples(t.Context(), "colours~net", selected, "path", 0, 100)
	must(t, err)
	sum, n, verdicts := 0.0, 0, map[string]int{}
	for _, sample := range list.Samples {
		header, values, err := c.Map(t.Context(), "colours~net", sample.ID, q)
		must(t, err)
		verdicts[header.Verdict]++
		if header.Verdict != "red" {
			sum, n = sum+centreShare(header, values), n+1
		}
	}
	if got.Maps != len(list.Samples) || !reflect.DeepEqual(got.Verdicts, verdicts) {
		t.Errorf("%d maps, %v; want %d, %v", got.Maps, got.Verdicts, len(list.Samples), verdicts)
	}
	centre := got.Regions[1]
	if centre.Region != "center" || centre.Share.N != n || centre.Share.Red != verdicts["red"] || centre.Share.Known != (n >= 5) {
		t.Errorf("%+v; want %d maps, %v", centre, n, verdicts)
	}
	if n > 0 && math.Abs(centre.Share.Mean-sum/float64(n)) > 1e-12 {
		t.Errorf("mean share of the centre %v, want %v", centre.Share.Mean, sum/float64(n))
	}
}

// centreShare is the share of positive values on the middle half of each side, of a map
// that lies straight on its image.
func centreShare(h api.MapHeader, values []float32) float64 {
	across, down := within(h.Width, h.Geometry.Matrix[0], h.Geometry.Matrix[2], h.Geometry.DisplayWidth), within(h.Height, h.Geometry.Matrix[4], h.Geometry.Matrix[5], h.Geometry.DisplayHeight)
	inside, whole := 0.0, 0.0
	for i, v := range values {
		positive := max(0, float64(v))
		whole += positive
		inside += positive * across[i%h.Width] * down[i/h.Width]
	}
	if whole == 0 {
		return 0
	}
	return inside / whole
}

// within is how much of each cell of a side lies in the middle half of the image's side.
func within(cells int, step, start float64, side int) []float64 {
	parts := make([]float64, cells)
	for i := range parts {
		from := start + step*float64(i)
		parts[i] = max(0, min(from+step, 0.75*float64(side))-max(from, 0.25*float64(side))) / step
	}
	return parts
}
