package tasks

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// replaceImage puts other bytes where an image was imported from: those of another image
// of the folder, or, of the same size, its own with one bit turned.
func replaceImage(t *testing.T, path, by string) {
	t.Helper()
	data := mustRead(t, path)
	if by != "" {
		data = mustRead(t, by)
	} else {
		data = bytes.Clone(data)
		data[len(data)/2] ^= 1
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func isChanged(err error) bool {
	var coded *jobs.Coded
	return errors.As(err, &coded) && coded.Code == task.CodeChanged && strings.Contains(err.Error(), "changed since import: import the dataset again")
}

// An image that was replaced since its import is set aside, and the others are evaluated;
// once the dataset is imported again it is evaluated, too.
func TestReplacedImagesAreSetAside(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 12, 40, 40)
	r.importFolder(t, root)
	spec := r.addModel(t, testmodel.Options{Side: 32})
	replaceImage(t, filepath.Join(root, "1", "0001.jpg"), filepath.Join(root, "2", "0002.jpg"))
	replaceImage(t, filepath.Join(root, "0", "0006.jpg"), "")
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	if job = r.run(t, job, err); job.Done != 12 || job.Failed != 2 {
		t.Errorf("%d done, %d failed, want 12 and the two that were replaced", job.Done, job.Failed)
	}
	failed, err := r.store.Results.Failures(ctx, "photos~tiny")
	if err != nil || len(failed) != 2 || !strings.Contains(failed[0].Reason, "changed since import") || !strings.Contains(failed[1].Reason, "changed since import") {
		t.Errorf("failures %v, %v", failed, err)
	}
	compareWithSingleRuns(t, r, spec, 10)
	r.importFolder(t, root)
	job, err = r.evaluate.Start(ctx, "photos", "tiny", nil)
	if job = r.run(t, job, err); job.Items != 2 || job.Failed != 0 {
		t.Errorf("imported again: %d evaluated, %d failed", job.Items, job.Failed)
	}
	compareWithSingleRuns(t, r, spec, 12)
}

// Nothing is made of an image that was replaced: no map, no trust, no drawing, no
// thumbnail. What was stored before stays.
func TestNothingIsMadeOfReplacedImages(t *testing.T) {
	r, page := evaluatedRig(t)
	ctx := context.Background()
	options := explain.MapOptions{Method: "gradcam", Target: "predicted"}
	m, err := r.maps.Explain(ctx, "photos~tiny", page[3].ID, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	replaceImage(t, fileOf(t, r, page[3].ID), "")
	s, err := r.store.Catalog.Sample(ctx, page[3].ID)
	if err != nil {
		t.Fatal(err)
	}
	other, err := r.store.Catalog.Sample(ctx, page[4].ID)
	if err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"map": func() error {
			_, err := r.maps.Explain(ctx, "photos~tiny", s.ID, explain.MapOptions{Method: "occlusion", Target: "predicted"}, nil)
			return err
		},
		"trust":     func() error { _, err := r.assess.Trust(ctx, "photos~tiny", s.ID, options, nil); return err },
		"thumbnail": func() error { _, err := r.importing.Thumbnail(ctx, s); return err },
		"upright":   func() error { _, err := r.importing.Upright(ctx, s); return err },
		"drawing": func() error {
			drawn, err := r.maps.Draw(ctx, "", []explain.Drawing{{Image: s.Image(), Maps: []*attribution.Map{m}}, {Image: other.Image(), Maps: []*attribution.Map{m, m}}})
			if err != nil {
				return err
			}
			if good := drawn[1]; good.Err != nil || len(good.PNGs) != 2 || len(good.PNGs[0]) == 0 || !bytes.Equal(good.PNGs[0], good.PNGs[1]) {
				t.Errorf("the image beside it: %v", good.Err)
			}
			return drawn[0].Err
		},
	} {
		if err := do(); !isChanged(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	job, err := r.maps.ExplainSelection(ctx, explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath}, true, options)
	if job = r.run(t, job, err); job.Items != 9 || job.Failed != 1 || !strings.Contains(string(job.Result), "changed since import") {
		t.Errorf("a job of maps: %d items, %d failed, %s", job.Items, job.Failed, job.Result)
	}
	if again, err := r.maps.Stored(ctx, "photos~tiny", s.ID, options); err != nil || again == nil || again.Seconds != m.Seconds {
		t.Errorf("the map that was stored: %v, %v", again, err)
	}
	if _, err := r.store.Catalog.Thumbnail(ctx, s.Hash); err != nil {
		t.Errorf("the thumbnail that was stored: %v", err)
	}
}
