package catalog

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

var ctx = context.Background()

// open opens the catalogue of the workspace in dir until the test ends.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	ws, err := workspace.Open(dir, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	c, err := New(ctx, ws)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// greyPGM is a PGM of 2×1 pixels.
func greyPGM(a, b byte) []byte {
	return []byte{'P', '5', ' ', '2', ' ', '1', ' ', '2', '5', '5', '\n', a, b}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func importFolder(t *testing.T, w *Store, src dataset.Source) *ImportReport {
	t.Helper()
	scan, err := dataset.Scan(ctx, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := w.Import(ctx, "d", scan)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// ids gives the id of every path that is not gone.
func ids(t *testing.T, w *Store) map[string]int64 {
	t.Helper()
	list, err := w.DatasetSamples(ctx, "d", 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int64{}
	for _, s := range list {
		if !s.Gone {
			m[s.Path] = s.ID
		}
	}
	return m
}

func TestImportAgain(t *testing.T) {
	w, root := open(t, t.TempDir()), t.TempDir()
	for i, name := range []string{"cake/1.pgm", "cake/2.pgm", "tea/3.pgm", "tea/4.pgm", "tea/5.pgm"} {
		put(t, filepath.Join(root, name), greyPGM(byte(i), 0))
	}
	src := dataset.Source{Root: root}
	if r := importFolder(t, w, src); r.Added != 5 || r.Samples != 5 {
		t.Fatalf("first: %+v", r)
	}
	before := ids(t, w)
	if r := importFolder(t, w, src); r.Added != 0 || r.Unchanged != 5 || len(r.Gone)+len(r.Changed)+len(r.Moved)+len(r.Relabelled) != 0 {
		t.Fatalf("unchanged: %+v", r)
	}

	put(t, filepath.Join(root, "milk/6.pgm"), greyPGM(60, 0))                         // new
	put(t, filepath.Join(root, "cake/1.pgm"), greyPGM(10, 9))                         // changed
	os.Remove(filepath.Join(root, "cake/2.pgm"))                                      // gone
	os.Rename(filepath.Join(root, "tea/3.pgm"), filepath.Join(root, "tea/moved.pgm")) // moved
	os.Rename(filepath.Join(root, "tea/4.pgm"), filepath.Join(root, "cake/4.pgm"))    // moved to another label
	r := importFolder(t, w, src)
	if r.Added != 1 || r.Unchanged != 1 || !slices.Equal(r.Changed, []string{"cake/1.pgm"}) || !slices.Equal(r.Gone, []string{"cake/2.pgm"}) ||
		!slices.Equal(r.Moved, []Move{{"tea/4.pgm", "cake/4.pgm"}, {"tea/3.pgm", "tea/moved.pgm"}}) || !slices.Equal(r.Relabelled, []string{"cake/4.pgm"}) {
		t.Fatalf("after changes: %+v", r)
	}
	after := ids(t, w)
	if after["tea/moved.pgm"] != before["tea/3.pgm"] || after["cake/4.pgm"] != before["tea/4.pgm"] || after["cake/1.pgm"] != before["cake/1.pgm"] {
		t.Errorf("ids before %v, after %v", before, after)
	}
	if s, err := w.Sample(ctx, after["cake/4.pgm"]); err != nil || s.Label != "tea" || s.File != filepath.Join(root, "cake/4.pgm") {
		t.Errorf("the stored label stays: %+v, %v", s, err)
	}
	d, err := w.Dataset(ctx, "d")
	if err != nil || d.Samples != 5 || d.Gone != 1 || d.Changed != 1 || len(d.Labels) != 3 {
		t.Errorf("dataset %+v, %v", d, err)
	}

	put(t, filepath.Join(root, "cake/2.pgm"), greyPGM(1, 0)) // back
	if r := importFolder(t, w, src); !slices.Equal(r.Returned, []string{"cake/2.pgm"}) || len(r.Changed) != 0 || r.Added != 0 {
		t.Errorf("after it came back: %+v", r)
	}
	if got := ids(t, w)["cake/2.pgm"]; got != before["cake/2.pgm"] {
		t.Errorf("it came back as %d, was %d", got, before["cake/2.pgm"])
	}
}

func TestDuplicatesAndContradictions(t *testing.T) {
	w, root := open(t, t.TempDir()), t.TempDir()
	for name, data := range map[string][]byte{"a/1.pgm": greyPGM(1, 1), "a/2.pgm": greyPGM(1, 1), "a/3.pgm": greyPGM(2, 2), "b/4.pgm": greyPGM(2, 2), "b/5.pgm": greyPGM(3, 3)} {
		put(t, filepath.Join(root, name), data)
	}
	put(t, filepath.Join(root, "b/empty.pgm"), nil)
	put(t, filepath.Join(root, "b/empty2.pgm"), nil)
	put(t, filepath.Join(root, "b/Thumbs.db"), nil)
	r := importFolder(t, w, dataset.Source{Root: root})
	if r.Samples != 5 || r.Stray != 1 || len(r.Quarantined) != 2 || !strings.Contains(r.Quarantined[0], "empty.pgm: the file is empty") {
		t.Errorf("report %+v", r)
	}
	d, err := w.Dataset(ctx, "d")
	if err != nil || d.Duplicates != 2 || d.ConflictingDuplicates != 1 || d.Quarantined != 2 || d.Strays != 1 {
		t.Errorf("dataset %+v, %v", d, err)
	}
	p, err := w.Problems(ctx, "d")
	if err != nil || len(p.Duplicates) != 2 || !slices.Equal(p.Duplicates[0].Labels, []string{"a", "b"}) || !slices.Equal(p.Duplicates[0].Paths, []string{"a/3.pgm", "b/4.pgm"}) ||
		!slices.Equal(p.Stray, []string{"b/Thumbs.db"}) {
		t.Errorf("problems %+v, %v", p, err)
	}
	others, err := w.DuplicatesOf(ctx, ids(t, w)["a/3.pgm"])
	if err != nil || len(others) != 1 || others[0].Path != "b/4.pgm" || others[0].Label != "b" {
		t.Errorf("duplicates of a/3.pgm: %+v, %v", others, err)
	}
}

func TestRegionsAreStoredAndReplaced(t *testing.T) {
	w, root, file := open(t, t.TempDir()), t.TempDir(), filepath.Join(t.TempDir(), "r.json")
	put(t, filepath.Join(root, "a/1.pgm"), greyPGM(1, 1))
	coco := `{"images":[{"id":1,"file_name":"1.pgm","width":2,"height":1}],"categories":[{"id":1,"name":"head"}],
		"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[0.5,0,1,1]}]}`
	put(t, file, []byte(coco))
	for range 2 {
		if r := importFolder(t, w, dataset.Source{Root: root, Regions: []string{file}}); r.Regions != 1 {
			t.Fatalf("report %+v", r)
		}
	}
	got, err := w.Regions(ctx, ids(t, w)["a/1.pgm"])
	if err != nil || len(got) != 1 || got[0].Name != "head" || got[0].Kind != dataset.Box || !slices.Equal(got[0].Points, []float64{0.5, 0, 1.5, 1}) {
		t.Errorf("regions %+v, %v", got, err)
	}
	if d, err := w.Dataset(ctx, "d"); err != nil || !slices.Equal(d.Regions, []string{"head"}) {
		t.Errorf("dataset %+v, %v", d, err)
	}
}

func TestImportOfAnotherFolderUnderTheNameIsRefused(t *testing.T) {
	w, a, b := open(t, t.TempDir()), t.TempDir(), t.TempDir()
	put(t, filepath.Join(a, "1.pgm"), greyPGM(1, 1))
	put(t, filepath.Join(b, "1.pgm"), greyPGM(1, 1))
	importFolder(t, w, dataset.Source{Root: a})
	scan, err := dataset.Scan(ctx, dataset.Source{Root: b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(ctx, "d", scan); err == nil || !strings.Contains(err.Error(), "another --name") {
		t.Errorf("got %v", err)
	}
}
