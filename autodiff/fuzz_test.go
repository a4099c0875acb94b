package autodiff_test

import (
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// FuzzGradient feeds damaged models to the canonical form and to every kind of rule
// set: they may be refused, never crash.
func FuzzGradient(f *testing.F) {
	f.Add(testmodel.Build(testmodel.Options{End: "spelled"}).Marshal())
	f.Add(testmodel.Build(testmodel.Options{NHWC: true, End: "Softmax", Opset: 9}).Marshal())
	for _, family := range families {
		for _, make := range family {
			f.Add(make(newDice(1)).model().Marshal())
		}
	}
	rules := ruleSets()
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := onnx.Parse(b)
		if err != nil || len(b) > 1<<14 {
			return
		}
		takeApart(m, rules)
	})
}
