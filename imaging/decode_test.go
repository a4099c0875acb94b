package imaging

import (
	"testing"
)

// TestDecodeEqualsPIL decodes every file of the corpus and compares all bytes.
func TestDecodeEqualsPIL(t *testing.T) {
	for _, c := range corpus(t) {
		t.Run(c.Name, func(t *testing.T) {
			file, want := c.read(t)
			info, err := Probe(file)
			if err != nil {
				t.Fatal(err)
			}
			im, err := Decode(file, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if im.Width != c.Width || im.Height != c.Height || info.Width != c.Width || info.Height != c.Height {
				t.Fatalf("decoded %d×%d, probed %d×%d, PIL %d×%d", im.Width, im.Height, info.Width, info.Height, c.Width, c.Height)
			}
			if n, largest := differing(im.Pix, want); n != 0 {
				t.Errorf("%d of %d bytes differ, by at most %d", n, len(want), largest)
			}
		})
	}
}
