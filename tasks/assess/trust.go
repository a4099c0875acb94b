package assess

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
)

// Kind is the server half: there are no jobs to plan. A job that makes maps assesses them
// too when it is asked to, in the chunk that makes them.
func Kind(*task.Server) task.Kind { return task.Kind{Name: Name} }

// Service is the server's door to trust. Safe for concurrent use.
type Service struct{ *task.Server }

func (p Service) maps() explain.Service { return explain.Service{Server: p.Server} }

// StoredTrust returns the trust in a sample's map if it is known, else an error that is
// workspace.ErrNotFound.
func (p Service) StoredTrust(ctx context.Context, evaluation string, sample int64, o explain.MapOptions) (*trust.Trust, error) {
	o, err := p.maps().Resolve(ctx, evaluation, o)
	if err != nil {
		return nil, err
	}
	s, err := p.Store.Maps.Trust(ctx, evaluation, sample, o.Key())
	if err != nil {
		return nil, err
	}
	t := new(trust.Trust)
	if err := json.Unmarshal(s.Content, t); err != nil {
		return nil, fmt.Errorf("read the trust in the map %s of sample %d: %w", o.Key(), sample, err)
	}
	return t, nil
}

// Trust returns how far a sample's map can be relied on: what is stored, or else what a
// worker finds now, by a few hundred runs of the model, and the workspace keeps.
// The map itself is made first if need be. The seed of the controls is the map's.
// progress may be nil; it ends the work by returning an error, as the end of ctx
// does.
func (p Service) Trust(ctx context.Context, evaluation string, sample int64, o explain.MapOptions, progress func(task.Progress) error) (*trust.Trust, error) {
	o, err := p.maps().Resolve(ctx, evaluation, o)
	if err != nil {
		return nil, err
	}
	m, err := p.maps().Explain(ctx, evaluation, sample, o, nil)
	if err != nil {
		return nil, err
	}
	found, known, err := task.Measure(ctx, p.Server, func() (*trust.Trust, error) { return p.StoredTrust(ctx, evaluation, sample, o) }, CallTrust, func() (any, error) {
		request, err := p.maps().SampleRequest(ctx, evaluation, sample, o)
		return TrustRequest{Request: request, Meta: explain.MetaOf(m), Values: floats.Bytes(m.Values)}, err
	}, progress)
	switch {
	case err != nil:
		return nil, fmt.Errorf("assess the map %s of sample %d: %w", o.Key(), sample, err)
	case known:
		return found, nil
	}
	return found, p.Store.Maps.PutTrust(ctx, evaluation, sample, o.Key(), Kept(found))
}

// Kept is a trust as the workspace keeps it.
func Kept(t *trust.Trust) maps.StoredTrust {
	s := maps.StoredTrust{Verdict: string(t.Verdict), Content: task.JSON(t)}
	if t.Forwards > 0 {
		s.Insertion, s.Deletion = &t.Map.Insertion, &t.Map.Deletion
	}
	return s
}
