package export_test

import (
	"archive/tar"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/export"
	"github.com/sightline/sightline/internal/files"
)

// tiny is an image of 8×6 pixels, another one for each number.
func tiny(i int) []byte {
	im := image.NewGray(image.Rect(0, 0, 8, 6))
	im.SetGray(i%8, i/8%6, color.Gray{Y: 200})
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// hard are samples with all that goes wrong in names.
func hard() *export.Set {
	labels := []string{"cake", "Cake", "..", "a/b", "CON", "caf\u00e9", "cafe\u0301", "=1+1", "hot dog, \"1\" & <2>", "", "nul.txt", strings.Repeat("ü", 200), " .x. "}
	s := &export.Set{Name: "a~b", Model: "b", Slice: "tag=x", Classes: append(slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == "" }), "tart")}
	var list []*export.Sample
	for i, label := range labels {
		for j, split := range []string{"train", "test"} {
			n := 2*i + j
			x := &export.Sample{Path: fmt.Sprintf("%s/%d/1.png", split, i), Label: label, Truth: slices.Index(s.Classes, label), Best: n % len(s.Classes), Split: split,
				Predicted: s.Classes[n%len(s.Classes)], Confidence: 0.1 + float32(n)/100, Hash: fmt.Sprintf("%032x", n), Width: 8, Height: 6, Scores: make([]float32, len(s.Classes)),
				Open: func() (io.ReadCloser, int64, error) {
					content := tiny(n)
					return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
				}}
			x.Scores[x.Best] = x.Confidence
			if n%3 == 0 {
				x.Tags = []string{"=relabel", "b;c"}
			}
			if n%4 == 0 {
				x.Regions = []dataset.Region{{Name: "head", Kind: "box", Points: []float64{1, 2, 5, 4}}, {Name: "=arm", Kind: "polygon", Points: []float64{0, 0, 4, 0, 4, 3}}}
			}
			if n%6 == 0 { // pixels (1,2) to (1,4) and (2,0)
				x.Regions = append(x.Regions, dataset.Region{Name: "head", Kind: "mask", Points: []float64{8, 6, 8, 3, 1, 1, 35}})
			}
			list = append(list, x)
		}
	}
	s.Each = func(scores bool, f func(*export.Sample) error) error {
		for _, x := range list {
			y := *x
			if !scores {
				y.Scores = nil
			}
			if err := f(&y); err != nil {
				return err
			}
		}
		return nil
	}
	s.Whole = s.Each
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func samples(t *testing.T, set *export.Set) (list []export.Sample) {
	t.Helper()
	must(t, set.Each(true, func(s *export.Sample) error {
		list = append(list, *s)
		return nil
	}))
	return list
}

// written is the folder that a format makes of a set.
func written(t *testing.T, set *export.Set, name, dir string, o export.Options) string {
	t.Helper()
	f, ok := export.Find(name)
	if !ok {
		t.Fatalf("there is no format %s", name)
	}
	var b bytes.Buffer
	must(t, os.MkdirAll(dir, 0o755))
	if f.File != nil {
		must(t, f.File(context.Background(), set, o, &b))
		must(t, os.WriteFile(filepath.Join(dir, "samples."+f.Suffix), b.Bytes(), 0o644))
		return dir
	}
	to := export.NewFolder(&b, t.TempDir())
	must(t, f.Folder(context.Background(), set, o, to))
	must(t, to.Close())
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		must(t, err)
		if !filepath.IsLocal(h.Name) || strings.Contains(h.Name, "//") {
			t.Errorf("%s has an entry %q", name, h.Name)
		}
		file := filepath.Join(dir, h.Name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		must(t, err)
		_, err = io.Copy(out, r)
		must(t, errors.Join(err, out.Close()))
	}
}

