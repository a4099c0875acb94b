package work

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/worker"
)

// What the notes beside each model say, in the vocabulary of preprocessor_config.json.
const (
	cifar   = `{"image_mean": [0.4914,0.4822,0.4465], "image_std": [0.2023,0.1994,0.2010]}`
	steel   = `{"resample": 3, "do_rescale": true}`
	zeroOne = `{"do_rescale": true}`
	bgr     = `"do_rescale": false, "image_mean": [123,117,104], "image_std": [1,1,1], "do_flip_channel_order": true`
	crop256 = `"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}`
	unit    = `"image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5]`
	normal  = `"image_mean": [0.485,0.456,0.406], "image_std": [0.229,0.224,0.225]`
)

// known are real models, photos for them, and the settings that they were trained with.
var known = []struct{ model, photos, right string }{
	{"cifar10-resnet20-torch", "cifar10", cifar},
	{"cifar10-tinymobilenet-external-data", "cifar10", cifar},
	{"cifar10-tinymobilenet-int8-qoperator", "cifar10", cifar},
	{"cifar10-vit-pgd-torch", "cifar10", cifar},
	{"flowers-mobilenetv2-0.35-tf2onnx", "flowers", `{"resample": 0, ` + unit + `}`},
	{"groceries-freiburg-mobilenetv2", "freiburg-groceries", `{` + normal + `}`},
	{"gtsrb-cnn-torch", "gtsrb", zeroOne},
	{"imagenet-mobilenetv1-0.25-nhwc", "imagenet-samples", `{` + crop256 + `, ` + unit + `}`},
	{"imagenet-mobilenetv2-int8-qdq", "imagenet-samples", `{` + crop256 + `, ` + normal + `}`},
	{"imagenet-squeezenet1.1-fp16", "imagenet-samples", `{` + crop256 + `, ` + bgr + `}`},
	{"mnist-cntk", "mnist", `{"do_rescale": false}`},
	{"person-vww-mobilenetv1-nhwc", "clothing-co-parsing", zeroOne},
	{"professions-idenprof-squeezenet", "idenprof", `{` + bgr + `}`},
	{"steel-v1-fp32", "steel-neu-det", steel},
	{"steel-v1-int8-qdq", "steel-neu-det", steel},
	{"steel-v4-fp32", "steel-neu-det", steel},
	{"steel-v4-int8-qoperator", "steel-neu-det", steel},
}

// dear take as long as all other models together.
var dear = []string{"imagenet-mobilenetv2-int8-qdq", "imagenet-squeezenet1.1-fp16"}

// TestKnownModels strips models of all that tells how their images were prepared, and has it
// found by measuring.
func TestKnownModels(t *testing.T) {
	if testing.Short() {
		t.Skip("tries thousands of runs of 17 models")
	}
	dir := testdata.Dir(t)
	w := worker.New(worker.Options{})
	defer w.Close()
	unsure := 0
	for _, k := range known {
		t.Run(k.model, func(t *testing.T) {
			if slices.Contains(dear, k.model) && os.Getenv("SIGHTLINE_STUDY") == "" {
				t.Skip("thousands of runs of a large model: SIGHTLINE_STUDY=1 runs it")
			}
			path := stripped(t, filepath.Join(dir, "models", k.model), true)
			items := labelled(t, dir, k.model, k.photos)
			found := probeModel(t, w, path, items)
			document := string(task.JSON(found.Chosen.Preprocessing))
			same := sameSettings(t, path, k.right, document)
			t.Logf("| %s | %d | same as the right one %v | %s | %v %s | %.1f s, %d runs |", k.model, found.Samples, same, found.Chosen.Name, found.Clear, found.Undecided, found.Seconds, found.Runs)
			t.Logf("  rival %q; hints %q", found.Rival, found.Hints)
			for _, c := range found.Candidates {
				t.Logf("  %-14s %-50s n %3d loss %.4f acc %.3f diff %+.4f [%+.4f %+.4f] chosen %v present %v", c.Stage, c.Name, c.Samples, c.LogLoss, c.Accuracy, c.Difference.Mean, c.Difference.Low, c.Difference.High, c.Chosen, c.Present)
			}
			if !found.Clear {
				unsure++
			}
			if !found.Clear || same {
				return // not sure, or as right as can be
			}
			some := items[:min(len(items), 800)] // that many of all classes tell a point apart, or say that they cannot
			right, chosen := accuracyOf(t, w, path, some, k.right), accuracyOf(t, w, path, some, document)
			t.Logf("  right %.4f, chosen %.4f", right, chosen)
			if chosen < right-0.01-0.5/float64(len(some)) { // a point, of whole photos
				t.Errorf("a confident wrong choice: %s gives %.4f, the right settings %.4f", found.Chosen.Name, chosen, right)
			}
		})
	}
	if unsure > 2 {
		t.Errorf("unsure about %d of %d models", unsure, len(known))
	}
}

