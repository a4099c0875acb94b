package classifier_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
)

// What Quick reads off a file is what Inspect finds by running it, and the model
// answers alike.
func TestQuickAgreesWithInspect(t *testing.T) {
	for name, o := range map[string]testmodel.Options{
		"logits": {}, "softmax": {End: "Softmax"}, "sigmoid": {End: "Sigmoid"}, "one sigmoid": {End: "Sigmoid", Classes: 1}, "one logit": {Classes: 1},
	} {
		path := testmodel.Write(t, o)
		options := classifier.Options{Preprocessing: "plain", MeasureFor: -1}
		want, err := classifier.Inspect(context.Background(), path, options)
		if err != nil {
			t.Fatal(err)
		}
		quick, err := classifier.Quick(path, options)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer quick.Close()
		got := quick.Spec()
		if got.Activation != want.Activation || got.LogitTensor != want.LogitTensor || got.Output != want.Output || got.Input != want.Input || len(got.Classes) != len(want.Classes) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		model, err := classifier.Open(want, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer model.Close()
		input := make([]float32, model.InputLen())
		for i := range input {
			input[i] = float32(math.Sin(float64(i)))
		}
		a, err := model.Score(context.Background(), input, 1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := quick.Score(context.Background(), input, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("%s: class %d scores %v, Inspect's model %v", name, i, b[i], a[i])
			}
		}
	}
}

func TestQuickSaysWhatIsMissing(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{})
	if _, err := classifier.Quick(path, classifier.Options{Preprocessing: "plain", Output: "nonsense"}); !errors.Is(err, classifier.ErrOutput) || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an output that is not there: %v", err)
	}
	quick, err := classifier.Quick(path, classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	if err := quick.Close(); err != nil {
		t.Errorf("closed before it was used: %v", err)
	}
	if _, err := quick.Score(context.Background(), make([]float32, quick.InputLen()), 1); err == nil {
		t.Error("a closed model answers")
	}
}