// What is written is what readers of other people find in it: Python's csv, json, tarfile and
// ElementTree, by testdata/read.py, which knows the formats' rules and nothing of Sightline.
func TestOtherReaders(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	set, dir := hard(), t.TempDir()
	for _, f := range export.Formats() {
		written(t, set, f.Name, filepath.Join(dir, f.Name), export.Options{Temp: t.TempDir()})
	}
	written(t, set, "csv", filepath.Join(dir, "raw"), export.Options{Raw: true, Scores: true})
	out, err := exec.Command(python, "testdata/read.py", dir).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("%v: %s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	var read map[string][]map[string]any
	must(t, json.Unmarshal(out, &read))
	for format, carries := range map[string][]string{
		"csv": {"path", "label", "predicted", "confidence", "split", "tags"}, "raw": {"path", "label", "predicted", "confidence", "split", "tags", "scores"},
		"jsonl": {"path", "label", "predicted", "confidence", "split", "tags", "hash", "regions"}, "issues": {"path", "label", "predicted", "split"},
		"folders": {"image", "label", "split"}, "imagefolder": {"image", "path", "label", "split", "tags", "regions"}, "yolo-classify": {"image", "label", "split"},
		"coco": {"image", "path", "label", "split", "tags", "regions"}, "voc": {"image", "path", "label", "split", "boxes"}, "webdataset": {"image", "label", "split", "path", "regions"},
		"labelstudio": {"image", "path", "label", "split", "predicted", "confidence", "tags"},
	} {
		want := expected(t, set, format, carries)
		got := read[format]
		for _, list := range [][]map[string]any{want, got} {
			slices.SortFunc(list, func(a, b map[string]any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		if len(got) != len(want) {
			t.Errorf("%s: read %d samples, want %d", format, len(got), len(want))
			continue
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s: read %v\nwant %v", format, got[i], want[i])
			}
		}
	}
}

// expected is what a reader should find of each sample of what a format carries.
func expected(t *testing.T, set *export.Set, format string, carries []string) (list []map[string]any) {
	t.Helper()
	for i, s := range samples(t, set) {
		if s.Label == "" && (format == "issues" || format == "yolo-classify") {
			continue
		}
		quote := func(text string) string { return text }
		if format == "csv" || format == "issues" {
			quote = func(text string) string { return export.Cell(text, false) }
		}
		all := map[string]any{"path": quote(s.Path), "label": quote(s.Label), "predicted": quote(s.Predicted), "confidence": round(float64(s.Confidence)), "split": s.Split,
			"hash": s.Hash, "image": fmt.Sprintf("%x", tiny(i)), "tags": quote(strings.Join(s.Tags, ";")), "regions": []any{}, "boxes": []any{}, "scores": []any{}}
		for _, v := range s.Scores {
			all["scores"] = append(all["scores"].([]any), round(float64(v)))
		}
		for _, r := range s.Regions {
			points := []any{}
			for _, v := range r.Points {
				points = append(points, v)
			}
			all["regions"] = append(all["regions"].([]any), []any{r.Name, r.Kind, points})
			all["boxes"] = append(all["boxes"].([]any), map[string]any{
				"box": []any{r.Name, 2.0, 3.0, 5.0, 4.0}, "polygon": []any{r.Name, 1.0, 1.0, 4.0, 3.0}, "mask": []any{r.Name, 2.0, 1.0, 3.0, 5.0}}[r.Kind])
		}
		one := map[string]any{}
		for _, name := range carries {
			one[name] = all[name]
		}
		list = append(list, one)
	}
	return list
}

func round(v float64) float64 { return float64(int(v*1e6+0.5)) / 1e6 }

// What is exported comes back by import: labels, splits and regions.
func TestRoundTrip(t *testing.T) {
	set, dir := hard(), t.TempDir()
	all := samples(t, set)
	root := filepath.Join(dir, "root")
	for i, s := range all {
		must(t, os.MkdirAll(filepath.Join(root, filepath.Dir(s.Path)), 0o755))
		must(t, os.WriteFile(filepath.Join(root, s.Path), tiny(i), 0o644))
	}
	csv := written(t, set, "csv", filepath.Join(dir, "csv"), export.Options{Raw: true})
	coco := written(t, set, "coco", filepath.Join(dir, "coco"), export.Options{})
	for name, source := range map[string]dataset.Source{
		"csv":     {Root: root, Labels: filepath.Join(csv, "samples.csv")},
		"folders": {Root: written(t, set, "folders", filepath.Join(dir, "folders"), export.Options{})},
		"coco":    {Root: filepath.Join(coco, "images"), Regions: []string{filepath.Join(coco, "annotations", "train.json"), filepath.Join(coco, "annotations", "test.json")}},
	} {
		found, err := dataset.Scan(context.Background(), source, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got, want []string
		for _, s := range found.Samples {
			got = append(got, describe(s.Hash, s.Label, s.Split, regionsAt(found, s.Path), name))
		}
		classes := map[string]string{}
		if content, err := os.ReadFile(filepath.Join(source.Root, "classes.json")); err == nil {
			folders := map[string]string{}
			must(t, json.Unmarshal(content, &folders))
			for folder, class := range folders {
				classes[class] = folder
			}
		}
		for i, s := range all {
			label := s.Label
			if name == "csv" {
				label = strings.TrimSpace(label) // as every table is read
			}
			if folder, ok := classes[label]; ok {
				label = folder
			}
			want = append(want, describe(files.Hash(tiny(i)), label, s.Split, s.Regions, name))
		}
		slices.Sort(got)
		slices.Sort(want)
		if len(got) != len(want) {
			t.Errorf("%s: imported %d samples again, want %d", name, len(got), len(want))
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: imported again %q, want %q", name, got[i], want[i])
			}
		}
	}
}

// describe is what an import knows of a sample of a format.
func describe(hash, label, split string, regions []dataset.Region, format string) string {
	if format != "coco" {
		return hash + " " + label + " " + split
	}
	text := hash
	for _, r := range regions {
		text += fmt.Sprint(" ", r.Name, r.Kind, r.Points)
	}
	return text
}

func regionsAt(r *dataset.Result, path string) (list []dataset.Region) {
	for _, x := range r.Regions {
		if x.Path == path {
			list = append(list, x)
		}
	}
	return list
}

// An image that cannot be read ends the export with its reason.
func TestBrokenImage(t *testing.T) {
	set, gone := hard(), errors.New("it has changed since import")
	each := set.Each
	set.Each = func(scores bool, f func(*export.Sample) error) error {
		n := 0
		return each(scores, func(s *export.Sample) error {
			if n++; n == 3 {
				s.Open = func() (io.ReadCloser, int64, error) { return nil, 0, gone }
			}
			return f(s)
		})
	}
	for _, f := range export.Formats() {
		if f.Folder == nil {
			continue
		}
		var b bytes.Buffer
		if err := f.Folder(context.Background(), set, export.Options{}, export.NewFolder(&b, t.TempDir())); !errors.Is(err, gone) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// Parquet is typed: tags are a list, what is not there is null, numbers are numbers.
func TestParquet(t *testing.T) {
	set := hard()
	file := filepath.Join(written(t, set, "parquet", t.TempDir(), export.Options{Scores: true}), "samples.parquet")
	db, err := sql.Open("duckdb", "")
	must(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT path, label, predicted, confidence, split, array_to_string(tags, ';'), width, score_3 FROM read_parquet(?)`, file)
	must(t, err)
	defer rows.Close()
	i, all := 0, samples(t, set)
	for ; rows.Next(); i++ {
		var path, predicted, split, tags string
		var label sql.NullString
		var confidence, score float32
		var width int
		must(t, rows.Scan(&path, &label, &predicted, &confidence, &split, &tags, &width, &score))
		s := all[i]
		if path != s.Path || label.Valid != (s.Label != "") || label.String != s.Label || predicted != s.Predicted || confidence != s.Confidence || split != s.Split ||
			tags != strings.Join(s.Tags, ";") || width != 8 || score != s.Scores[3] {
			t.Errorf("row %d is %q %v %q %v %q %q", i, path, label, predicted, confidence, split, tags)
		}
	}
	if rows.Err() != nil || i != len(all) {
		t.Errorf("%d rows, %v", i, rows.Err())
	}
}
