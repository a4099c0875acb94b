package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/workspace"
)

// Finding is a failure that a worker found in a chunk that goes on. It is kept with the chunk
// while that is open: whoever does it again, after a cancel or the end of a server, need not
// find it out again, which may have cost a run's whole limit.
type Finding struct {
	Failure
	// Of says of what it holds: the worker's words for the bytes it read and the limits it
	// set. With others the item is tried again.
	Of string `json:"of,omitempty"`
}

// Found stores a finding with the chunk; it returns once that is done. A finding that could
// not be stored is found again, so nobody is told.
func (t *Task) Found(ctx context.Context, f Finding) {
	t.worker.request(ctx, subjectFound, foundNote{Job: t.Job, Seq: t.Seq, Finding: f}, &struct{}{})
}

// Known returns the reason of what an earlier attempt at the chunk found of an item, if it
// holds of what of says.
func (t *Task) Known(item int, of string) (reason string, ok bool) {
	for _, f := range t.known {
		if f.Item == item && f.Of == of {
			return f.Reason, true
		}
	}
	return "", false
}

func (m *Manager) onFound(msg *nats.Msg) {
	var note foundNote
	if err := json.Unmarshal(msg.Data, &note); err != nil {
		m.opts.Log.Error("a finding could not be read", "err", err)
		return
	}
	go func() {
		if err := m.store.PutFinding(context.Background(), Chunk{Job: note.Job, Seq: note.Seq}, note.Finding); err != nil {
			m.opts.Log.Warn("a finding could not be stored", "job", note.Job, "chunk", note.Seq, "err", err)
		}
		m.respond(msg, struct{}{})
	}()
}

// PutFinding implements Store. While a chunk is open its list of failures is that of findings.
func (s *SQLStore) PutFinding(ctx context.Context, c Chunk, f Finding) error {
	return s.ws.Update(ctx, func(tx *workspace.Tx) error {
		list, err := findings(ctx, tx, c)
		if err != nil {
			return err
		}
		return setFindings(ctx, tx, c, append(list, f))
	})
}

// Findings implements Store.
func (s *SQLStore) Findings(ctx context.Context, c Chunk) ([]Finding, error) {
	return findings(ctx, s.ws, c)
}

func findings(ctx context.Context, r workspace.Reader, c Chunk) (list []Finding, err error) {
	texts, err := workspace.QueryAll[string](ctx, r, `SELECT failures FROM chunks WHERE job = ? AND seq = ? AND failures <> ''`, c.Job, c.Seq)
	for _, text := range texts {
		if err == nil {
			err = json.Unmarshal([]byte(text), &list)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read what was found in chunk %d of job %s: %w", c.Seq, c.Job, err)
	}
	return list, nil
}

func setFindings(ctx context.Context, tx *workspace.Tx, c Chunk, list []Finding) error {
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE chunks SET failures = ? WHERE job = ? AND seq = ? AND state = 'open'`, string(text), c.Job, c.Seq)
	}
	if err != nil {
		return fmt.Errorf("store what was found in chunk %d of job %s: %w", c.Seq, c.Job, err)
	}
	return nil
}

// inherit gives the halves of a chunk what was found in it.
func inherit(ctx context.Context, tx *workspace.Tx, c Chunk, halves ...Chunk) error {
	all, err := findings(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, half := range halves {
		var own []Finding
		for _, f := range all {
			if f.Item >= half.First && f.Item < half.End() {
				own = append(own, f)
			}
		}
		if err := setFindings(ctx, tx, half, own); err != nil {
			return err
		}
	}
	return nil
}
