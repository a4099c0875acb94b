// Command perturbation measures how close the maps of cheap perturbation designs
// come to RISE with 8,000 masks, on real models and photographs:
//
//	go run ./bench/perturbation [-data FOLDER] [-cache FOLDER] [-score]
//
// -data is the test material (see internal/testdata). Every map is kept under
// -cache, so that a run can be stopped, continued and extended; -score only makes
// the tables of what is there. It runs one photograph per core, each on one
// thread, and takes hours of processor time: use nice.
//
// Per photograph, what is compared with the map of one RISE run of 8,000 masks
// (centred, of the predicted class's logit) is: another such run with another
// seed, which is the most that can be expected; the beginnings of that other run;
// RISE with structured masks; the structured design, and plain random halves of
// the same grid through the same estimator, with soft and with hard edges. The
// measure is Spearman's rank correlation, once over the cells of the 7×7 grid,
// RISE's maps averaged over them, and once over RISE's own 32×32 cells, the
// others' maps drawn there bilinearly. The tables give medians over photographs
// with 95 % bootstrap intervals.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
)

type settings struct {
	data, cache string
	scoreOnly   bool
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("perturbation: ")
	var s settings
	flag.StringVar(&s.data, "data", "", "the test material (default: where the tests find it)")
	flag.StringVar(&s.cache, "cache", filepath.Join(os.TempDir(), "perturbation"), "folder that keeps the maps")
	flag.BoolVar(&s.scoreOnly, "score", false, "only make the tables of the maps that are there")
	flag.Parse()
	if err := run(context.Background(), s); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, s settings) error {
	if s.data == "" {
		found, ok := testdata.Find()
		if !ok {
			return fmt.Errorf("there is no test material: say where with -data")
		}
		s.data = found
	}
	if !s.scoreOnly {
		if err := makeMaps(ctx, s); err != nil {
			return err
		}
	}
	return report(os.Stdout, s.cache)
}

// subject is a model with photographs it was made for.
type subject struct {
	model, images string
	photos        int    // fewer where a forward takes long
	preprocessing string // as Hugging Face writes it
}

var subjects = []subject{
	{"professions-idenprof-squeezenet", "idenprof/test/*/*.jpg", 6, `{"do_rescale": false, "image_mean": [123,117,104], "image_std": [1,1,1], "do_flip_channel_order": true}`},
	{"imagenet-mobilenetv1-0.25-nhwc", "imagenet-samples/*.JPEG", 9, `{"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5]}`},
	{"groceries-freiburg-mobilenetv2", "freiburg-groceries/images/*/*.png", 3, `{"image_mean": [0.485,0.456,0.406], "image_std": [0.229,0.224,0.225]}`},
	{"flowers-mobilenetv2-0.35-tf2onnx", "flowers/test/*/*.jpg", 6, `{"resample": 0, "image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5]}`},
}

// work is one photograph of one model, opened.
type work struct {
	subject subject
	model   *classifier.Classifier
	file    string
	seed    uint64
}

// makeMaps goes through the photographs, those of the fastest models first, and
// then once more for what a table can do without.
func makeMaps(ctx context.Context, s settings) error {
	var list [][]work
	for _, subject := range subjects {
		model, err := subject.open(ctx, s.data, s.cache)
		if err != nil {
			return fmt.Errorf("open %s: %w", subject.model, err)
		}
		defer model.Close()
		files, err := spread(filepath.Join(s.data, "images", subject.images), subject.photos)
		if err != nil {
			return err
		}
		var own []work
		for _, file := range files {
			own = append(own, work{subject: subject, model: model, file: file})
		}
		list = append(list, own)
	}
	all := interleave(list)
	slices.SortStableFunc(all, func(a, b work) int { return cmp.Compare(b.subject.photos, a.subject.photos) })
	if err := workOff(ctx, s.cache, all, false); err != nil {
		return err
	}
	return workOff(ctx, s.cache, all, true)
}

func (s subject) open(ctx context.Context, data, cache string) (*classifier.Classifier, error) {
	config := filepath.Join(cache, s.model+".preprocessing.json")
	if err := os.MkdirAll(filepath.Dir(config), 0o777); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, []byte(s.preprocessing), 0o666); err != nil {
		return nil, err
	}
	spec, err := classifier.Inspect(ctx, filepath.Join(data, "models", s.model, "model.onnx"), classifier.Options{Preprocessing: config})
	if err != nil {
		return nil, err
	}
	return classifier.Open(spec, 1)
}

// spread picks n of the files that match, at even distances in order of name.
func spread(pattern string, n int) ([]string, error) {
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) < n {
		return nil, fmt.Errorf("%d files match %s, want %d", len(found), pattern, n)
	}
	picked := make([]string, n)
	for i := range picked {
		picked[i] = found[(2*i+1)*len(found)/(2*n)]
	}
	return picked, nil
}

// interleave mixes lists of different lengths evenly, and numbers the seeds.
func interleave(lists [][]work) []work {
	type placed struct {
		work
		at float64
	}
	var all []placed
	for _, list := range lists {
		for i, w := range list {
			all = append(all, placed{w, (float64(i) + 0.5) / float64(len(list))})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	out := make([]work, len(all))
	for i, p := range all {
		out[i] = p.work
		out[i].seed = uint64(i)
	}
	return out
}

// workOff makes the maps of one photograph per core at a time.
func workOff(ctx context.Context, cache string, list []work, late bool) error {
	queue := make(chan int)
	errs := make([]error, len(list))
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range queue {
				errs[i] = list[i].makeAll(ctx, cache, late)
				log.Printf("%d of %d: %s", i+1, len(list), filepath.Base(list[i].file))
			}
		})
	}
	for i := range list {
		queue <- i
	}
	close(queue)
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].file, err)
		}
	}
	return nil
}

// input is the preprocessed photograph.
func (w work) input() ([]float32, imaging.Geometry, error) {
	data, err := os.ReadFile(w.file)
	if err != nil {
		return nil, imaging.Geometry{}, err
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return nil, imaging.Geometry{}, err
	}
	x := make([]float32, w.model.InputLen())
	g, err := w.model.Preprocess(im, x)
	return x, g, err
}