// TestUnnamedModels strips models of the names of their classes too: those are the dataset's
// labels in one of the usual orders.
func TestUnnamedModels(t *testing.T) {
	dir := testdata.Dir(t)
	w := worker.New(worker.Options{})
	defer w.Close()
	for _, k := range known {
		if !slices.Contains([]string{"cifar10-resnet20-torch", "gtsrb-cnn-torch", "steel-v4-fp32"}, k.model) {
			continue
		}
		path := stripped(t, filepath.Join(dir, "models", k.model), false)
		items := labelled(t, dir, k.model, k.photos)
		found := probeModel(t, w, path, items)
		named, err := os.ReadFile(filepath.Join(dir, "models", k.model, "labels.txt"))
		if err != nil {
			t.Fatal(err)
		}
		order := strings.Fields(string(named))
		t.Logf("%s: %s; %s, %.3f correct, %d runs", k.model, found.Chosen.Name, found.Order, found.Chosen.Accuracy, found.Runs)
		if !found.Clear || found.Names != nil && !slices.Equal(found.Names, order) || found.Names == nil && k.model != "gtsrb-cnn-torch" {
			t.Errorf("%s: clear %v, %s: %q, want %q", k.model, found.Clear, found.Order, found.Names, order)
		}
	}
}

// stripped copies a model without its metadata, its notes and whatever else lies beside it
// but the class names, where they are wanted.
func stripped(t *testing.T, folder string, names bool) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "unknown")
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	m, err := onnx.ReadFile(filepath.Join(folder, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	external := len(m.ExternalFiles()) > 0
	for _, name := range []string{"model.onnx", "model.onnx.data", "labels.txt"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || name == "labels.txt" && !names {
			continue
		}
		if name == "model.onnx" && !external {
			m.Metadata = nil
			data = m.Marshal()
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(to, "model.onnx")
}

// labelled lists the photos of a model's reference with their labels, in an order whose first
// parts have all labels. The photos of persons get company: products, without any person.
func labelled(t *testing.T, dir, model, photos string) []probe.Item {
	t.Helper()
	items := listed(t, dir, model, photos, "person")
	if photos == "clothing-co-parsing" {
		items = append(items, listed(t, dir, "groceries-freiburg-mobilenetv2", "freiburg-groceries", "")[:60]...)
		for i := range items[60:] {
			items[60+i].Label = "non_person"
		}
	}
	rank, seen := make(map[string]int, len(items)), map[string]int{}
	for _, it := range items {
		rank[it.File] = seen[it.Label]
		seen[it.Label]++
	}
	sort.SliceStable(items, func(i, j int) bool { return rank[items[i].File] < rank[items[j].File] })
	return items
}

func listed(t *testing.T, dir, model, photos, otherwise string) (items []probe.Item) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "reference", model+"__"+photos+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		label := row[1]
		if label == "" {
			label = otherwise
		}
		items = append(items, probe.Item{Image: task.Image{File: filepath.Join(dir, "images", photos, row[0])}, Label: label})
	}
	return items
}

// specOf inspects a model, with a preprocessing document or, with "", as it is recognised.
func specOf(t *testing.T, path, document string) *classifier.Spec {
	t.Helper()
	o := classifier.Options{Threads: 1}
	if document != "" {
		o.Preprocessing = filepath.Join(t.TempDir(), "settings.json")
		if err := os.WriteFile(o.Preprocessing, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := classifier.Inspect(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameSettings(t *testing.T, path, one, other string) bool {
	return string(task.JSON(specOf(t, path, one))) == string(task.JSON(specOf(t, path, other)))
}

func labelsOf(items []probe.Item) (list []string) {
	for _, it := range items {
		if !slices.Contains(list, it.Label) {
			list = append(list, it.Label)
		}
	}
	return list
}

func probeModel(t *testing.T, w *worker.Worker, path string, items []probe.Item) *probe.Found {
	t.Helper()
	spec, err := json.Marshal(specOf(t, path, ""))
	if err != nil {
		t.Fatal(err)
	}
	r := probe.Request{Spec: spec, Items: items[:min(200, len(items))], Labels: labelsOf(items)}
	s, release := scorerOf(t, w, spec)
	defer release()
	found, err := Probe(context.Background(), w, s, r, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func scorerOf(t *testing.T, w *worker.Worker, spec []byte) (worker.Scorer, func()) {
	t.Helper()
	model, release, err := w.Model(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return w.Scorer(model, worker.AtOnce), release
}

// accuracyOf is the share of photos that the model gets right with these settings, by the
// way an evaluation goes.
func accuracyOf(t *testing.T, w *worker.Worker, path string, items []probe.Item, document string) float64 {
	t.Helper()
	spec := specOf(t, path, document)
	data, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, release := scorerOf(t, w, data)
	defer release()
	truth := spec.Match(labelsOf(items), nil).Index
	right, n := 0, 0
	hits := make([]bool, len(items))
	err = onCores(context.Background(), w.Cores, len(items), func(i int) error {
		im, err := imaging.Decode(read(items[i].File), imaging.Limits{})
		if err != nil {
			return err
		}
		input := make([]float32, s.InputLen())
		if _, err := s.Preprocess(im, input); err != nil {
			return err
		}
		r, err := s.Run(context.Background(), input, 1)
		if err != nil {
			return err
		}
		c, ok := truth[items[i].Label]
		hits[i] = ok && argmax(r.Logits) == c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, hit := range hits {
		if _, ok := truth[items[i].Label]; !ok {
			continue
		}
		n++
		if hit {
			right++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return float64(right) / float64(n)
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(fmt.Sprint("the material has changed: ", err))
	}
	return data
}

func argmax(values []float32) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}
