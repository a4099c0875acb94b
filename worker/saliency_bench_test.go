package worker

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/testdata"
)

// BenchmarkPerturbation measures what perturbation methods add to the runs of the
// model they ask for: a whole map, as a worker makes it, beside the same number of
// runs on inputs that are there already, in turn. ratio is the median of the
// rounds' ratios, forward-ms what ONNX Runtime alone takes per run.
func BenchmarkPerturbation(b *testing.B) {
	methods, names := []attribution.Method{perturb.RISE{Limit: 256, Correlation: 2}, perturb.Occlusion{}}, []string{"resnet18", "mobilenet_v2"}
	if smoke.Benchmarks() {
		names = names[1:]
	}
	for _, name := range names {
		spec, err := classifier.Inspect(context.Background(), testdata.Architecture(b, name), classifier.Options{Preprocessing: "imagenet"})
		if err != nil {
			b.Fatal(err)
		}
		model, err := classifier.Open(spec, 1)
		if err != nil {
			b.Fatal(err)
		}
		s := New(Options{}).Scorer(model, AtOnce)
		for _, m := range methods {
			b.Run(fmt.Sprintf("%s/%s", name, m.Name()), func(b *testing.B) { benchmarkPerturbation(b, s, m) })
		}
		model.Close()
	}
}

func benchmarkPerturbation(b *testing.B, s Scorer, m attribution.Method) {
	ctx := context.Background()
	r := attribution.Request{
		Input: make([]float32, s.InputLen()), Truth: attribution.NoTruth,
		Geometry: imaging.Geometry{InputWidth: 224, InputHeight: 224, DisplayWidth: 224, DisplayHeight: 224, Matrix: [6]float64{1, 0, 0, 0, 1, 0}},
	}
	for i := range r.Input {
		r.Input[i] = float32(i%255)/127 - 1
	}
	ready := slices.Repeat(r.Input, attribution.DefaultBatch)
	var ratios, forwards []float64
	for b.Loop() {
		start := time.Now()
		made, err := attribution.Explain(ctx, m, s, r, nil)
		if err != nil {
			b.Fatal(err)
		}
		whole := time.Since(start).Seconds()
		start = time.Now()
		for done := 0; done < made.Evaluations; done += attribution.DefaultBatch {
			n := min(attribution.DefaultBatch, made.Evaluations-done)
			if _, err := s.Score(ctx, ready[:n*s.InputLen()], n); err != nil {
				b.Fatal(err)
			}
		}
		alone := time.Since(start).Seconds()
		ratios, forwards = append(ratios, whole/alone), append(forwards, 1000*alone/float64(made.Evaluations))
	}
	slices.Sort(ratios)
	slices.Sort(forwards)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(forwards[len(forwards)/2], "forward-ms")
}
