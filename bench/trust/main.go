// Command trust assesses saliency methods on real photos: the insertion and
// deletion of each method's maps against the maps' own cells permuted and a
// centre map (see docs/trust.md), with intervals over photos.
//
//	go run ./bench/trust -model MODEL.onnx -photos FOLDER [-n 100] [-methods gradcam,ig,…] [-rows FILE]
//
// Photos are taken evenly from the folder's files in the order of their paths. A
// line per photo and method goes to -rows as it is made; what is there already is
// not made again, so that a long run can be ended and gone on with. The table is
// printed at the end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/trust"
)

type settings struct {
	model, photos, preprocessing, rows string
	methods                            []string
	n                                  int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("trust: ")
	var s settings
	flag.StringVar(&s.model, "model", "", "an ONNX classifier")
	flag.StringVar(&s.photos, "photos", "", "a folder of photos")
	flag.StringVar(&s.preprocessing, "preprocessing", "", "preset or file; default: what the model's folder tells")
	flag.StringVar(&s.rows, "rows", "trust-rows.jsonl", "where to keep a line per map")
	methods := flag.String("methods", strings.Join(names(), ","), "methods, by commas")
	flag.IntVar(&s.n, "n", 100, "photos")
	flag.Parse()
	s.methods = strings.Split(*methods, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		log.Fatal(err)
	}
}

// names lists the methods that make maps of their own.
func names() (list []string) {
	for _, m := range methods.All() {
		if m.Name() != "auto" {
			list = append(list, m.Name())
		}
	}
	return list
}

func run(ctx context.Context, s settings) error {
	spec, err := classifier.Inspect(ctx, s.model, classifier.Options{Preprocessing: s.preprocessing})
	if err != nil {
		return err
	}
	model, err := classifier.Open(spec, 1)
	if err != nil {
		return err
	}
	defer model.Close()
	files, err := choose(s.photos, s.n)
	if err != nil {
		return err
	}
	rows, err := openRows(s.rows)
	if err != nil {
		return err
	}
	started, group := time.Now(), errgroup.Group{}
	group.SetLimit(2)
	for i := range files {
		group.Go(func() error { return assessPhoto(ctx, model, s, rows, files, i, started) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	rows.print(os.Stdout, s.methods)
	return nil
}

// choose takes n files, evenly spaced in the order of their paths.
func choose(folder string, n int) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".jpg", ".jpeg", ".png", ".bmp", ".ppm":
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%d photos in %s: %w", len(files), folder, err)
	}
	slices.Sort(files)
	n = min(n, len(files))
	chosen := make([]string, n)
	for i := range chosen {
		chosen[i] = files[i*len(files)/n]
	}
	return chosen, nil
}

// assessPhoto makes and assesses the maps of photo i.
func assessPhoto(ctx context.Context, model *classifier.Classifier, s settings, rows *rows, files []string, i int, started time.Time) error {
	input, geometry, err := prepare(model, files[i])
	if err != nil {
		return err
	}
	for _, name := range s.methods {
		key := key{Model: model.Spec().Name, File: relativeTo(s.photos, files[i]), Method: name}
		if rows.has(key) {
			continue
		}
		r := attribution.Request{Input: input, Geometry: geometry, Truth: attribution.NoTruth, Seed: 1}
		if r.Baselines, err = baselines(model, files, i); err != nil {
			return err
		}
		method, err := methods.All().Configure(name, nil, &model.Spec().Preprocessing, &r)
		if err != nil {
			return err
		}
		line := row{key: key}
		m, err := attribution.Explain(ctx, method, model, r, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			line.Refused = err.Error()
		} else if line.Trust, err = trust.Evaluate(ctx, model, r, m, trust.Options{}); err != nil {
			return err
		} else {
			line.Seconds, line.Evaluations = m.Seconds, m.Evaluations
		}
		if err := rows.add(line); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %s, photo %d of %d\n", time.Since(started).Round(time.Second), filepath.Base(files[i]), i+1, len(files))
	return nil
}

func prepare(model *classifier.Classifier, file string) ([]float32, imaging.Geometry, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, imaging.Geometry{}, err
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return nil, imaging.Geometry{}, fmt.Errorf("%s: %w", file, err)
	}
	input := make([]float32, model.InputLen())
	g, err := model.Preprocess(im, input)
	return input, g, err
}

// baselines are other photos, for methods that compare with a dataset.
func baselines(model *classifier.Classifier, files []string, i int) ([][]float32, error) {
	var list [][]float32
	for k := 1; k <= 16 && k < len(files); k++ {
		input, _, err := prepare(model, files[(i+k*7)%len(files)])
		if err != nil {
			return nil, err
		}
		list = append(list, input)
	}
	return list, nil
}

// relativeTo names a file within the folder of photos.
func relativeTo(folder, file string) string {
	if name, err := filepath.Rel(folder, file); err == nil {
		return name
	}
	return file
}
