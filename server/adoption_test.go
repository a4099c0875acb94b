package server_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
)

// guessing runs a server that has evaluated a model that takes blue, green, red, which nothing
// says, on count images of each of three classes.
func guessing(t *testing.T, count int) (*server.Server, *client.Client) {
	t.Helper()
	s, c := start(t)
	dir := t.TempDir()
	photos, model, classes := filepath.Join(dir, "photos"), filepath.Join(dir, "net.onnx"), filepath.Join(dir, "names.txt")
	must(t, fixture.WriteImages(photos, []string{"red", "green", "blue"}, count))
	must(t, fixture.WriteModel(model, "bgr"))
	must(t, os.WriteFile(classes, []byte("red\ngreen\nblue\n"), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "photos", Path: photos})
	must(t, err)
	finish(t, c, job)
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "net", Path: model, Classes: classes})
	must(t, err)
	job, err = c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "photos", Model: "net"})
	must(t, err)
	finish(t, c, job)
	return s, c
}

// adopt asks for what was found for an evaluation to be adopted.
func adopt(t *testing.T, s *server.Server, evaluation string) (status int, kind, body string) {
	t.Helper()
	return request(t, "POST", s.URL()+"/api/evaluations/"+evaluation+"/probe", "{}")
}

// adopting is adopt, where it is possible.
func adopting(t *testing.T, s *server.Server, evaluation string) (job api.Job) {
	t.Helper()
	status, _, body := adopt(t, s, evaluation)
	if status != http.StatusAccepted {
		t.Fatalf("adopting what was found for %s: %d %s", evaluation, status, body)
	}
	must(t, json.Unmarshal([]byte(body), &job))
	return job
}

// TestProbeIsAdoptedAndUndone follows a guess from its first evaluation to the settings found,
// and back: the first evaluation stays as it was.
func TestProbeIsAdoptedAndUndone(t *testing.T) {
	s, c := guessing(t, 12)
	ctx := t.Context()
	state := func(evaluation string, want api.EvaluationProbe, found bool) api.EvaluationProbe {
		t.Helper()
		p, err := c.EvaluationProbe(ctx, evaluation)
		must(t, err)
		got := p
		got.Found = nil
		if got != want || (p.Found != nil) != found {
			t.Errorf("%s: %+v, found %v; want %+v", evaluation, got, p.Found != nil, want)
		}
		return p
	}
	state("photos~net", api.EvaluationProbe{Settings: "guessed", Wanted: true}, false)
	if status, _, body := adopt(t, s, "photos~net"); status != http.StatusConflict || !strings.Contains(body, "no probe of photos~net found settings") {
		t.Errorf("adopted what is not known: %d %s", status, body)
	}

	if status, body := fetched(t, s.URL()+"/api/evaluations/photos~net/probe/events"); status != 200 {
		t.Fatal(status, body)
	}
	before := state("photos~net", api.EvaluationProbe{Settings: "guessed", Of: "photos~net"}, true)
	if f := before.Found; !f.Clear || !f.Better || !f.Chosen.Preprocessing.DoFlipChannelOrder || f.Source == "" || f.Command == "" {
		t.Fatalf("found %+v", f)
	}
	again, err := c.Probe(ctx, "photos", "net", nil)
	must(t, err)
	if again.Chosen.LogLoss != before.Found.Chosen.LogLoss || again.Source != before.Found.Source {
		t.Errorf("kept is %+v, and measured again %+v", before.Found, again)
	}

	finish(t, c, adopting(t, s, "photos~net"))
	adopted := api.EvaluationProbe{Settings: "measured", Of: "photos~net", Adopted: "net-measured", Now: "photos~net-measured"}
	state("photos~net-measured", adopted, true)
	adopted.Settings = "guessed"
	state("photos~net", adopted, true)
	checkAccuracy(t, c, "photos~net-measured", 1)
	checkAccuracy(t, c, "photos~net", 1.0/3)
	finish(t, c, adopting(t, s, "photos~net"))
	if list, err := c.Models(ctx); err != nil || len(list) != 2 {
		t.Errorf("adopting twice makes %d models, %v", len(list), err)
	}

	removed, err := c.RemoveModel(ctx, "net-measured")
	must(t, err)
	if !slices.Equal(removed.Evaluations, []string{"photos~net-measured"}) {
		t.Errorf("removed %v", removed)
	}
	state("photos~net", api.EvaluationProbe{Settings: "guessed", Of: "photos~net"}, true)
}

// TestProbeFollowsNames renames what a probe was of, and adopts it where the usual name is
// taken.
func TestProbeFollowsNames(t *testing.T) {
	s, c := guessing(t, 12)
	ctx := t.Context()
	_, err := c.Probe(ctx, "photos", "net", nil)
	must(t, err)
	_, err = c.RenameModel(ctx, "net", "first")
	must(t, err)
	first, err := c.Model(ctx, "first")
	must(t, err)
	_, err = c.AddModel(ctx, api.ModelRequest{Name: "first-measured", Path: first.Path, Preprocessing: "plain"})
	must(t, err)
	finish(t, c, adopting(t, s, "photos~first"))
	p, err := c.EvaluationProbe(ctx, "photos~first-measured-2")
	must(t, err)
	if p.Settings != "measured" || p.Of != "photos~first" || p.Found == nil || p.Found.Model != "first" {
		t.Errorf("%+v", p)
	}
}

// TestProbeIsNotWanted where there are too few labelled samples, or the settings are stated.
func TestProbeIsNotWanted(t *testing.T) {
	_, c := guessing(t, 3)
	p, err := c.EvaluationProbe(t.Context(), "photos~net")
	must(t, err)
	if p.Wanted || p.Settings != "guessed" {
		t.Errorf("of nine samples: %+v", p)
	}
	_, c = evaluated(t)
	if p, err = c.EvaluationProbe(t.Context(), "colours~net"); err != nil || p.Wanted || p.Settings != "stated" {
		t.Errorf("of stated settings: %+v, %v", p, err)
	}
}

func checkAccuracy(t *testing.T, c *client.Client, evaluation string, want float64) {
	t.Helper()
	e, err := c.Evaluation(t.Context(), evaluation, "")
	must(t, err)
	if e.Accuracy != want {
		t.Errorf("the accuracy of %s is %v, want %v", evaluation, e.Accuracy, want)
	}
}
