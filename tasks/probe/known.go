package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// fact is the name under which an evaluation keeps the answer of its last probe.
const fact = "probe"

// Known is the answer of the last probe of an evaluation's dataset and model, nil if there was
// none.
func (s *Service) Known(ctx context.Context, evaluation string) (*Answer, error) {
	known, err := s.Store.Results.Facts(ctx, evaluation, fact)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	answer := new(Answer)
	if err := json.Unmarshal(known[0].Content, answer); err != nil {
		return nil, fmt.Errorf("read what a probe found for %s: %w", evaluation, err)
	}
	return answer, nil
}

// keep stores an answer with the evaluation of a dataset and a model, if it is there and was
// made with the settings that the model has now.
func (s *Service) keep(ctx context.Context, dataset, model string, answer *Answer) error {
	e, err := s.Store.Results.Evaluation(ctx, results.EvaluationID(dataset, model))
	if errors.Is(err, workspace.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := s.Store.Catalog.Model(ctx, model)
	if err != nil || e.Dataset != dataset || e.Model != model || !results.SameSettings(e.Spec, m.Spec) {
		return err
	}
	return s.Store.Results.PutFact(ctx, e.ID, fact, task.JSON(answer))
}

// turns lets one at a time do what has a name.
type turns struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when its turn ends
}

// take waits for the turn of a name, or for the end of ctx.
func (t *turns) take(ctx context.Context, name string) (release func(), err error) {
	for {
		mine, others := t.try(name)
		if others == nil {
			return func() { t.end(name, mine) }, nil
		}
		select {
		case <-others:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try begins a turn, or returns what is closed when another's ends.
func (t *turns) try(name string) (mine, others chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if others := t.busy[name]; others != nil {
		return nil, others
	}
	if t.busy == nil {
		t.busy = map[string]chan struct{}{}
	}
	mine = make(chan struct{})
	t.busy[name] = mine
	return mine, nil
}

func (t *turns) end(name string, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, name)
	close(mine)
}
