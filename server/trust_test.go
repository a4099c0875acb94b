package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/trust"
)

// A map is assessed on demand, with progress, and its header tells the verdict from
// then on.
func TestTrustRoutes(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	id := list.Samples[0].ID
	query := client.MapQuery{Method: "occlusion", Seed: 5}
	if _, err := c.Trust(t.Context(), "colours~net", id, query, true); err == nil || !strings.Contains(err.Error(), "not been assessed") {
		t.Errorf("asked for what is not stored: %v", err)
	}
	h, _, err := c.Map(t.Context(), "colours~net", id, query)
	if err != nil || h.Verdict != "" {
		t.Errorf("before: %+v, %v", h, err)
	}
	done := watchTrust(t, s.URL()+"/api/evaluations/colours~net/samples/"+itoa(id)+"/trust/events?method=occlusion&seed=5")
	stored, err := c.Trust(t.Context(), "colours~net", id, query, true)
	if err != nil || stored.Verdict == "" || stored.Verdict != done.Verdict || stored.Seconds != done.Seconds || len(stored.Controls) < trust.DefaultDraws {
		t.Errorf("stored %+v, streamed %+v, %v", stored, done, err)
	}
	if h, _, err = c.Map(t.Context(), "colours~net", id, query); err != nil || h.Verdict != string(done.Verdict) {
		t.Errorf("after: %q, want %q; %v", h.Verdict, done.Verdict, err)
	}
	maps, err := c.StoredMaps(t.Context(), "colours~net", id, "")
	if err != nil || len(maps) != 1 || maps[0].Verdict != h.Verdict || maps[0].Seed != 5 {
		t.Errorf("stored maps %+v, %v", maps, err)
	}
	agreement := answer[api.Agreement](t, s.URL()+"/api/evaluations/colours~net/samples/"+itoa(id)+"/agreement?target=predicted")
	if len(agreement.Correlations) != 1 || agreement.Correlations[0][0] != 1 {
		t.Errorf("agreement %+v", agreement)
	}
}

// watchTrust reads a stream of progress to its result.
func watchTrust(t *testing.T, address string) (done api.Trust) {
	t.Helper()
	res, err := http.Get(address)
	must(t, err)
	defer res.Body.Close()
	steps := 0
	must(t, client.ReadEvents(res.Body, func(event string, data []byte) error {
		switch event {
		case "progress":
			var p api.MeasureProgress
			must(t, json.Unmarshal(data, &p))
			if steps++; p.Total != (trust.Options{}).Forwards() || p.Done < 1 || p.Rate <= 0 {
				t.Errorf("progress %+v", p)
			}
		case "done":
			must(t, json.Unmarshal(data, &done))
		default:
			t.Errorf("event %s: %s", event, data)
		}
		return nil
	}))
	if steps == 0 {
		t.Error("no progress")
	}
	return done
}

// A model without spatial positions inside has no layers, and the answer says
// what to do instead.
func TestLayersAreListedOrExplained(t *testing.T) {
	_, c := evaluated(t)
	found, err := c.Layers(t.Context(), "colours~net")
	must(t, err)
	if len(found.Layers) == 0 && !strings.Contains(found.Reason, "occlusion") {
		t.Errorf("%+v", found)
	}
	if _, err := c.Layers(t.Context(), "nothing"); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("an evaluation that is not there: %v", err)
	}
}

// A method that does not fit the model is the asker's choice, not the server's
// failure.
func TestAMethodThatDoesNotFitIsRefused(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	res, err := http.Get(s.URL() + "/api/evaluations/colours~net/samples/" + itoa(list.Samples[0].ID) + "/map?method=attention")
	must(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("attention of a model without any: status %d", res.StatusCode)
	}
}

// A method is checked once by random weights; then the answer is stored.
func TestRandomisationIsComputedOnce(t *testing.T) {
	s, c := evaluated(t)
	address := s.URL() + "/api/evaluations/colours~net/randomisation?method=occlusion"
	res, err := http.Get(address + "&stored=true")
	must(t, err)
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("asked for what is not stored: status %d", res.StatusCode)
	}
	found, err := c.Randomisation(t.Context(), "colours~net", client.MapQuery{Method: "occlusion"}, false)
	must(t, err)
	if found.Method != "occlusion" || len(found.Stages) != 1 || found.Stages[0].Signed.N+found.Stages[0].Empty+found.Stages[0].Signed.Red == 0 {
		t.Errorf("%+v", found)
	}
	again, err := c.Randomisation(t.Context(), "colours~net", client.MapQuery{Method: "occlusion"}, true)
	if err != nil || again.Stages[0] != found.Stages[0] {
		t.Errorf("stored %+v, computed %+v, %v", again, found, err)
	}
}
