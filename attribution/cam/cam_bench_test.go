package cam

import (
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/testdata"
)

// BenchmarkCAMPerForward: a CAM of eight images beside ONNX Runtime's forward pass
// of the same on the original file. The limit for Grad-CAM on ResNet-50 is 1.10.
func BenchmarkCAMPerForward(b *testing.B) {
	for _, name := range []string{"resnet50", "mobilenet_v2"} {
		model := testkit.Open(b, testdata.Architecture(b, name))
		rs, inputs := testkit.EightInputs(model)
		for _, m := range []attribution.Method{GradCAM{}, HiResCAM{}, EigenCAM{}} {
			b.Run(name+"/"+m.Name(), func(b *testing.B) {
				testkit.Ratio(b, "×forward", func() error {
					_, errs := m.ExplainBatch(b.Context(), model, rs, []attribution.Target{{}}, nil)
					return errs[0]
				}, func() error {
					_, err := model.Score(b.Context(), inputs, len(rs))
					return err
				})
			})
		}
	}
}
