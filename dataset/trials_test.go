package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/files"
)

// What trials on real folders and tables found, a test for each kind.

func TestTablesOfTrials(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"one-hot":                 {"image,MEL,NV\na,1.0,0.0\nb,0.0,1.0\n", []string{"2 a MEL  true", "3 b NV  true"}},
		"one-hot, none set":       {"image,MEL,NV\na,0,0\nb,0,1\n", []string{"2 a   false", "3 b NV  true"}},
		"one-hot beside numbers":  {"image,age,MEL,NV\na,40,1,0\nb,50,0,1\n", []string{"2 a MEL  true", "3 b NV  true"}},
		"diagnosis":               {"lesion_id,image_id,dx\nL1,I1,nv\n", []string{"2 I1 nv  true"}},
		"code and number":         {"id_code,diagnosis\n0a,2\n", []string{"2 0a 2  true"}},
		"the only other column":   {"id,whatever\n1,cake\n", []string{"2 1 cake  true"}},
		"a named delimiter":       {"sep=;\r\npath;label\r\na.png;tea, green\r\n", []string{"3 a.png tea, green  true"}},
		"divided by spaces":       {"a.jpg 2\nb c.jpg  10\n", []string{"1 a.jpg 2  true", "2 b c.jpg 10  true"}},
		"spaces and commas":       {"a b.jpg,cake\n", []string{"1 a b.jpg cake  true"}},
		"paths without any label": {"path,split\na.png,train\n", []string{"2 a.png  train false"}},
	} {
		t.Run(name, func(t *testing.T) {
			entries, err := ReadTable([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, name, entryLines(entries), c.want)
		})
	}
	for text, says := range map[string]string{
		"path,width,height\na.png,3,4\n": "rename the one with the labels",
		"path,a,b\na.png,1,1\n":          "row 1 has 2 of the columns a, b set to 1",
	} {
		if _, err := ReadTable([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v does not say %q", text, err, says)
		}
	}
}

func TestTableNamesFindTheirFiles(t *testing.T) {
	const composed, decomposed = "Caf\u00e9.png", "Cafe\u0301.png"
	root := plant(t, map[string]string{"a/1.png": "", "b/1.png": "", "a/2.png": "", "x/" + composed: "", "t/data/c/9.png": "", "u/data/c/9.png": ""})
	table := filepath.Join(root, "labels.csv")
	write(t, table, []byte("path,label\n2,tea\na/1,cake\n"+decomposed+",coffee\nC:\\data\\b\\1.png,milk\n/elsewhere/u/data/c/9.png,oil\nC:/x/9.png,both\n"))
	r := scan(t, Source{Root: root, Labels: table})
	equal(t, "samples", lines(r), []string{"a/1.png cake -", "a/2.png tea -", "b/1.png milk -", "u/data/c/9.png oil -", "x/" + composed + " coffee -"})
	equal(t, "missing", pathsOf(r, Missing), []string{"C:/x/9.png"})
}

func TestFilesOutsideAreSaid(t *testing.T) {
	root, other := plant(t, map[string]string{"1.png": ""}), plant(t, map[string]string{"2.png": "", "3.png": ""})
	table := filepath.Join(other, "labels.csv")
	write(t, table, []byte("path,label\n2.png,tea\n3.png,tea\n"))
	r := scan(t, Source{Root: root, Labels: table})
	if got := warnings(r); !strings.Contains(got, "2 of the 2 files of labels.csv lie outside of "+root) {
		t.Errorf("warnings: %q", got)
	}
}

// A table without a single label is no quiet success, whatever the shape of the table.
func TestTablesWithoutLabelsAreSaid(t *testing.T) {
	root := plant(t, map[string]string{"a.png": "", "b.png": ""})
	for text, said := range map[string]bool{
		"image,MEL,NV\na,0,0\nb,0,0\n":   true,
		"image,label\na.png,\nb.png,\n":  true,
		"image,split\na.png,train\n":     true,
		"image,MEL,NV\na,0,0\nb,0,1\n":   false,
		"image,label\na.png,\nb.png,x\n": false,
	} {
		table := filepath.Join(t.TempDir(), "labels.csv")
		write(t, table, []byte(text))
		if got := warnings(scan(t, Source{Root: root, Labels: table})); strings.Contains(got, "labels.csv gives none of its") != said {
			t.Errorf("%q: warnings %q", text, got)
		}
	}
}

func warnings(r *Result) string {
	var out []string
	for _, m := range r.Remarks {
		if m.Kind == Warning {
			out = append(out, m.Detail)
		}
	}
	return strings.Join(out, "\n")
}

func TestLinkedFolders(t *testing.T) {
	outside := plant(t, map[string]string{"blue/1.png": "", "blue/back.png": ""})
	root := plant(t, map[string]string{"red/1.png": "", ".hidden/green/1.png": ""})
	for link, target := range map[string]string{
		"blue":      filepath.Join(outside, "blue"),
		"again":     "red",             // listed by itself
		"red/loop":  "..",              // leads back
		"green":     ".hidden/green",   // not listed by itself
		"blue-copy": outside + "/blue", // the same folder twice counts once
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	r := scan(t, Source{Root: root})
	equal(t, "samples", lines(r), []string{"blue/1.png blue -", "blue/back.png blue -", "green/1.png green -", "red/1.png red -"})
	if got := warnings(r); !strings.Contains(got, "the folder blue is a link to "+outside) || strings.Contains(got, "green") {
		t.Errorf("warnings: %q", got)
	}
}

func TestLinkedFilesFromOutsideAreSaid(t *testing.T) {
	outside := plant(t, map[string]string{"1.png": "", "notes.txt": ""})
	root := plant(t, map[string]string{"red/1.png": ""})
	for link, target := range map[string]string{
		"red/2.png": filepath.Join(outside, "1.png"), "red/3.png": "1.png", "red/notes.txt": filepath.Join(outside, "notes.txt"), "red/gone.png": filepath.Join(outside, "gone.png"),
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	r := scan(t, Source{Root: root})
	if got, want := warnings(r), "images that links bring from outside of "+root+": 1, counted in; the first is red/2.png"; !strings.Contains(got, want) {
		t.Errorf("warnings: %q, want %q", got, want)
	}
}

// The same file twice counts once, under its own path if it has one in the folder; a table that
// names it twice means it.
func TestLinkedFilesCountOnce(t *testing.T) {
	outside := plant(t, map[string]string{"1.png": ""})
	root := plant(t, map[string]string{"red/b.png": "", ".cache/blob": "", "blue/1.png": ""})
	for link, target := range map[string]string{
		"red/a.png": "b.png", "red/c.png": "b.png", "blue/b.png": "../red/b.png", // b.png four times
		"red/d.png": filepath.Join(outside, "1.png"), "red/e.png": "d.png", // one from outside, twice
		"red/f.png": "../.cache/blob", "red/g.png": "../.cache/blob", // not listed by itself
		"loop.png": "loop.png", // leads nowhere: it has a problem
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	r := scan(t, Source{Root: root})
	equal(t, "samples", lines(r), []string{"blue/1.png blue -", "loop.png - -", "red/b.png red -", "red/d.png red -", "red/f.png red -"})
	want := "links to images that are counted already: 5, left out; the first is blue/b.png, which is " + filepath.Join(root, "red", "b.png")
	if got := warnings(r); !strings.Contains(got, want) {
		t.Errorf("warnings: %q, want %q", got, want)
	}
	table := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(table, []byte("path,label\nred/a.png,x\nred/b.png,y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r = scan(t, Source{Root: root, Labels: table})
	equal(t, "samples of a table", lines(r), []string{"red/a.png x -", "red/b.png y -"})
}

func TestOtherImagesAreSetAside(t *testing.T) {
	root := plant(t, map[string]string{
		"cat/a.png": "", "cat/IMG.HEIC": "\x00\x00\x00\x18ftypheic", "cat/b.jpg": "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00",
		"cat/c.jpg": "\x00\x00\x00\x0cjP  \r\n\x87\n", "@eaDir/cat/a.png": "", "$RECYCLE.BIN/x.png": "", "__MACOSX/y.png": "",
	})
	got := map[string]string{}
	for _, s := range scan(t, Source{Root: root}).Samples {
		got[s.Path] = s.Problem
	}
	for name, says := range map[string]string{"cat/IMG.HEIC": "HEIC", "cat/b.jpg": "AVIF", "cat/c.jpg": "JPEG 2000"} {
		if !strings.Contains(got[name], says) || !strings.HasSuffix(got[name], "convert it to JPEG or PNG") {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if len(got) != 4 {
		t.Errorf("samples: %v", got)
	}
}

func TestLargeFilesAreNotHeld(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": ""})
	for name, size := range map[string]int64{"a/video.jpg": files.MostBytes + 1, "a/disk.jpg": 40 << 20} {
		f, err := os.Create(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(size); err != nil { // sparse
			t.Fatal(err)
		}
		f.Close()
	}
	got := map[string]Sample{}
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			for _, s := range scan(b, Source{Root: root}).Samples {
				got[s.Path] = s
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 20<<20 {
		t.Errorf("%d bytes were allocated for it", allocated)
	}
	if s := got["a/video.jpg"]; !strings.Contains(s.Problem, "more than the limit") || s.Hash != "" {
		t.Errorf("%+v", s)
	}
	if s := got["a/disk.jpg"]; !strings.Contains(s.Problem, "no format known here") || s.Bytes != 40<<20 || s.Hash == "" {
		t.Errorf("%+v", s)
	}
}

// A large image is hashed in pieces and its header found, wherever it lies.
func TestLargeImagesAreRead(t *testing.T) {
	comment := strings.Repeat("x", 60<<10)
	jpeg := rotatedJPEG(8, 5)
	large := append([]byte{}, jpeg[:2]...)
	for range 30 {
		large = append(append(large, 0xff, 0xfe, byte((len(comment)+2)>>8), byte(len(comment)+2)), comment...)
	}
	small := plant(t, map[string]string{"a/r.jpg": string(jpeg)})
	write(t, filepath.Join(small, "a/tail.jpg"), append(jpeg, strings.Repeat("x", 3<<20)...))
	write(t, filepath.Join(small, "a/far.jpg"), append(large, jpeg[2:]...))
	for _, s := range scan(t, Source{Root: small}).Samples {
		if s.Width != 8 || s.Height != 5 || s.Orientation != 6 || s.Problem != "" {
			t.Errorf("%+v", s)
		}
	}
}

func TestOneBadFolderDoesNotStopTheRest(t *testing.T) {
	if asNobody(t) {
		return
	}
	root := plant(t, map[string]string{"a/1.png": "", "secret/2.png": ""})
	secret := filepath.Join(root, "secret")
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(secret, 0o755)
	r := scan(t, Source{Root: root})
	if len(r.Samples) != 2 || !strings.Contains(r.Samples[1].Problem, "the folder cannot be read: permission denied") {
		t.Errorf("got %+v", r.Samples)
	}
}
