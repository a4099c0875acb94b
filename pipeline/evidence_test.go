package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/task"
)

// looks returns a request for an occlusion map of a target on one of three
// pictures, with a model made for the test.
func looks(t *testing.T) func(picture int, target string) explainRequest {
	t.Helper()
	root := t.TempDir()
	photos(t, root, 3, 40, 30)
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain", MeasureFor: -1})
	if err != nil {
		t.Fatal(err)
	}
	return func(picture int, target string) explainRequest {
		file := filepath.Join(root, fmt.Sprint(picture), fmt.Sprintf("%04d.jpg", picture))
		return explainRequest{mapRequest: mapRequest{task.JSON(spec), MapOptions{Method: "occlusion", Target: target}}, Item: item{ID: int64(picture), File: file}}
	}
}

// Another target of a picture looked at before costs no runs and gives the map
// that a fresh worker gives.
func TestAnotherTargetRunsNothing(t *testing.T) {
	look := looks(t)
	worker, fresh := newProcessor(DefaultMemory), newProcessor(DefaultMemory)
	defer worker.models.close()
	defer fresh.models.close()
	if _, pieces := explainCounting(t, worker, look(0, "predicted")); pieces == 0 {
		t.Fatal("the first map ran nothing")
	}
	again, pieces := explainCounting(t, worker, look(0, "class:1"))
	if pieces != 0 {
		t.Errorf("the second target ran the model %d times", pieces)
	}
	want, _ := explainCounting(t, fresh, look(0, "class:1"))
	if !slices.Equal(again.Values, want.Values) {
		t.Error("the map from remembered scores differs from a fresh one")
	}
}

func TestEvidencesForgetTheOldest(t *testing.T) {
	look := looks(t)
	worker := newProcessor(DefaultMemory)
	defer worker.models.close()
	explainCounting(t, worker, look(0, "predicted"))
	one := worker.evidences.bytes
	worker.evidences.limit = 2 * one
	explainCounting(t, worker, look(1, "predicted"))
	explainCounting(t, worker, look(2, "predicted"))
	if worker.evidences.bytes != 2*one || len(worker.evidences.byKey) != 2 {
		t.Errorf("%d bytes of %d pictures are kept, want %d of 2", worker.evidences.bytes, len(worker.evidences.byKey), 2*one)
	}
	if _, pieces := explainCounting(t, worker, look(2, "predicted")); pieces != 0 {
		t.Error("the latest picture was forgotten")
	}
	if _, pieces := explainCounting(t, worker, look(0, "predicted")); pieces == 0 {
		t.Error("the oldest picture was not forgotten")
	}
}
