package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/workspace"
)

// Progress is how far a call has got.
type Progress struct {
	Done, Total int
	Rate        float64       // per second since the start
	Left        time.Duration // at that rate
}

// trustRequest is a call for the worth of a map.
type trustRequest struct {
	explainRequest
	Meta   json.RawMessage `json:"meta"`   // of the map
	Values []byte          `json:"values"` // little-endian float32
}

// trustReply is progress, or the result.
type trustReply struct {
	Done  int          `json:"done"`
	Total int          `json:"total"`
	Trust *trust.Trust `json:"trust,omitempty"`
}

// StoredTrust returns what a sample's map is worth if that is known, else an error
// that is workspace.ErrNotFound.
func (p *Pipeline) StoredTrust(ctx context.Context, evaluation string, sample int64, o MapOptions) (*trust.Trust, error) {
	o, err := o.Normal()
	if err != nil {
		return nil, err
	}
	s, err := p.ws.Trust(ctx, evaluation, sample, o.Key())
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
func (p *Pipeline) Trust(ctx context.Context, evaluation string, sample int64, o MapOptions, progress func(Progress) error) (*trust.Trust, error) {
	o, err := o.Normal()
	if err != nil {
		return nil, err
	}
	m, err := p.Explain(ctx, evaluation, sample, o, nil)
	if err != nil {
		return nil, err
	}
	if t, err := p.StoredTrust(ctx, evaluation, sample, o); !errors.Is(err, workspace.ErrNotFound) {
		return t, err
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if t, err := p.StoredTrust(ctx, evaluation, sample, o); !errors.Is(err, workspace.ErrNotFound) {
		return t, err // found while this waited
	}
	return p.judge(ctx, evaluation, sample, o, m, progress)
}

func (p *Pipeline) judge(ctx context.Context, evaluation string, sample int64, o MapOptions, m *attribution.Map, progress func(Progress) error) (*trust.Trust, error) {
	request, err := p.sampleRequest(ctx, evaluation, sample, o)
	if err != nil {
		return nil, err
	}
	var found *trust.Trust
	started := time.Now()
	payload := mustJSON(trustRequest{explainRequest: request, Meta: mustJSON(m), Values: floatBytes(m.Values)})
	err = p.jobs.Call(ctx, callTrust, payload, func(data []byte) error {
		var r trustReply
		if err := json.Unmarshal(data, &r); err != nil {
			return fmt.Errorf("read the worker's answer: %w", err)
		}
		if found = r.Trust; found != nil || progress == nil {
			return nil
		}
		return progress(progressSince(started, r.Done, r.Total))
	})
	if err == nil && found == nil {
		err = errors.New("the worker sent no result")
	}
	if err != nil {
		return nil, fmt.Errorf("judge the map %s of sample %d: %w", o.Key(), sample, err)
	}
	return found, p.ws.PutTrust(ctx, evaluation, sample, o.Key(), storedTrust(found))
}

func progressSince(started time.Time, done, total int) Progress {
	g := Progress{Done: done, Total: total}
	if seconds := time.Since(started).Seconds(); done > 0 && seconds > 0 {
		g.Rate = float64(done) / seconds
		g.Left = time.Duration(float64(total-done) / g.Rate * float64(time.Second))
	}
	return g
}

// storedTrust is a trust as the workspace keeps it.
func storedTrust(t *trust.Trust) workspace.StoredTrust {
	s := workspace.StoredTrust{Verdict: string(t.Verdict), Content: mustJSON(t)}
	if t.Forwards > 0 {
		s.Insertion, s.Deletion = &t.Map.Insertion, &t.Map.Deletion
	}
	return s
}
