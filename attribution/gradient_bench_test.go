package attribution

import (
	"testing"
	"time"

	"github.com/sightline/sightline/internal/testdata"
)

// ratio runs two things in turn and reports their times' ratio, each the fastest of
// its runs, so that a busy machine disturbs both alike.
func ratio(b *testing.B, unit string, above, below func() error) {
	b.Helper()
	fastest := [2]time.Duration{}
	measure := func(k int, f func() error) {
		started := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		if took := time.Since(started); fastest[k] == 0 || took < fastest[k] {
			fastest[k] = took
		}
	}
	for _, f := range []func() error{above, below} { // warm up
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		measure(0, above)
		measure(1, below)
	}
	b.ReportMetric(float64(fastest[0])/float64(fastest[1]), unit)
	b.ReportMetric(float64(fastest[1].Microseconds())/1000, "below-ms")
}

// eightPictures are requests for maps of eight different inputs.
func eightPictures(s Scorer) ([]Request, []float32) {
	var rs []Request
	var inputs []float32
	for i := range 8 {
		r := wave(s)
		for k := range r.Input {
			r.Input[k] += float32(i) * 0.01
		}
		rs, inputs = append(rs, r), append(inputs, r.Input...)
	}
	return rs, inputs
}

// BenchmarkCAMPerForward: a CAM of eight pictures beside ONNX Runtime's forward pass
// of the same on the original file. The limit for Grad-CAM on ResNet-50 is 1.10.
func BenchmarkCAMPerForward(b *testing.B) {
	for _, name := range []string{"resnet50", "mobilenet_v2"} {
		model := OpenReal(b, testdata.Architecture(b, name))
		rs, inputs := eightPictures(model)
		for _, m := range []Method{GradCAM{}, HiResCAM{}, EigenCAM{}} {
			b.Run(name+"/"+m.Name(), func(b *testing.B) {
				ratio(b, "×forward", func() error {
					_, errs := m.ExplainBatch(b.Context(), model, rs, []Target{{}}, nil)
					return errs[0]
				}, func() error {
					_, err := model.Score(b.Context(), inputs, len(rs))
					return err
				})
			})
		}
	}
}

// BenchmarkIntegratedPerGradient: Integrated Gradients with 32 steps beside the
// gradients of 32 pictures. The limit is 1.2.
func BenchmarkIntegratedPerGradient(b *testing.B) {
	model := OpenReal(b, testdata.Architecture(b, "resnet18"))
	var many []Request
	for range 4 {
		rs, _ := eightPictures(model)
		many = append(many, rs...)
	}
	for i := range many {
		many[i].Ranking = []int{0, 1} // a class given: no forward pass to find it
	}
	targets := []Target{{Kind: OneClass, Class: 7}}
	ratio(b, "×32-gradients", func() error {
		_, errs := IntegratedGradients{Steps: 32}.ExplainBatch(b.Context(), model, many[:1], targets, nil)
		return errs[0]
	}, func() error {
		_, errs := Gradient{}.ExplainBatch(b.Context(), model, many, targets, nil)
		return errs[0]
	})
}
