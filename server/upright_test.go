package server_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server/api"
)

// turned is a PNG of 5×3 pixels with the EXIF orientation 6: it is displayed
// 3×5, but not by every browser.
func turned(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 5, 3))))
	tags := "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	chunk = append(chunk, "eXIf"+tags...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	const headerEnds = 8 + 25
	return append(append(bytes.Clone(b.Bytes()[:headerEnds]), chunk...), b.Bytes()[headerEnds:]...)
}

// An image is sent as it is if every browser shows it upright, else as an
// upright PNG; and only while the file still is an image.
func TestImagesAreUpright(t *testing.T) {
	s, c := start(t)
	dir := t.TempDir()
	must(t, fixture.WriteImages(dir, []string{"red"}, 1))
	must(t, os.WriteFile(filepath.Join(dir, "red", "turned.png"), turned(t), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "d", Path: dir})
	must(t, err)
	finish(t, c, job)
	status, kind, body := request(t, "GET", s.URL()+"/api/datasets/d/samples/1/image", "")
	plain, err := os.ReadFile(filepath.Join(dir, "red", "00.png"))
	must(t, err)
	if status != http.StatusOK || kind != "image/png" || body != string(plain) {
		t.Errorf("an upright image is not sent as it is: status %d, %s, %d bytes", status, kind, len(body))
	}
	_, _, body = request(t, "GET", s.URL()+"/api/datasets/d/samples/2/image", "")
	if shown, err := png.DecodeConfig(strings.NewReader(body)); err != nil || shown.Width != 3 || shown.Height != 5 || strings.Contains(body, "eXIf") {
		t.Errorf("the turned image is sent %d×%d (%v), want 3×5 and no orientation", shown.Width, shown.Height, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "red", "00.png"), []byte("<html><script>alert(1)</script></html>"), 0o644))
	status, kind, body = request(t, "GET", s.URL()+"/api/datasets/d/samples/1/image", "")
	if status != http.StatusConflict || kind != "application/problem+json" {
		t.Errorf("a web page in an image's place: status %d, %s, %s", status, kind, body)
	}
}
