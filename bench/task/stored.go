package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sightline/sightline/internal/fixture"
)

// timeStored times `explain` of maps that are stored, as a user runs it: of one, of few and of
// many. A further map takes (time of many − time of few) ÷ (many − few): index and table of regions
// included, start-up not.
func timeStored(s settings) error {
	fmt.Printf("\nexplain of stored maps: %d of %d, medians of %d\n", s.few, s.stored, s.rounds)
	fmt.Println("photographs                         one map    further maps")
	for _, size := range [][2]int{{224, 224}, {500, 375}} {
		w := &storedMaps{settings: s, photos: filepath.Join(s.work, fmt.Sprintf("stored-%dx%d", size[0], size[1]))}
		if err := makePhotos(s.photos, w.photos, s.stored, size[0], size[1]); err != nil {
			return err
		}
		if err := w.prepare(); err != nil {
			return err
		}
		for _, flags := range [][]string{nil, {"--no-overlays"}} {
			if err := w.time(size, flags); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(w.workspace()); err != nil {
			return err
		}
	}
	return nil
}

// storedMaps is a workspace with a map of every photograph.
type storedMaps struct {
	settings
	photos string
}

func (w *storedMaps) workspace() string { return w.photos + "-workspace" }

// sightline runs a command on the workspace.
func (w *storedMaps) sightline(words ...string) error {
	_, _, err := command{words: append(append([]string{w.binary}, words...), "--workspace", w.workspace())}.run(false)
	return err
}

func (w *storedMaps) prepare() error {
	model, method := filepath.Join(w.work, "mobilenet_v2.onnx"), "gradcam"
	words := []string{"model", "add", model, "--name", "model", "--preprocessing", "imagenet"}
	if _, err := os.Stat(model); err != nil { // without PyTorch: a small one
		if words, err = smallModel(w.work); err != nil {
			return err
		}
	}
	for _, step := range [][]string{{"import", w.photos, "--name", "photos"}, words, {"evaluate", "photos", "model"},
		{"explain", "photos", "model", "--method", method, "--no-overlays", "--out", w.photos + "-maps"}} {
		if err := w.sightline(step...); err != nil {
			return err
		}
	}
	return os.RemoveAll(w.photos + "-maps")
}

// time prints a line.
func (w *storedMaps) time(size [2]int, flags []string) error {
	var one, further []float64
	for range max(1, w.rounds) {
		var took [3]float64
		for i, n := range []int{1, w.few, w.stored} {
			out := w.photos + "-out"
			started := time.Now()
			err := w.sightline(append([]string{"explain", "photos", "model", "--method", "gradcam", "--limit", strconv.Itoa(n), "--out", out}, flags...)...)
			took[i] = time.Since(started).Seconds()
			if err != nil {
				return err
			}
			if made, _ := filepath.Glob(filepath.Join(out, "*.npy")); len(made) != n {
				return fmt.Errorf("explain wrote %d maps of %d", len(made), n)
			}
			if err := os.RemoveAll(out); err != nil {
				return err
			}
		}
		one, further = append(one, took[0]), append(further, float64(w.stored-w.few)/(took[2]-took[1]))
	}
	what := "with overlays"
	if flags != nil {
		what = "maps alone"
	}
	fmt.Printf("%4d × %d, %-20s %8.3f s  %9.0f/s\n", size[0], size[1], what, median(one), median(further))
	return nil
}

// smallModel writes a model that tells three colours apart, and says how it is added.
func smallModel(work string) (words []string, err error) {
	model, classes := filepath.Join(work, "small.onnx"), filepath.Join(work, "classes.txt")
	if err := fixture.WriteModel(model, "layered"); err != nil {
		return nil, err
	}
	return []string{"model", "add", model, "--name", "model", "--classes", classes, "--preprocessing", "plain"}, os.WriteFile(classes, []byte("class0\nclass1\nclass2\n"), 0o644)
}
