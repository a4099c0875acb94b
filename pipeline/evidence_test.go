package pipeline

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
)

// Another target of a picture looked at before costs no runs and gives the map
// that a fresh worker gives.
func TestAnotherTargetRunsNothing(t *testing.T) {
	root := t.TempDir()
	photos(t, root, 1, 40, 30)
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain", MeasureFor: -1})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	request := func(target string) explainRequest {
		return explainRequest{mapRequest{data, MapOptions{Method: "occlusion", Target: target}}, item{ID: 1, File: filepath.Join(root, "0", "0000.jpg"), Truth: 0}}
	}
	worker := newProcessor()
	defer worker.models.close()
	if _, pieces := explainCounting(t, worker, request("predicted")); pieces == 0 {
		t.Fatal("the first map ran nothing")
	}
	again, pieces := explainCounting(t, worker, request("class:1"))
	if pieces != 0 {
		t.Errorf("the second target ran the model %d times", pieces)
	}
	fresh := newProcessor()
	defer fresh.models.close()
	want, _ := explainCounting(t, fresh, request("class:1"))
	if !slices.Equal(again.Values, want.Values) {
		t.Error("the map from remembered scores differs from a fresh one")
	}
}

func TestEvidencesForgetTheOldest(t *testing.T) {
	root := t.TempDir()
	photos(t, root, 3, 40, 30)
	spec, err := classifier.Inspect(context.Background(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain", MeasureFor: -1})
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(spec)
	files := []string{"0/0000.jpg", "1/0001.jpg", "2/0002.jpg"}
	request := func(i int) explainRequest {
		return explainRequest{mapRequest{data, MapOptions{Method: "occlusion", Target: "predicted"}}, item{ID: int64(i), File: filepath.Join(root, filepath.FromSlash(files[i])), Truth: 0}}
	}
	worker := newProcessor()
	defer worker.models.close()
	explainCounting(t, worker, request(0))
	one := worker.evidences.bytes
	worker.evidences.limit = 2 * one
	explainCounting(t, worker, request(1))
	explainCounting(t, worker, request(2))
	if worker.evidences.bytes != 2*one || len(worker.evidences.byKey) != 2 {
		t.Errorf("%d bytes of %d pictures are kept, want %d of 2", worker.evidences.bytes, len(worker.evidences.byKey), 2*one)
	}
	if _, pieces := explainCounting(t, worker, request(2)); pieces != 0 {
		t.Error("the latest picture was forgotten")
	}
	if _, pieces := explainCounting(t, worker, request(0)); pieces == 0 {
		t.Error("the oldest picture was not forgotten")
	}
}
