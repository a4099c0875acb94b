package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
)

// TestBoxesLieInsideTheImage renders images of every class and checks what a reader of the regions relies on.
func TestBoxesLieInsideTheImage(t *testing.T) {
	for _, d := range datasets {
		for _, class := range d.classes {
			for number := range 6 {
				p, err := d.render("test", class, number)
				if err != nil {
					t.Fatal(err)
				}
				checkDrawing(t, d, p)
			}
		}
	}
}

// checkDrawing checks size, region names and boxes of one image.
func checkDrawing(t *testing.T, d dataset, p drawing) {
	t.Helper()
	config, err := jpeg.DecodeConfig(bytes.NewReader(p.jpeg))
	if err != nil || config.Width != p.width || config.Height != p.height {
		t.Fatalf("%s/%s: decoded size %d×%d, %v; want %d×%d", d.name, p.path, config.Width, config.Height, err, p.width, p.height)
	}
	if min(p.width, p.height) < 155 || max(p.width, p.height) > 224 {
		t.Errorf("%s/%s is %d×%d pixels", d.name, p.path, p.width, p.height)
	}
	seen := map[string]int{}
	for _, r := range p.regions {
		seen[r.name]++
		if r.box.empty() || r.box.x0 < 0 || r.box.y0 < 0 || r.box.x1 > p.width || r.box.y1 > p.height {
			t.Errorf("%s/%s: %s box %v is not inside %d×%d", d.name, p.path, r.name, r.box, p.width, p.height)
		}
	}
	for _, name := range d.regions {
		if seen[name] == 0 {
			t.Errorf("%s/%s has no %s", d.name, p.path, name)
		}
	}
}

// TestHeadAndUniformBarelyOverlap: a head masked must leave the uniform as it is, and the other way round.
func TestHeadAndUniformBarelyOverlap(t *testing.T) {
	for _, d := range datasets[:2] {
		for _, class := range d.classes {
			for number := range 10 {
				p, err := d.render("test", class, number)
				if err != nil {
					t.Fatal(err)
				}
				head, uniform := p.regions[0].box, p.regions[1].box
				both := area(extent{max(head.x0, uniform.x0), max(head.y0, uniform.y0), min(head.x1, uniform.x1), min(head.y1, uniform.y1)})
				if both > 0.15*area(head) {
					t.Errorf("%s/%s: %.0f of the head's %.0f pixels are in the uniform's box", d.name, p.path, both, area(head))
				}
			}
		}
	}
}

// area is the number of pixels of a box.
func area(e extent) float64 {
	if e.empty() {
		return 0
	}
	return float64((e.x1 - e.x0) * (e.y1 - e.y0))
}

// TestBackgroundHoldsNothingOfThePerson draws the same person on two backgrounds: only background may differ there.
func TestBackgroundHoldsNothingOfThePerson(t *testing.T) {
	for number := range 12 {
		class := professions[number%len(professions)]
		c := newCanvas(180, 190)
		s := newStream("test", "background", class, number)
		regions := newPerson(s, class, false).draw(c)
		for _, r := range regions {
			if r.name != "background" {
				continue
			}
			for y := r.box.y0; y < r.box.y1; y++ {
				for x := r.box.x0; x < r.box.x1; x++ {
					if v := c.pix[3*(y*c.w+x)]; v > 0.3 {
						t.Fatalf("%s %d: something bright (%.2f) at %d,%d of the background %v", class, number, v, x, y, r.box)
					}
				}
			}
		}
	}
}

// TestStories checks that every run names a dataset and a model that exist.
func TestStories(t *testing.T) {
	for _, story := range Stories() {
		if story.Title == "" || story.Description == "" || len(story.Runs) == 0 {
			t.Errorf("story %q is not told", story.Name)
		}
		for _, run := range story.Runs {
			if !slices.Contains(Datasets(), run.Dataset) || !slices.Contains(Models(), run.Model) {
				t.Errorf("story %s runs %s on %s, which are not both there", story.Name, run.Model, run.Dataset)
			}
		}
	}
}

// TestModelsAreSmallAndLabelled holds the models to their limit and to the classes of their dataset.
func TestModelsAreSmallAndLabelled(t *testing.T) {
	classes := map[string][]string{"professions-v1": professions, "professions-v2": professions, "groceries": groceries}
	for _, name := range Models() {
		info, err := fs.Stat(models, "models/"+name+"/model.onnx")
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 1<<20 {
			t.Errorf("%s has %d bytes, more than 1 MiB", name, info.Size())
		}
		data, err := models.ReadFile("models/" + name + "/config.json")
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			ID2Label map[int]string `json:"id2label"`
		}
		if err := json.Unmarshal(data, &config); err != nil {
			t.Fatal(err)
		}
		for i, class := range classes[name] {
			if config.ID2Label[i] != class {
				t.Errorf("%s: class %d is %q, want %q", name, i, config.ID2Label[i], class)
			}
		}
	}
}

// TestWriteAndImport writes the demo and imports what is there.
func TestWriteAndImport(t *testing.T) {
	thorough.Only(t)
	if testing.Short() {
		t.Skip("draws the whole demo")
	}
	dir := t.TempDir()
	var finished atomic.Bool
	progress := func(done, total int) {
		if done == total {
			finished.Store(true)
		}
	}
	if err := Write(context.Background(), dir, progress); err != nil {
		t.Fatal(err)
	}
	if !finished.Load() {
		t.Error("progress was never told that all files are done")
	}
	if files := inventory(t, dir); len(files) > 1500 {
		t.Errorf("the demo has %d files, more than 1,500", len(files))
	}
	for _, d := range datasets {
		checkImport(t, filepath.Join(dir, d.name), d)
	}
}

// TestWritingAgainChangesNothing compares times and sizes.
func TestWritingAgainChangesNothing(t *testing.T) {
	dir := t.TempDir()
	write := func() map[string][2]int64 {
		for _, d := range datasets {
			if err := WriteTraining(context.Background(), dir, d.name, map[string]int{"train": 2, "test": 1}, nil); err != nil {
				t.Fatal(err)
			}
		}
		return inventory(t, dir)
	}
	before, after := write(), write()
	for name, was := range before {
		if after[name] != was {
			t.Errorf("%s was written again", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files after the second writing, %d after the first", len(after), len(before))
	}
}

// inventory lists all files with size and time of change.
func inventory(t *testing.T, dir string) map[string][2]int64 {
	t.Helper()
	files := map[string][2]int64{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := os.Stat(name)
		if err == nil {
			files[name] = [2]int64{info.Size(), info.ModTime().UnixNano()}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
