package explain

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/trust"
)

// TrustRequest is a call for the worth of a map.
type TrustRequest struct {
	Request
	Meta   json.RawMessage `json:"meta"`   // of the map
	Values []byte          `json:"values"` // little-endian float32
}

// StoredTrust returns what a sample's map is worth if that is known, else an error
// that is workspace.ErrNotFound.
func (p Service) StoredTrust(ctx context.Context, evaluation string, sample int64, o MapOptions) (*trust.Trust, error) {
	o, err := o.Normal()
	if err != nil {
		return nil, err
	}
	s, err := p.Store.Maps.Trust(ctx, evaluation, sample, o.Key())
	if err != nil {
		return nil, err
	}
	t := new(trust.Trust)
	if err := json.Unmarshal(s.Content, t); err != nil {
		return nil, fmt.Errorf("read what the map %s of sample %d is worth: %w", o.Key(), sample, err)
	}
	return t, nil
}

// Trust returns what a sample's map is worth: what is stored, or else what a
// worker finds now, by some hundred runs of the model, and the workspace keeps.
// The map itself is made first if need be. The seed of the controls is the map's.
// progress may be nil; it ends the work by returning an error, as the end of ctx
// does.
func (p Service) Trust(ctx context.Context, evaluation string, sample int64, o MapOptions, progress func(task.Progress) error) (*trust.Trust, error) {
	o, err := o.Normal()
	if err != nil {
		return nil, err
	}
	m, err := p.Explain(ctx, evaluation, sample, o, nil)
	if err != nil {
		return nil, err
	}
	found, known, err := task.Measure(ctx, p.Server, func() (*trust.Trust, error) { return p.StoredTrust(ctx, evaluation, sample, o) }, CallTrust, func() (any, error) {
		request, err := p.SampleRequest(ctx, evaluation, sample, o)
		return TrustRequest{Request: request, Meta: MetaOf(m), Values: floats.Bytes(m.Values)}, err
	}, progress)
	switch {
	case err != nil:
		return nil, fmt.Errorf("judge the map %s of sample %d: %w", o.Key(), sample, err)
	case known:
		return found, nil
	}
	return found, p.Store.Maps.PutTrust(ctx, evaluation, sample, o.Key(), KeptTrust(found))
}

// KeptTrust is a trust as the workspace keeps it.
func KeptTrust(t *trust.Trust) maps.StoredTrust {
	s := maps.StoredTrust{Verdict: string(t.Verdict), Content: task.JSON(t)}
	if t.Forwards > 0 {
		s.Insertion, s.Deletion = &t.Map.Insertion, &t.Map.Deletion
	}
	return s
}
