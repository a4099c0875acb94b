package imaging

import (
	"slices"
	"strings"
	"testing"
)

// TestDecodeEqualsPIL decodes every file of the corpus and compares all bytes.
func TestDecodeEqualsPIL(t *testing.T) {
	cases := corpus(t)
	if !slices.ContainsFunc(cases, func(c corpusCase) bool { return strings.HasPrefix(c.Name, "jpeg-odd-") }) {
		t.Run("jpeg-odd", func(t *testing.T) {
			t.Skip("JPEG samplings that PIL cannot write are left out: there is no cjpeg (libjpeg-turbo-progs)")
		})
	}
	for _, c := range cases {
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
