package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// The tests of an evaluation go through their stages, each a job, and what they showed is
// told by the route; what is declared changes the answer at once.
func TestFindings(t *testing.T) {
	_, c := evaluated(t)
	none, err := c.Findings(t.Context(), "colours~net")
	must(t, err)
	if none.Stage != "screen" || len(none.Findings)+len(none.NotFound) != 9 || !strings.HasSuffix(none.Headline, "has not been tested yet.") || none.Passes != 0 {
		t.Errorf("before any test: %+v", none)
	}
	var stages []string
	for {
		job, err := c.Find(t.Context(), "colours~net", 2000)
		must(t, err)
		if job == nil {
			break
		}
		ended, err := c.Wait(t.Context(), job.ID, nil)
		must(t, err)
		if ended.State != api.JobDone {
			t.Fatalf("%s: %s", ended.Title, ended.Error)
		}
		stages = append(stages, ended.Result["stage"].(string))
	}
	if len(stages) == 0 || len(stages) > 5 || stages[0] != "screen" {
		t.Errorf("stages %v", stages)
	}
	found, err := c.Findings(t.Context(), "colours~net")
	must(t, err)
	if found.Stage != "" || found.Stale || found.Job != "" || found.Budget != 2000 || found.Passes == 0 || found.Passes > 2000 || len(found.Findings) == 0 {
		t.Errorf("%+v", found)
	}
	if len(found.NotFound)+countOf(found, "numbers") != 9 || countOf(found, "tested") == 0 {
		t.Errorf("%d findings of tests, %d of figures, %d not found", countOf(found, "tested"), countOf(found, "numbers"), len(found.NotFound))
	}
	for _, f := range found.Findings {
		if f.Key == "" || f.Grade == "numbers" {
			continue
		}
		if f.Text == "" || f.N == 0 || f.Low > f.Effect || f.High < f.Effect || len(f.Fills) == 0 {
			t.Errorf("%+v", f)
		}
	}
	// An evaluation that has nothing left to do changes nothing.
	job, err := c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "colours", Model: "net"})
	must(t, err)
	finish(t, c, job)
	if again, err := c.Find(t.Context(), "colours~net", 0); err != nil || again != nil {
		t.Errorf("tested again after an evaluation without anything to do: %v, %v", again, err)
	}
	first := *found.Findings[0].Region
	declared, err := c.Declare(t.Context(), "colours", api.Declarations{Declared: []api.Declaration{{Region: first, Word: "unwanted"}}})
	must(t, err)
	again, err := c.Findings(t.Context(), "colours~net")
	must(t, err)
	if len(declared.Declared) != 1 || again.Findings[0].Declared != "unwanted" || again.Stage != "" {
		t.Errorf("declared %+v: %+v", declared, again.Findings[0])
	}
	if read, err := c.Declarations(t.Context(), "colours"); err != nil || len(read.Declared) != 1 {
		t.Errorf("%+v, %v", read, err)
	}
}

func countOf(f api.Findings, grade string) (n int) {
	for _, one := range f.Findings {
		if one.Grade == grade {
			n++
		}
	}
	return n
}

// What is dismissed comes last, with its note, and not in the headline, until it is taken back.
func TestDismissedFindings(t *testing.T) {
	_, c := guessing(t, 20)
	before, err := c.Findings(t.Context(), "photos~net")
	must(t, err)
	told := before.Findings[0]
	if told.Kind != "preprocessing" || !strings.HasPrefix(before.Headline, "The model is right hardly more often") {
		t.Fatalf("%s: %+v", before.Headline, told)
	}
	_, err = c.Dismiss(t.Context(), "photos", api.DismissRequest{Dismiss: []api.Dismissal{{Key: told.Key, Note: "known", Text: told.Text}}})
	must(t, err)
	after, err := c.Findings(t.Context(), "photos~net")
	must(t, err)
	i := slices.IndexFunc(after.Findings, func(f api.Finding) bool { return f.Key == told.Key })
	if last := after.Findings[i]; last.Dismissed == nil || last.Dismissed.Note != "known" || last.Dismissed.Made.IsZero() || after.Headline == before.Headline || i != len(after.Findings)-1 {
		t.Errorf("dismissed: %s, %+v", after.Headline, last)
	}
	kept, err := c.Dismiss(t.Context(), "photos", api.DismissRequest{Back: []string{told.Key}})
	must(t, err)
	if listed, err := c.Dismissals(t.Context(), "photos"); err != nil || len(kept.Dismissed)+len(listed.Dismissed) != 0 {
		t.Errorf("taken back: %+v, %v", listed, err)
	}
	_, err = c.Dismiss(t.Context(), "photos", api.DismissRequest{Dismiss: []api.Dismissal{{}}})
	if !isStatus(err, http.StatusBadRequest) {
		t.Error(err)
	}
}

func TestFindingsOfWhatIsNotThere(t *testing.T) {
	s, c := evaluated(t)
	if _, err := c.Findings(t.Context(), "no~such"); !isStatus(err, http.StatusNotFound) {
		t.Error(err)
	}
	if _, err := c.Find(t.Context(), "no~such", 0); !isStatus(err, http.StatusNotFound) {
		t.Error(err)
	}
	if _, err := c.Declare(t.Context(), "nothing", api.Declarations{Declared: []api.Declaration{{Region: "head", Word: "unwanted"}}}); !isStatus(err, http.StatusNotFound) {
		t.Error(err)
	}
	_, err := c.Declare(t.Context(), "colours", api.Declarations{Declared: []api.Declaration{{Word: "unwanted"}}})
	if !isStatus(err, http.StatusBadRequest) || !strings.Contains(err.Error(), "name a region") {
		t.Error(err)
	}
	if status, _, body := request(t, "PUT", s.URL()+"/api/datasets/colours/declarations", `{"declared": [{"region": "head", "word": "nice"}]}`); status != http.StatusUnprocessableEntity {
		t.Errorf("%d: %s", status, body)
	}
}

func isStatus(err error, status int) bool {
	refused, ok := err.(*client.Error)
	return ok && refused.Status == status
}
