package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// TestSlicesOverHTTP asks for the same samples in several ways; the texts go through
// a browser's and a program's way of encoding.
func TestSlicesOverHTTP(t *testing.T) {
	_, c := evaluated(t)
	total := func(slice string) int {
		list, err := c.Samples(t.Context(), "colours~net", slice, "path", 0, 100)
		if err != nil {
			t.Fatalf("%s: %v", slice, err)
		}
		return list.Total
	}
	all := total("")
	for _, same := range [][]string{
		{"", "threshold=0", "correct=any", "label=", "label=0,1,2", "label=!-1", "q=&split="},
		{"label=0", "label=red", "label=%72ed", "label=name:red", "label=R E D", "label=!1,2"},
		{"label=1,2", "label=blue,green", "label=!red", "label=green,2"},
		{"confidence=0.5-", "min_confidence=0.5", "confidence=!-0.5"},
		{"score(1)=0.3-0.9", "class=1&min_score=0.3&max_score=0.9", "score(green)=0.3-0.9", "score%28green%29=0.3-0.9"},
		{"predicted=0&threshold=0.6", "predicted=red&threshold=0.6&q=", "predicted=!green,blue,-1&threshold=0.6"},
		{"q=red/", "q=RED%2F"},
	} {
		for _, text := range same[1:] {
			if got, want := total(text), total(same[0]); got != want {
				t.Errorf("%s selects %d samples, %s %d", text, got, same[0], want)
			}
		}
	}
	if red, rest := total("label=red"), total("label=!red"); red == 0 || rest == 0 || red+rest != all {
		t.Errorf("%d red and %d others of %d", red, rest, all)
	}
}

// TestSlicesOfMaps counts the images of each verdict, and of each region, as the summary of their
// maps does, and refuses what is not stored.
func TestSlicesOfMaps(t *testing.T) {
	s, c := evaluated(t)
	job, err := c.Explain(t.Context(), api.ExplainRequest{Evaluation: "colours~net", Slice: "label=blue,green", Method: "occlusion", Trust: true})
	must(t, err)
	finish(t, c, job)
	found, err := c.Shares(t.Context(), "colours~net", client.ShareQuery{Methods: []string{"occlusion"}, Targets: []string{"predicted"}, Trust: true})
	must(t, err)
	summary := found.Summaries[0]
	total := func(slice string) int {
		list, err := c.Samples(t.Context(), "colours~net", slice, "path", 0, 100)
		must(t, err)
		return list.Total
	}
	known := 0
	for _, verdict := range []string{"green", "amber", "red", "none"} {
		n := total("verdict(occlusion)=" + verdict)
		if known += n; n != summary.Verdicts[verdict] {
			t.Errorf("%d images with a map that is %s, the summary counts %v", n, verdict, summary.Verdicts)
		}
	}
	if known != summary.Maps || known == 0 {
		t.Errorf("%d images have a verdict, there are %d maps", known, summary.Maps)
	}
	for _, region := range summary.Regions[:2] {
		door := "share(" + strings.ReplaceAll(region.Region, " ", "%20") + ",occlusion,predicted)=0-&verdict(occlusion,predicted)=!red"
		if n := total(door); n != region.Share.N+region.Share.Empty {
			t.Errorf("%s selects %d images, the share is of %+v", door, n, region.Share)
		}
		sorted, err := c.Samples(t.Context(), "colours~net", door, "-share", 0, 100)
		must(t, err)
		if sorted.Total != total(door) || len(sorted.Samples) != sorted.Total {
			t.Errorf("by share: %d of %d images", len(sorted.Samples), sorted.Total)
		}
	}
	for query, says := range map[string]string{"share(hat)=0.5-": "share is about hat", "verdict(none)=red": "none are stored: there are occlusion of predicted", "sort=-share": "needs a criterion share"} {
		status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/colours~net/samples?"+query, "")
		if status != http.StatusBadRequest || !strings.Contains(body, says) {
			t.Errorf("%s: %d, %s", query, status, body)
		}
	}
}
