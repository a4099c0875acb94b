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
	m, _ := explainCounting(t, newProcessor(DefaultMemory), r)
	return m
}

// explainCounting makes a map and counts the pieces that the model ran.
func explainCounting(t *testing.T, p *processor, r explainRequest) (m *attribution.Map, pieces int) {
	t.Helper()
	model, release, err := p.models.acquire(r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s := scorer{model, make(cores, 1), DefaultMemory, func(context.Context) error { pieces++; return nil }}
	if m, err = p.explainOne(context.Background(), s, r, nil); err != nil {
		t.Fatal(err)
	}
	return m, pieces
}
