package server_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/server/api"
)

// filesBelow counts the files of a workspace's folders of blocks, maps and thumbnails.
func filesBelow(t *testing.T, workspace string) (n int) {
	t.Helper()
	eachFile(t, workspace, func(fs.DirEntry) { n++ })
	return n
}

// bytesBelow sums the bytes of the files that filesBelow counts.
func bytesBelow(t *testing.T, workspace string) (sum int64) {
	t.Helper()
	eachFile(t, workspace, func(d fs.DirEntry) {
		info, err := d.Info()
		must(t, err)
		sum += info.Size()
	})
	return sum
}

// eachFile visits the files of a workspace's folders of blocks, maps and thumbnails.
func eachFile(t *testing.T, workspace string, see func(fs.DirEntry)) {
	t.Helper()
	for _, folder := range []string{"blocks", "maps", "thumbs"} {
		err := filepath.WalkDir(filepath.Join(workspace, folder), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				see(d)
			}
			return nil
		})
		must(t, err)
	}
}

func wantProblem(t *testing.T, err error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the error is %v, want one that says %q", err, says)
	}
}

// TestRenameAndRemove renames a dataset and a model and finds figures and maps under the new
// names; then it removes all, and no file of theirs is left in the workspace.
func TestRenameAndRemove(t *testing.T) {
	s, c := evaluated(t)
	ctx := t.Context()
	before, err := c.Evaluation(ctx, "colours~net", "")
	must(t, err)
	status, _ := fetched(t, s.URL()+"/api/evaluations/colours~net/samples/1/map?method=occlusion")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	_, err = c.RenameDataset(ctx, "colours", "../x")
	wantProblem(t, err, "addresses and paths")
	_, err = c.RenameDataset(ctx, "colours", "paints")
	must(t, err)
	m, err := c.RenameModel(ctx, "net", "first")
	must(t, err)
	if m.Name != "first" {
		t.Errorf("the model is called %s", m.Name)
	}
	after, err := c.Evaluation(ctx, "paints~first", "")
	must(t, err)
	if after.Correct != before.Correct || after.Dataset != "paints" || after.Model != "first" {
		t.Errorf("under its new name the evaluation is %+v", after)
	}
	if _, body := fetched(t, s.URL()+"/api/evaluations/paints~first/samples/1/maps"); !strings.Contains(body, "occlusion") {
		t.Errorf("its maps are %s", body)
	}
	_, err = c.Evaluation(ctx, "colours~net", "")
	wantProblem(t, err, "colours~net")
	again, err := c.Evaluate(ctx, api.EvaluateRequest{Dataset: "paints", Model: "first"})
	must(t, err)
	finish(t, c, again)
	if again, err = c.Job(ctx, again.ID); err != nil || again.Items != 0 {
		t.Errorf("evaluating it again did %d samples, %v; a name changes no score", again.Items, err)
	}
	if n := filesBelow(t, s.Workspace()); n < 3 {
		t.Fatalf("%d files of blocks, maps and thumbnails", n)
	}
	goes, err := c.DatasetRemoval(ctx, "paints")
	must(t, err)
	bytes := bytesBelow(t, s.Workspace())
	if len(goes.Evaluations) != 1 || goes.Samples != before.Samples || goes.Predictions != before.Samples || goes.Maps != 1 || goes.Bytes != bytes || goes.Job != nil {
		t.Errorf("with it go %+v; its files have %d bytes", goes, bytes)
	}
	removed, err := c.RemoveDataset(ctx, "paints")
	must(t, err)
	if len(removed.Evaluations) != 1 || removed.Evaluations[0] != "paints~first" {
		t.Errorf("removed %v", removed)
	}
	_, err = c.RemoveModel(ctx, "first")
	must(t, err)
	if n := filesBelow(t, s.Workspace()); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if list, err := c.Evaluations(ctx); err != nil || len(list) != 0 {
		t.Errorf("evaluations %v, %v", list, err)
	}
}

// TestUsedIsNotRemoved tries to remove and rename what a job works on, and does so when the
// job was stopped; the job is not there to be resumed.
func TestUsedIsNotRemoved(t *testing.T) {
	_, c := evaluated(t)
	ctx := t.Context()
	job, err := c.Explain(ctx, api.ExplainRequest{Evaluation: "colours~net", Method: "rise"})
	must(t, err)
	removals := map[string]func() error{
		"dataset":    func() error { _, err := c.RemoveDataset(ctx, "colours"); return err },
		"model":      func() error { _, err := c.RemoveModel(ctx, "net"); return err },
		"evaluation": func() error { _, err := c.RemoveEvaluation(ctx, "colours~net"); return err },
		"rename":     func() error { _, err := c.RenameModel(ctx, "net", "other"); return err },
	}
	for name, do := range removals {
		if err := do(); err == nil || !strings.Contains(err.Error(), "sightline jobs cancel "+job.ID) {
			t.Errorf("%s: %v", name, err)
		}
	}
	goes, err := c.EvaluationRemoval(ctx, "colours~net")
	must(t, err)
	if goes.Job == nil || goes.Job.ID != job.ID || goes.Job.Title == "" {
		t.Errorf("the job in the way is %+v, want %s", goes.Job, job.ID)
	}
	_, err = c.Cancel(ctx, job.ID)
	must(t, err)
	trying, err := c.Find(ctx, "colours~net", 2000)
	must(t, err)
	wantProblem(t, removals["dataset"](), "sightline jobs cancel "+trying.ID)
	_, err = c.Wait(ctx, trying.ID, nil)
	must(t, err)
	goes, err = c.EvaluationRemoval(ctx, "colours~net")
	must(t, err)
	if goes.Trials == 0 {
		t.Errorf("with it go no trials: %+v", goes)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = removals["evaluation"](); err == nil || !strings.Contains(err.Error(), "works on") {
			break // the stages that follow have ended
		}
	}
	must(t, err)
	_, err = c.Job(ctx, job.ID)
	wantProblem(t, err, "no such job")
}

// TestModelIsNotReplaced adds a model under a name that is taken.
func TestModelIsNotReplaced(t *testing.T) {
	_, c := evaluated(t)
	net, err := c.Model(t.Context(), "net")
	must(t, err)
	classes := filepath.Join(t.TempDir(), "classes.txt")
	must(t, os.WriteFile(classes, []byte("a\nb\nc\n"), 0o644))
	other := api.ModelRequest{Name: "net", Path: net.Path, Classes: classes, Preprocessing: "plain"}
	_, err = c.AddModel(t.Context(), other)
	wantProblem(t, err, "--replace")
	other.Replace = true
	replaced, err := c.AddModel(t.Context(), other)
	must(t, err)
	if replaced.Classes[0] != "a" {
		t.Errorf("the classes are %v", replaced.Classes)
	}
}
