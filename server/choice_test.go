package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// A map that is asked for as auto is the map of the method that auto means: stored once, with one
// trust, and its reason is told to those who left the choice.
func TestAutoIsNoMethodOfItsOwn(t *testing.T) {
	s, c := evaluated(t)
	ctx := t.Context()
	const id = "colours~net"
	left, values, err := c.Map(ctx, id, 1, client.MapQuery{Method: "auto"})
	must(t, err)
	if left.Method == "auto" || left.Method == "" || left.Reason == "" {
		t.Fatalf("auto gave %q, because %q", left.Method, left.Reason)
	}
	if chosen, err := c.Automatic(ctx, id); err != nil || chosen.Method != left.Method || chosen.Reason != left.Reason || chosen.Rule != methods.AutoRule {
		t.Errorf("the choice is %+v, %v; the map has %s, because %s", chosen, err, left.Method, left.Reason)
	}
	named, again, err := c.Map(ctx, id, 1, client.MapQuery{Method: left.Method})
	must(t, err)
	if named.Seconds != left.Seconds || named.Reason != "" || len(again) != len(values) {
		t.Errorf("by its name the map is another one: %+v, was %+v", named, left)
	}
	assessed, err := c.Trust(ctx, id, 1, client.MapQuery{Method: "auto"}, false)
	must(t, err)
	if known, err := c.Trust(ctx, id, 1, client.MapQuery{Method: left.Method}, true); err != nil || known.Verdict != assessed.Verdict {
		t.Errorf("the same map is %q as auto and %q by its name, %v", assessed.Verdict, known.Verdict, err)
	}
	_, err = c.Randomisation(ctx, id, client.MapQuery{Method: "auto"}, false)
	must(t, err)
	if r, err := c.Randomisation(ctx, id, client.MapQuery{Method: left.Method}, true); err != nil || r.Method != left.Method {
		t.Errorf("the check by random weights is of %q, %v", r.Method, err)
	}
	stored, err := c.StoredMaps(ctx, id, 1, "")
	must(t, err)
	if len(stored) != 1 || stored[0].Method != left.Method {
		t.Errorf("stored are %+v", stored)
	}
	if status, _, body := request(t, http.MethodGet, s.URL()+"/api/evaluations/"+id+"/samples/1/map?method=auto&option=layer=1", ""); status != 400 || !strings.Contains(body, "auto has no options") {
		t.Errorf("an option of auto: %d, %s", status, body)
	}
}

// A job of auto and of the method that it means makes one map of each sample, and says which.
func TestAJobOfAutoNamesTheMethod(t *testing.T) {
	_, c := evaluated(t)
	ctx := t.Context()
	job, err := c.Explain(ctx, api.ExplainRequest{Evaluation: "colours~net", Methods: []string{"auto", "gradient", "occlusion"}, Limit: 2, Sort: "path"})
	must(t, err)
	finish(t, c, job)
	if strings.Contains(job.Title, "auto") || !strings.Contains(job.Title, "occlusion") {
		t.Errorf("the job is called %q", job.Title)
	}
	list, err := c.Samples(ctx, "colours~net", "", "path", 0, 1)
	must(t, err)
	stored, err := c.StoredMaps(ctx, "colours~net", list.Samples[0].ID, "")
	must(t, err)
	if len(stored) != 2 {
		t.Errorf("stored are %+v", stored)
	}
	for _, methods := range [][]string{nil, {"auto"}, {"occlusion"}, {"occlusion", "auto"}} {
		found, err := c.Shares(ctx, "colours~net", client.ShareQuery{Methods: methods, Targets: []string{"predicted"}})
		must(t, err)
		if len(found.Summaries) != 1 || found.Summaries[0].Method != "occlusion" || found.Summaries[0].Maps != 2 {
			t.Errorf("%v: %+v", methods, found.Summaries)
		}
	}
	drawn := 0
	must(t, c.Drawn(ctx, "colours~net", api.DrawnRequest{Samples: []int64{list.Samples[0].ID}, Methods: []string{"auto", "occlusion"}, Targets: []string{"predicted"}}, func(m client.DrawnMap) error {
		if drawn++; m.Asked.Method != "occlusion" || m.Reason == "" || m.Err != nil {
			t.Errorf("drawn for auto: %+v, %q, %v", m.Asked, m.Reason, m.Err)
		}
		return nil
	}))
	if drawn != 1 {
		t.Errorf("%d maps drawn of one", drawn)
	}
}

// What cannot work on a model is known beforehand, with the reason; a job of it is refused before
// anything is made.
func TestMethodsThatDoNotFitAreKnown(t *testing.T) {
	s, c := evaluated(t)
	ctx := t.Context()
	unfit, err := c.Unfit(ctx, "colours~net")
	must(t, err)
	if !strings.Contains(unfit["attention"], "attention") || !strings.Contains(unfit["gradcam"], "layer") || unfit["gradient"] != "" || unfit["occlusion"] != "" {
		t.Errorf("unfit are %v", unfit)
	}
	before, err := c.Jobs(ctx)
	must(t, err)
	status, _, body := request(t, http.MethodPost, s.URL()+"/api/explanations", `{"evaluation":"colours~net","methods":["gradient","attention"],"limit":2}`)
	if status != 422 || !strings.Contains(body, "attention does not fit this model") || strings.Contains(body, "gradient does not") {
		t.Errorf("%d, %s", status, body)
	}
	after, err := c.Jobs(ctx)
	must(t, err)
	if len(after) != len(before) {
		t.Errorf("%d jobs became %d", len(before), len(after))
	}
}
