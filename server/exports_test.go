package server_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// An export has the images byte by byte; where one has changed since import it ends with the
// reason, and one that is gone is left out and counted.
func TestExport(t *testing.T) {
	_, c := evaluated(t)
	d, err := c.Dataset(t.Context(), "colours")
	must(t, err)
	take := func() (map[string]string, client.Exported, error) {
		files := map[string]string{}
		n, err := c.Export(t.Context(), "colours~net", client.ExportQuery{Slice: "label=blue", Format: "folders"}, func(name string, content io.Reader) error {
			b, err := io.ReadAll(content)
			files[name] = string(b)
			return err
		})
		return files, n, err
	}
	files, n, err := take()
	must(t, err)
	original, err := os.ReadFile(filepath.Join(d.Root, "blue", "wrong.png"))
	must(t, err)
	if n.Samples != 5 || len(files) != 6 || files["blue/wrong.png"] != string(original) || files["classes.json"] != "{\n \"blue\": \"blue\"\n}\n" {
		t.Errorf("%+v, %d files", n, len(files))
	}
	must(t, os.WriteFile(filepath.Join(d.Root, "blue", "wrong.png"), append(original, 0), 0o644))
	if _, _, err := take(); err == nil || !strings.Contains(err.Error(), "wrong.png has changed since import: import the dataset again") {
		t.Errorf("a changed image: %v", err)
	}
	must(t, os.Remove(filepath.Join(d.Root, "blue", "wrong.png")))
	if _, _, err := take(); err == nil || !strings.Contains(err.Error(), "restore it, or import the dataset again") {
		t.Errorf("a missing image: %v", err)
	}
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: d.Root})
	must(t, err)
	finish(t, c, job)
	if files, n, err = take(); err != nil || n.Samples != 4 || n.LeftOut != 1 || len(files) != 5 {
		t.Errorf("after the import: %+v, %d files, %v", n, len(files), err)
	}
	_, err = c.Export(t.Context(), "colours~net", client.ExportQuery{Format: "excel"}, nil)
	if err == nil || !strings.Contains(err.Error(), `format is "excel": there are csv, jsonl`) {
		t.Errorf("an unknown format: %v", err)
	}
}
