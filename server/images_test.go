package server_test

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server/api"
)

// Browsers get files they can show as they are, others as PNG, and thumbnails
// of all.
func TestImages(t *testing.T) {
	s, c := start(t)
	root := t.TempDir()
	must(t, fixture.WriteImages(root, []string{"red"}, 1))
	pixels := bytes.Repeat([]byte{200, 10, 10}, 6*4)
	must(t, os.WriteFile(filepath.Join(root, "red", "old.ppm"), append([]byte("P6 6 4 255\n"), pixels...), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "photos", Path: root})
	must(t, err)
	finish(t, c, job)

	original, err := os.ReadFile(filepath.Join(root, "red", "00.png"))
	must(t, err)
	if kind, content := shown(t, s.URL(), 1, "image"); kind != "image/png" || !bytes.Equal(content, original) {
		t.Errorf("the PNG came as %s, %d bytes, want its own %d", kind, len(content), len(original))
	}
	kind, content := shown(t, s.URL(), 2, "image")
	im, err := png.Decode(bytes.NewReader(content))
	if err != nil || kind != "image/png" || im.Bounds().Dx() != 6 || im.Bounds().Dy() != 4 {
		t.Errorf("the PPM came as %s: %v", kind, err)
	} else if r, g, _, _ := im.At(5, 3).RGBA(); r>>8 != 200 || g>>8 != 10 {
		t.Errorf("the PPM's last pixel is %v", im.At(5, 3))
	}
	for _, sample := range []int64{1, 2} {
		kind, content := shown(t, s.URL(), sample, "thumbnail")
		if _, err := jpeg.Decode(bytes.NewReader(content)); err != nil || kind != "image/jpeg" {
			t.Errorf("the thumbnail of %d came as %s: %v", sample, kind, err)
		}
	}
	must(t, os.Remove(filepath.Join(root, "red", "00.png")))
	if status, _, body := request(t, "GET", s.URL()+"/api/datasets/photos/samples/1/image", ""); status != http.StatusNotFound {
		t.Errorf("a file that is gone: %d %s", status, body)
	}
}

func shown(t *testing.T, server string, sample int64, what string) (string, []byte) {
	t.Helper()
	address := server + "/api/datasets/photos/samples/" + itoa(sample) + "/" + what
	res, err := http.Get(address)
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s of sample %d: %s: %s", what, sample, res.Status, content)
	}
	if tag := res.Header.Get("ETag"); tag != "" {
		req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		must(t, err)
		req.Header.Set("If-None-Match", tag)
		again, err := http.DefaultClient.Do(req)
		must(t, err)
		again.Body.Close()
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s of sample %d asked again: %s", what, sample, again.Status)
		}
	}
	return res.Header.Get("Content-Type"), content
}

// An image that was replaced since its import is not shown as the sample, neither as a
// file nor converted; the thumbnail is of what was imported.
func TestReplacedImageIsNotShown(t *testing.T) {
	s, c := start(t)
	root := t.TempDir()
	must(t, fixture.WriteImages(root, []string{"red"}, 2))
	ppm := filepath.Join(root, "red", "old.ppm")
	must(t, os.WriteFile(ppm, append([]byte("P6 6 4 255\n"), bytes.Repeat([]byte{200, 10, 10}, 6*4)...), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "photos", Path: root})
	must(t, err)
	finish(t, c, job)
	_, before := shown(t, s.URL(), 1, "thumbnail")
	other, err := os.ReadFile(filepath.Join(root, "red", "01.png"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(root, "red", "00.png"), other, 0o644))
	must(t, os.WriteFile(ppm, append([]byte("P6 6 4 255\n"), bytes.Repeat([]byte{10, 10, 200}, 6*4)...), 0o644))
	for _, sample := range []int64{1, 3} {
		status, _, body := request(t, "GET", s.URL()+"/api/datasets/photos/samples/"+itoa(sample)+"/image", "")
		if status != http.StatusConflict || !strings.Contains(body, "changed since import: import the dataset again") {
			t.Errorf("image of sample %d: %d %s", sample, status, body)
		}
	}
	if _, after := shown(t, s.URL(), 1, "thumbnail"); !bytes.Equal(before, after) {
		t.Error("the thumbnail is another")
	}
}
