package pipeline

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sightline/sightline/attribution"
)

// explainHere makes a map in the test's own process, on one core.
func explainHere(t *testing.T, request []byte) *attribution.Map {
	t.Helper()
	var r explainRequest
	if err := json.Unmarshal(request, &r); err != nil {
		t.Fatal(err)
	}
	kept := newModels(1)
	defer kept.close()
	model, release, err := kept.acquire(r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s := scorer{model, make(cores, 1), func(context.Context) error { return nil }}
	m, err := explainOne(context.Background(), s, r.mapRequest, r.Item, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
