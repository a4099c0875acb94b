package server_test

import (
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server/api"
)

// A report of labels and paths that are scripts, formulas and turned text is inert, names no place on this
// machine unless told to, has a map where one is stored, and says what to run for what is not there.
func TestReport(t *testing.T) {
	s, c := start(t)
	dir := t.TempDir()
	photos, model, classes := filepath.Join(dir, "photos"), filepath.Join(dir, "net.onnx"), filepath.Join(dir, "classes.txt")
	labels := []string{"<script>alert(1)<", "=1+1|'x", "\u202eגוג"}
	must(t, fixture.WriteImages(photos, labels, 4))
	must(t, os.Rename(filepath.Join(photos, labels[1], "03.png"), filepath.Join(photos, labels[1], "<img src=x onerror=alert(1)>.png")))
	must(t, fixture.WriteModel(model, "colours"))
	must(t, os.WriteFile(classes, []byte(strings.Join(labels, "\n")+"\n"), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: photos})
	must(t, err)
	finish(t, c, job)
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "net", Path: model, Classes: classes, Preprocessing: "plain"})
	must(t, err)
	job, err = c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "colours", Model: "net"})
	must(t, err)
	finish(t, c, job)
	addOld(t, c)
	report := func(q client.ReportQuery) string {
		t.Helper()
		var b strings.Builder
		must(t, c.Report(t.Context(), "colours~net", q, &b))
		return b.String()
	}
	page := report(client.ReportQuery{Format: "html", Before: "colours~old", Images: 10})
	hash, err := c.DatasetHash(t.Context(), "colours")
	must(t, err)
	if bytes, err := hex.DecodeString(hash.SHA256); err != nil || len(bytes) != 32 || hash.Samples != 12 {
		t.Errorf("the dataset's hash is %+v", hash)
	}
	for _, want := range []string{"sightline explain colours net", "sightline findings colours net", "&lt;img src=x onerror=alert(1)&gt;.png", hash.SHA256[:12], " of 12</dd>", "Compared with"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	for _, not := range []string{"<script", "<img", dir, s.Workspace(), "http://", "https://"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	list, err := c.Samples(t.Context(), "colours~net", "correct=false", "", 0, 1)
	must(t, err)
	_, _, err = c.Map(t.Context(), "colours~net", list.Samples[0].ID, client.MapQuery{Method: "occlusion", Target: "contrast"})
	must(t, err)
	page = report(client.ReportQuery{Format: "html", Slice: "correct=false", Paths: true})
	if !strings.Contains(page, "occlusion, contrast") || !strings.Contains(page, dir) || strings.Contains(page, "sightline explain") || !strings.Contains(page, ">0 of ") {
		t.Errorf("with a map and paths: %.3000s", page)
	}
	if text := report(client.ReportQuery{Format: "markdown", All: true}); !strings.Contains(text, "n = 12") || strings.Contains(text, "<script>") || strings.Contains(text, "\u202e") {
		t.Errorf("the text is %s", text)
	}
	res, err := http.Get(s.URL() + "/api/evaluations/colours~net/report")
	must(t, err)
	res.Body.Close()
	if policy := res.Header.Get("Content-Security-Policy"); res.StatusCode != http.StatusOK || !strings.HasPrefix(policy, "default-src 'none'; img-src data:; style-src 'sha256-") {
		t.Errorf("status %d, policy %s", res.StatusCode, policy)
	}
	for address, want := range map[string]int{"no~such/report": 404, "colours~net/report?before=no~such": 404, "colours~net/report?label=rot": 400, "colours~net/report?format=pdf": 422} {
		if status, _, body := request(t, "GET", s.URL()+"/api/evaluations/"+address, ""); status != want {
			t.Errorf("%s: status %d, want %d: %s", address, status, want, body)
		}
	}
}
