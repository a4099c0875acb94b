package stores_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// The benchmarks run on 20,000 × 100 scores. SIGHTLINE_BENCH_LARGE=FOLDER makes
// them run on a million × 1,000 (4 GB), generated into FOLDER and kept there.
func large(b *testing.B) (*stores.Stores, *results.Evaluation) {
	b.Helper()
	dir, size := b.TempDir(), synthetic.Size{Samples: 20_000, Classes: 100}
	if kept := os.Getenv("SIGHTLINE_BENCH_LARGE"); kept != "" {
		dir, size = filepath.Join(kept, "workspace"), synthetic.Size{Samples: 1_000_000, Classes: 1000}
	}
	ctx := context.Background()
	w, err := stores.Open(ctx, dir, workspace.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.Close() })
	id := results.EvaluationID("synthetic", "random")
	if e, err := w.Results.Evaluation(ctx, id); err == nil && e.State == results.EvaluationDone {
		return w, e
	}
	e, err := synthetic.Fill(ctx, w, size, func(done int) {
		if done%102400 == 0 {
			fmt.Fprintf(os.Stderr, "generated %d of %d\n", done, size.Samples)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	return w, e
}

// peak reports the largest resident memory this process has had.
func peak(b *testing.B) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for _, line := range strings.Split(string(data), "\n") {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			b.ReportMetric(kib/1024, "MiB-peak")
		}
	}
}

func BenchmarkQueries(b *testing.B) {
	w, e := large(b)
	ctx := context.Background()
	classes := len(e.Classes)
	run := func(name string, f func(i int) error) {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				if err := f(i); err != nil {
					b.Fatal(err)
				}
			}
			peak(b)
		})
	}
	run("matrix at a changed threshold", func(i int) error {
		_, err := w.Results.Matrix(ctx, e.ID, slice.MustParse(fmt.Sprintf("threshold=%v", float64(i%97)/100)))
		return err
	})
	run("first page of a cell", func(i int) error {
		label := i % (classes - 1)
		_, _, err := w.Results.Samples(ctx, e.ID, slice.MustParse(fmt.Sprintf("label=%d&predicted=%d&threshold=0.1", label, label+1)), results.MostConfident, 0, 60)
		return err
	})
	run("first page of all", func(i int) error {
		_, _, err := w.Results.Samples(ctx, e.ID, slice.Slice{}, results.WorstLoss, 0, 60)
		return err
	})
	run("curve of a class", func(i int) error {
		_, err := w.Results.Curve(ctx, e.ID, "", i*7%classes, 500)
		return err
	})
	run("samples above a class's score", func(i int) error {
		class := i * 7 % classes
		_, _, err := w.Results.Samples(ctx, e.ID, slice.MustParse(fmt.Sprintf("score(%d)=0.4-", class)), results.MostConfident, 0, 60)
		return err
	})
	run("histogram", func(i int) error {
		_, err := w.Results.Histogram(ctx, e.ID, slice.Slice{}, 20)
		return err
	})
	run("summary", func(i int) error {
		_, err := w.Results.Summary(ctx, e.ID, slice.MustParse("split=test&threshold=0.3"))
		return err
	})
	run("place of a sample", func(i int) error {
		label := i % classes
		_, _, err := w.Results.Place(ctx, e.ID, slice.Equal("label", slice.Class(label)), results.MostConfident, int64(i))
		return err
	})
	run("detail of a sample", func(i int) error {
		_, err := w.Results.Prediction(ctx, e.ID, int64(1+i))
		return err
	})
}

// BenchmarkAreas computes the areas under the curves of all classes, as
// happens once when an evaluation ends.
func BenchmarkAreas(b *testing.B) {
	w, e := large(b)
	for b.Loop() {
		if err := w.Results.ComputeAreas(context.Background(), e.ID, ""); err != nil {
			b.Fatal(err)
		}
	}
	peak(b)
}

// BenchmarkImport scans and stores a folder of small JPEGs, without thumbnails:
// 2,000 files, or SIGHTLINE_BENCH_FILES of them.
func BenchmarkImport(b *testing.B) {
	files := 2000
	if n, err := strconv.Atoi(os.Getenv("SIGHTLINE_BENCH_FILES")); err == nil {
		files = n
	}
	root := b.TempDir()
	plantImages(b, root, files)
	ctx := context.Background()
	for b.Loop() {
		w, err := stores.Open(ctx, b.TempDir(), workspace.Options{})
		if err != nil {
			b.Fatal(err)
		}
		scan, err := dataset.Scan(ctx, dataset.Source{Root: root}, nil)
		if err != nil {
			b.Fatal(err)
		}
		report, err := w.Catalog.Import(ctx, "small", scan)
		if err != nil || report.Samples != files {
			b.Fatalf("%+v, %v", report, err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(files*b.N)/b.Elapsed().Seconds(), "files/s")
}

// plantImages writes JPEGs of 64×64 pixels, all different, into 100 class folders.
func plantImages(b *testing.B, root string, files int) {
	im := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range im.Pix {
		im.Pix[i] = byte(i * i >> 3)
	}
	for i := range files {
		dir := filepath.Join(root, fmt.Sprintf("class%02d", i%100))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		var buf bytes.Buffer
		im.Pix[i%len(im.Pix)]++
		if err := jpeg.Encode(&buf, im, nil); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&buf, "%d", i) // after the end of the image
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.jpg", i)), buf.Bytes(), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}
