package tasks

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// looks returns a request for an occlusion map of a target on one of three
// images, with a model made for the test.
func looks(t *testing.T) func(image int, target string) explain.Request {
	t.Helper()
	root := t.TempDir()
	photos(t, root, 3, 40, 30)
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	return func(image int, target string) explain.Request {
		file := filepath.Join(root, fmt.Sprint(image), fmt.Sprintf("%04d.jpg", image))
		return explain.Request{MapRequest: explain.MapRequest{Spec: task.JSON(spec), MapOptions: explain.MapOptions{Method: "occlusion", Target: target}}, Item: explain.Item{ID: int64(image), Image: task.Image{File: file}}}
	}
}

// Another target of a image looked at before costs no runs and gives the map
// that a fresh worker gives.
func TestAnotherTargetRunsNothing(t *testing.T) {
	look := looks(t)
	worker, fresh := here(t), here(t)
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
