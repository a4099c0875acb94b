package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
)

// The list of a real network ends with its last feature map, which is the
// automatic choice.
func TestLayersOfARealModel(t *testing.T) {
	path := filepath.Join(testdata.Dir(t), "models", "cifar10-resnet20-torch", "model.onnx")
	model, err := classifier.Quick(t.Context(), path, classifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	list, err := layersOf(context.Background(), model)
	if err != nil {
		t.Fatal(err)
	}
	if l := list[0]; l.Number != 1 || !l.Automatic || l.Channels != 64 || l.Width != 8 || l.Height != 8 {
		t.Errorf("the last layer is %+v", l)
	}
	for _, l := range list[1:] {
		if l.Automatic {
			t.Errorf("%+v is a second automatic choice", l)
		}
	}
}
