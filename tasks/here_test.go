package tasks

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/tasks/explain"
	explainwork "github.com/sightline/sightline/tasks/explain/work"
	"github.com/sightline/sightline/worker"
)

// here is a worker in the test's own process, on one core.
func here(t *testing.T) *worker.Worker {
	t.Helper()
	w := worker.New(worker.Options{Cores: 1})
	t.Cleanup(w.Close)
	return w
}

// explainHere makes a map in the test's own process.
func explainHere(t *testing.T, request []byte) *attribution.Map {
	t.Helper()
	var r explain.Request
	if err := json.Unmarshal(request, &r); err != nil {
		t.Fatal(err)
	}
	m, _ := explainCounting(t, here(t), r)
	return m
}

// explainCounting makes a map and counts the pieces that the model ran.
func explainCounting(t *testing.T, p *worker.Worker, r explain.Request) (m *attribution.Map, pieces int) {
	t.Helper()
	model, release, err := p.Model(context.Background(), r.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	s := p.Scorer(model, func(context.Context) error { pieces++; return nil })
	if m, err = explainwork.Map(context.Background(), p, s, r, nil); err != nil {
		t.Fatal(err)
	}
	return m, pieces
}
