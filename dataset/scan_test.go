package dataset

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var ctx = context.Background()

// pngOf is an image that differs from the others by its shade.
func pngOf(shade, w, h int) []byte {
	im := image.NewGray(image.Rect(0, 0, w, h))
	for i := range im.Pix {
		im.Pix[i] = uint8(shade)
	}
	im.SetGray(0, 0, color.Gray{uint8(shade >> 8)})
	var buf bytes.Buffer
	if err := png.Encode(&buf, im); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// rotatedJPEG is a JPEG of that stored size with EXIF orientation 6.
func rotatedJPEG(w, h int) []byte {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		panic(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return slices.Concat(buf.Bytes()[:2], segment, buf.Bytes()[2:])
}

// plant writes files under a new folder: "" as content stands for an image of
// its own, "=name" for a copy of another file.
func plant(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		content := []byte(files[name])
		if len(content) == 0 {
			content = pngOf(i+1, 4, 3)
		}
		if from, ok := strings.CutPrefix(files[name], "="); ok {
			data, err := os.ReadFile(filepath.Join(root, from))
			if err != nil {
				t.Fatal(err)
			}
			content = data
		}
		write(t, filepath.Join(root, name), content)
	}
	return root
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func scan(t testing.TB, src Source) *Result {
	t.Helper()
	r, err := Scan(ctx, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines shows samples as "path label split", and "-" for what there is not.
func lines(r *Result) []string {
	var out []string
	for _, s := range r.Samples {
		line := s.Path
		for _, v := range []string{s.Label, s.Split} {
			if v == "" {
				v = "-"
			}
			line += " " + v
		}
		out = append(out, line)
	}
	return out
}

func pathsOf(r *Result, kind string) []string {
	out := []string{}
	for _, m := range r.Remarks {
		if m.Kind == kind {
			out = append(out, m.Path)
		}
	}
	return out
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestFoldersGiveLabelsAndSplits(t *testing.T) {
	for name, c := range map[string]struct{ files, want []string }{
		"class folders":             {[]string{"cake/1.png", "tea/2.JPG"}, []string{"cake/1.png cake -", "tea/2.JPG tea -"}},
		"splits":                    {[]string{"train/cake/1.png", "Validation/tea/2.png"}, []string{"Validation/tea/2.png tea val", "train/cake/1.png cake train"}},
		"one split":                 {[]string{"test/cake/1.png", "test/tea/1.png"}, []string{"test/cake/1.png cake test", "test/tea/1.png tea test"}},
		"fine in coarse":            {[]string{"test/Fruit/Apple/Red/1.png", "test/Fruit/Kiwi/2.png"}, []string{"test/Fruit/Apple/Red/1.png Red test", "test/Fruit/Kiwi/2.png Kiwi test"}},
		"folders above":             {[]string{"data/images/train/cake/1.png", "data/images/test/cake/2.png"}, []string{"data/images/test/cake/2.png cake test", "data/images/train/cake/1.png cake train"}},
		"a class named like one":    {[]string{"train/1.png", "bus/2.png"}, []string{"bus/2.png bus -", "train/1.png train -"}},
		"images in the root":        {[]string{"1.png", "2.png"}, []string{"1.png - -", "2.png - -"}},
		"images in splits":          {[]string{"train/1.png", "test/2.png"}, []string{"test/2.png - test", "train/1.png - train"}},
		"an image beside the split": {[]string{"train/cake/1.png", "x.png"}, []string{"train/cake/1.png cake -", "x.png - -"}},
		"a folder beside splits":    {[]string{"train/cake/1.png", "test/cake/2.png", "extra/cake/3.png"}, []string{"extra/cake/3.png cake extra", "test/cake/2.png cake test", "train/cake/1.png cake train"}},
		"images beside splits":      {[]string{"train/cake/1.png", "test/cake/2.png", "x.png"}, []string{"test/cake/2.png cake test", "train/cake/1.png cake train", "x.png - -"}},
		"a single class":            {[]string{"cake/1.png"}, []string{"cake/1.png cake -"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, f := range c.files {
				files[f] = ""
			}
			equal(t, "samples", lines(scan(t, Source{Root: plant(t, files)})), c.want)
		})
	}
}

// TestALoneSplitBesideItsClasses: which folders belong together is not guessed, but said.
func TestALoneSplitBesideItsClasses(t *testing.T) {
	r := scan(t, Source{Root: plant(t, map[string]string{"cake/1.png": "", "tea/2.png": "", "test/cake/3.png": ""})})
	equal(t, "samples", lines(r), []string{"cake/1.png cake -", "tea/2.png tea -", "test/cake/3.png cake -"})
	if len(r.Remarks) != 1 || !strings.Contains(r.Remarks[0].Detail, "the folder test stands beside folders of classes") {
		t.Errorf("got %+v", r.Remarks)
	}
	r = scan(t, Source{Root: plant(t, map[string]string{"cake/1.png": "", "train/2.png": ""})}) // a class of trains
	if len(r.Remarks) != 0 {
		t.Errorf("got %+v", r.Remarks)
	}
}

func TestScanReadsHeadersAndHashes(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": "", "a/2.png": "=a/1.png", "a/3.png": "", "a/r.jpg": string(rotatedJPEG(8, 5))})
	r := scan(t, Source{Root: root, Split: "test"})
	a, b, c, rotated := r.Samples[0], r.Samples[1], r.Samples[2], r.Samples[3]
	if a.Hash != b.Hash || a.Hash == c.Hash || len(a.Hash) != 32 {
		t.Errorf("hashes %s, %s (a copy), %s (another)", a.Hash, b.Hash, c.Hash)
	}
	if a.Width != 4 || a.Height != 3 || a.Format != "png" || a.Bytes == 0 || a.Orientation != 1 || a.Split != "test" {
		t.Errorf("got %+v", a)
	}
	if rotated.Width != 8 || rotated.Height != 5 || rotated.Orientation != 6 || rotated.Format != "jpeg" {
		t.Errorf("got %+v", rotated)
	}
}

func TestBadFilesAreQuarantinedWithAReason(t *testing.T) {
	bomb := pngOf(1, 4, 3)
	copy(bomb[16:24], "\x00\x01\x00\x00\x00\x01\x00\x00") // 65536 × 65536
	root := plant(t, map[string]string{
		"a/fine.png": "", "a/page.jpg": "<!doctype html><title>404</title>", "a/cut.png": string(pngOf(1, 4, 3)[:12]),
		"a/bomb.png": string(bomb), "a/really.jpg": string(pngOf(9, 4, 3)),
	})
	write(t, filepath.Join(root, "a/empty.png"), nil)
	if err := os.Symlink("nowhere.png", filepath.Join(root, "a/link.png")); err != nil {
		t.Fatal(err)
	}
	problems := map[string]string{}
	r := scan(t, Source{Root: root})
	for _, s := range r.Samples {
		problems[strings.TrimPrefix(s.Path, "a/")] = s.Problem
	}
	for name, part := range map[string]string{"page.jpg": "no format known", "cut.png": "png header", "bomb.png": "more than the limit",
		"empty.png": "empty", "link.png": "no such file"} {
		if !strings.Contains(problems[name], part) {
			t.Errorf("%s: %q does not say %q", name, problems[name], part)
		}
	}
	if problems["fine.png"] != "" || problems["really.jpg"] != "" {
		t.Errorf("good files are quarantined: %q", problems)
	}
	if len(problems) != 7 {
		t.Errorf("%d samples, want 7: %v", len(problems), problems)
	}
}

func TestUnreadableFileIsQuarantined(t *testing.T) {
	if asNobody(t) { // root reads every file
		return
	}
	root := plant(t, map[string]string{"a/1.png": "", "a/2.png": ""})
	if err := os.Chmod(filepath.Join(root, "a/1.png"), 0); err != nil {
		t.Fatal(err)
	}
	if p := scan(t, Source{Root: root}).Samples[0].Problem; !strings.Contains(p, "permission denied") {
		t.Errorf("problem %q", p)
	}
}

func TestStraysAndHiddenFoldersAreNotSamples(t *testing.T) {
	r := scan(t, Source{Root: plant(t, map[string]string{"a/1.png": "", "a/Thumbs.db": "x", "note.txt": "x", "a/._1.png": "x", ".git/x.png": "", "__MACOSX/a/1.png": "x"})})
	equal(t, "samples", lines(r), []string{"a/1.png a -"})
	equal(t, "strays", pathsOf(r, Stray), []string{"a/._1.png", "a/Thumbs.db", "note.txt"})
}

func TestSharedFolderNamesAreSaid(t *testing.T) {
	r := scan(t, Source{Root: plant(t, map[string]string{"Fruit/Apple/1.png": "", "Juice/Apple/2.png": "", "Juice/Orange/3.png": ""})})
	if len(r.Remarks) != 1 || !strings.Contains(r.Remarks[0].Detail, "Fruit/Apple, Juice/Apple") {
		t.Errorf("got %+v", r.Remarks)
	}
}

func TestNothingToImportSaysWhy(t *testing.T) {
	empty, texts := t.TempDir(), plant(t, map[string]string{"a/readme.txt": "x"})
	file := filepath.Join(texts, "a/readme.txt")
	list := filepath.Join(t.TempDir(), "list.txt")
	write(t, list, []byte("x.png\ny.png\n"))
	for _, c := range []struct {
		src  Source
		is   error
		says string
	}{
		{Source{Root: empty}, ErrNoImages, "is empty"},
		{Source{Root: texts}, ErrNoImages, "a/readme.txt"},
		{Source{Root: filepath.Join(empty, "x")}, ErrNoFolder, "give the folder"},
		{Source{Root: file}, ErrNoFolder, "is a file"},
		{Source{Root: empty, List: list}, ErrNoImages, "none of the 2 paths"},
		{Source{Root: empty, Labels: "/no/such.csv"}, os.ErrNotExist, "/no/such.csv"},
	} {
		_, err := Scan(ctx, c.src, nil)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.src, err)
		}
	}
}

func TestScanReportsProgressAndStops(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": "", "a/2.png": "", "a/3.png": ""})
	var last Progress
	if _, err := Scan(ctx, Source{Root: root}, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if last.Done != 3 || last.Total != 3 || last.Rate <= 0 {
		t.Errorf("last progress %+v", last)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Scan(stopped, Source{Root: root}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled scan returns %v", err)
	}
}
