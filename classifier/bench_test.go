package classifier_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
)

// benchModels are a demo model and, where the test material is there, a real one.
func benchModels() map[string]string {
	models := map[string]string{"demo": filepath.Join("..", "demo", "models", "professions-v1", "model.onnx")}
	if dir, ok := testdata.Find(); ok {
		models["mobilenetv2"] = filepath.Join(dir, "models", "groceries-freiburg-mobilenetv2", "model.onnx")
	}
	return models
}

// BenchmarkRun measures inference alone, per image, by threads and batch length.
func BenchmarkRun(b *testing.B) {
	for name, path := range benchModels() {
		spec, err := classifier.Inspect(context.Background(), path, classifier.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, threads := range []int{1, 2} {
			for _, batch := range []int{1, 8, 16} {
				b.Run(fmt.Sprintf("%s/threads=%d/batch=%d", name, threads, batch), func(b *testing.B) {
					benchmarkRun(b, *spec, threads, batch)
				})
			}
		}
	}
}

func benchmarkRun(b *testing.B, spec classifier.Spec, threads, batch int) {
	spec.Batch.Recommended = batch
	c, err := classifier.Open(&spec, threads)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	input := make([]float32, batch*c.InputLen())
	images := 0
	for b.Loop() {
		if _, err := c.Run(context.Background(), input, batch); err != nil {
			b.Fatal(err)
		}
		images += batch
	}
	b.ReportMetric(float64(images)/b.Elapsed().Seconds(), "images/s")
}

// BenchmarkInspect measures how long adding a model takes.
func BenchmarkInspect(b *testing.B) {
	for name, path := range benchModels() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := classifier.Inspect(context.Background(), path, classifier.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
