package work

import (
	"context"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/tasks/concepts"
	"github.com/sightline/sightline/worker"
)

// Where there can be no concepts, the class says why and what to do.
func TestNoConcepts(t *testing.T) {
	w := worker.New(worker.Options{Cores: 1})
	defer w.Close()
	for name, c := range map[string]struct {
		model   *onnx.Model
		samples int
		gone    bool
		want    string
	}{
		"no place":   {testmodel.ManyClasses(4), 9, false, "Occlusion tells"},
		"one sample": {testmodel.Build(testmodel.Options{Side: 32}), 1, false, "predicts 1 images of this class right, and concepts need 8"},
		"none right": {testmodel.Build(testmodel.Options{Side: 32}), 0, false, "predicts 0 images"},
		"files gone": {testmodel.Build(testmodel.Options{Side: 32}), 9, true, "9 of 9 images cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			spec, err := classifier.Inspect(t.Context(), testmodel.Save(t, c.model), classifier.Options{Preprocessing: "plain"})
			if err != nil {
				t.Fatal(err)
			}
			model, err := classifier.Open(spec, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer model.Close()
			found, err := Class(t.Context(), w, nil, w.Scorer(model, worker.AtOnce), concepts.Payload{Samples: make([]concepts.Sample, c.samples)},
				func(_ context.Context, s concepts.Sample) ([]float32, imaging.Geometry, error) {
					if c.gone {
						return w.LoadInput(t.Context(), w.Scorer(model, worker.AtOnce), s.Image)
					}
					return make([]float32, model.InputLen()), imaging.Geometry{}, nil
				})
			if err != nil || !strings.Contains(found.Class.Reason, c.want) {
				t.Errorf("%+v, %v: want %q", found, err, c.want)
			}
		})
	}
}
