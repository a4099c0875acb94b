package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/server/api"
)

// TestNothingFitsIsNoFault asks every route that explains for a sample of which the model
// gives NaN, and for a model that has no gradient: what cannot be done is 422 with the
// reason, never 500.
func TestNothingFitsIsNoFault(t *testing.T) {
	s, c := start(t)
	dir := t.TempDir()
	photos, settings := filepath.Join(dir, "photos"), filepath.Join(dir, "preprocessor_config.json")
	must(t, fixture.WriteImages(photos, []string{"red", "green", "blue"}, 2))
	must(t, os.WriteFile(settings, []byte(`{"size": {"height": 8, "width": 8}, "do_rescale": true, "rescale_factor": 3, "do_normalize": false}`), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "photos", Path: photos})
	must(t, err)
	finish(t, c, job)
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "nan", Path: testmodel.Write(t, testmodel.Options{NaN: true}), Preprocessing: settings})
	must(t, err)
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "loop", Path: testmodel.Save(t, testmodel.EndlessOnWhite()), Preprocessing: "plain"})
	must(t, err)
	said := map[string]bool{}
	for _, model := range []string{"nan", "loop"} {
		job, err := c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "photos", Model: model})
		must(t, err)
		_, err = c.Wait(t.Context(), job.ID, nil)
		must(t, err)
		base := s.URL() + "/api/evaluations/" + url.PathEscape("photos~"+model)
		addresses := []string{base + "/layers", base + "/unfit", base + "/automatic", base + "/randomisation?method=gradient&samples=2"}
		for sample := 1; sample <= 6; sample += 2 {
			for _, method := range []string{"auto", "gradient", "gradcam", "lrp", "occlusion"} {
				for _, what := range []string{"map", "trust", "agreement"} {
					addresses = append(addresses, fmt.Sprintf("%s/samples/%d/%s?method=%s&target=predicted", base, sample, what, method))
				}
			}
		}
		for _, address := range addresses {
			status, body := fetched(t, address)
			if status >= 500 {
				t.Errorf("%s: %d %s", address, status, body)
			}
			if status == http.StatusUnprocessableEntity && strings.Contains(body, "NaN") {
				said["nan"] = true
			}
			if status == http.StatusUnprocessableEntity && strings.Contains(body, "Loop") {
				said["loop"] = true
			}
		}
	}
	if !said["nan"] || !said["loop"] {
		t.Errorf("422 was said of %v; want one that names NaN and one that names Loop", said)
	}
}

func fetched(t *testing.T, address string) (status int, body string) {
	t.Helper()
	res, err := http.Get(address)
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(content)
}
