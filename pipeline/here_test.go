package pipeline

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/worker"
)

// here is a worker in the test's own process, on one core.
func here(t *testing.T) *processor {
	t.Helper()
	w := worker.New(worker.Options{Cores: 1})
	t.Cleanup(w.Close)
	return &processor{w}
}

// explainHere makes a map in the test's own process.
func explainHere(t *testing.T, request []byte) *attribution.Map {
	t.Helper()
	var r explainRequest
	if err := json.Unmarshal(request, &r); err != nil {
		t.Fatal(err)
	}
	m, _ := explainCounting(t, here(t), r)
	return m
}

// explainCounting makes a map and counts the pieces that the model ran.
func explainCounting(t *testing.T, p *processor, r explainRequest) (m *attribution.Map, pieces int) {
	t.Helper()
	model, release, err := p.Model(r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s := p.Scorer(model, func(context.Context) error { pieces++; return nil })
	if m, err = p.explainOne(context.Background(), s, r, nil); err != nil {
		t.Fatal(err)
	}
	return m, pieces
}
