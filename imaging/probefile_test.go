package imaging

import (
	"bytes"
	"testing"
)

// TestProbeFileEqualsProbe reads the files of the corpus in parts, as if they
// were too large to be held.
func TestProbeFileEqualsProbe(t *testing.T) {
	for _, c := range corpus(t) {
		file, _ := c.read(t)
		want, err := Probe(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []int64{1 << 20, 512} {
			if whole == 512 && c.Name[:3] == "gif" {
				whole = 2048 // its header must be in the first part
			}
			got, err := probeParts(bytes.NewReader(file), int64(len(file)), whole)
			if err != nil {
				t.Errorf("%s in parts: %v", c.Name, err)
				continue
			}
			if got.Format != want.Format || got.Width != want.Width || got.Height != want.Height || got.Orientation != want.Orientation {
				t.Errorf("%s in parts of %d: %+v, whole: %+v", c.Name, whole, got, want)
			}
		}
	}
}

// TestProbeFileHoldsLittle: a gigabyte of zeros behind a header costs nothing.
func TestProbeFileHoldsLittle(t *testing.T) {
	for name, head := range map[string][]byte{
		"png":  pngHeader(40, 30),
		"jpeg": []byte("\xff\xd8\xff"),
		"tiff": []byte("II*\x00\x00\x00\x00\x20"),
		"webp": []byte("RIFF\x00\x00\x00\x40WEBPVP8X"),
		"gif":  []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00,"),
		"none": nil,
	} {
		t.Run(name, func(t *testing.T) {
			allocated := testing.AllocsPerRun(1, func() { ProbeFile(sparse{head}, 1<<30) })
			if allocated > 300_000 {
				t.Errorf("%.0f allocations", allocated)
			}
		})
	}
}

// sparse is a file of zeros with something at its beginning.
type sparse struct{ head []byte }

func (s sparse) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	if at < int64(len(s.head)) {
		copy(p, s.head[at:])
	}
	return len(p), nil
}
