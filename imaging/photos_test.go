package imaging

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
)

var allPhotos = flag.Bool("all-photos", false, "compare every photo of the test material, not every eighth")

func everyNth(files []string, n int) []string {
	var some []string
	for i := 0; i < len(files); i += n {
		some = append(some, files[i])
	}
	return some
}

// photos lists the real image files under a folder of the test material.
func photos(t testing.TB, folder string) []string {
	t.Helper()
	var files []string
	root := filepath.Join(testdata.Dir(t), "images", folder)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		ext := strings.ToLower(filepath.Ext(path))
		if err == nil && slices.Contains([]string{".jpg", ".jpeg", ".png", ".bmp", ".ppm"}, ext) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPhotosEqualPIL decodes and resizes every real photo of the test material.
func TestPhotosEqualPIL(t *testing.T) {
	files := photos(t, "")
	needPython(t, "PIL, numpy")
	if !*allPhotos {
		files = everyNth(files, 8)
	}
	var want []struct {
		File, Decoded, Resized string
		Width, Height          int
	}
	runOracle(t, "photos.py", map[string]any{"files": files, "edge": 256, "filter": int(Bicubic)}, &want)
	for _, w := range want {
		im, err := Decode(readFile(t, w.File), Limits{})
		if err != nil {
			t.Errorf("%s: %v", w.File, err)
			continue
		}
		if digest(im.Pix) != w.Decoded {
			t.Errorf("%s: decoded pixels differ from PIL's", w.File)
		}
		if digest(Resize(im, w.Width, w.Height, Bicubic, true).Pix) != w.Resized {
			t.Errorf("%s: resized pixels differ from PIL's", w.File)
		}
	}
	t.Logf("%d photos compared", len(want))
}

func digest(pix []byte) string {
	sum := sha256.Sum256(pix)
	return hex.EncodeToString(sum[:])
}
