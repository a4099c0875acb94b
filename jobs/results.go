package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/workspace"
)

// clearIncoming empties the folder of large results.
func (m *Manager) clearIncoming(context.Context) error {
	if m.opts.Incoming == "" {
		dir, err := os.MkdirTemp("", "sightline-incoming-")
		if err != nil {
			return fmt.Errorf("make a folder for large results: %w", err)
		}
		m.opts.Incoming = dir
		return nil
	}
	if err := os.MkdirAll(m.opts.Incoming, 0o755); err != nil {
		return fmt.Errorf("make the folder for large results: %w", err)
	}
	entries, err := os.ReadDir(m.opts.Incoming)
	if err != nil {
		return fmt.Errorf("read the folder for large results: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(m.opts.Incoming, e.Name())); err != nil {
			return fmt.Errorf("empty the folder for large results: %w", err)
		}
	}
	return nil
}

// Incoming is the folder through which large results travel.
func (m *Manager) Incoming() string { return m.opts.Incoming }

// onResult ingests a chunk's result, then acknowledges its delivery. NATS
// calls it for one message at a time.
func (m *Manager) onResult(msg *nats.Msg) {
	var req resultRequest
	var reply resultReply
	err := json.Unmarshal(msg.Data, &req)
	if err == nil {
		err = m.accept(req)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	m.respond(msg, reply)
}

// accept takes a result, or a worker's word that there will be none. A result
// of a chunk that needs none any more is dropped.
func (m *Manager) accept(req resultRequest) error {
	defer m.sweep(req)
	t, c, kind, err := m.openChunk(req)
	if t == nil {
		return err
	}
	if req.Error != "" {
		m.end(t, Failed, req.Error)
		return nil
	}
	result, err := m.fetch(req)
	if err != nil {
		m.opts.Log.Warn("a result was not taken", "job", req.Job, "chunk", req.Seq, "err", err)
		return err // the file is gone with an earlier try: the queue delivers the chunk again
	}
	err = m.mark(t, c, result.Failed, func(tx *workspace.Tx) error {
		if err := m.pin(tx, t, kind); err != nil {
			return err
		}
		return t.planner.Ingest(t.ctx, tx, m.snapshot(t), c, result)
	})
	if errors.Is(err, errOtherKind) {
		m.giveBack(t, c)
		return err
	}
	if err == nil {
		m.pinned(t, kind)
	}
	if err != nil && t.ctx.Err() == nil {
		m.end(t, Failed, fmt.Sprintf("the results could not be stored: %v; resume the job when that is mended", err))
	}
	return err
}

// fetch puts a result together wherever its parts travelled.
func (m *Manager) fetch(req resultRequest) (r Result, err error) {
	r = Result{Data: req.Data, Failed: req.Failed}
	for name, want := range req.Digests {
		if err := blobs.Check(m.incoming(name), blobs.File{Size: want.Size, SHA256: want.SHA256}); err != nil {
			return r, fmt.Errorf("a result's file: %w", err)
		}
	}
	if req.FailedIn != "" {
		data, err := os.ReadFile(m.incoming(req.FailedIn))
		if err == nil {
			err = json.Unmarshal(data, &r.Failed)
		}
		if err != nil {
			return r, fmt.Errorf("read a result's failures: %w", err)
		}
	}
	if req.Large != "" {
		if r.Data, err = os.ReadFile(m.incoming(req.Large)); err != nil {
			return r, fmt.Errorf("read a result: %w", err)
		}
	}
	if req.File != "" {
		r.Path = m.incoming(req.File)
	}
	if req.Beside != "" {
		r.Beside = m.incoming(req.Beside)
	}
	return r, nil
}

// sweep removes a result's files, but for those that Ingest renamed away.
func (m *Manager) sweep(req resultRequest) {
	for _, name := range req.files() {
		if ownFile(name, req.Job, req.Seq, req.Claim) {
			os.Remove(m.incoming(name))
		}
	}
}

func (m *Manager) incoming(name string) string {
	return filepath.Join(m.opts.Incoming, filepath.Base(name))
}

// errNotYours refuses a result of who was not given the chunk.
var errNotYours = errors.New("the result was refused: this worker was not given the chunk, or names files of another")

// openChunk finds the chunk that a result is of, and the kind of the worker: nil if it is open no
// more, an error if it was not given to who shows this claim.
func (m *Manager) openChunk(req resultRequest) (t *tracked, _ Chunk, kind string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t = m.tracked[req.Job]
	if t == nil || t.ended || t.open[req.Seq] == nil {
		return nil, Chunk{}, "", nil
	}
	c := t.open[req.Seq]
	of := c.owns(req.Claim)
	own := of != nil
	for _, name := range req.files() {
		own = own && ownFile(name, req.Job, req.Seq, req.Claim)
	}
	if !own {
		m.counters.refused.Add(1)
		m.opts.Log.Warn("a result was refused: it shows no claim of its chunk", "job", req.Job, "chunk", req.Seq)
		return nil, Chunk{}, "", errNotYours
	}
	if c.claim == nil || c.claim.id != req.Claim {
		m.opts.Log.Info("a late result is taken: the chunk is still open", "job", req.Job, "chunk", req.Seq)
	}
	return t, c.Chunk, of.kind, nil
}

// holder is the worker that has a chunk, "" if none has.
func (m *Manager) holder(t *tracked, c Chunk) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if open := t.open[c.Seq]; open != nil && open.claim != nil {
		return open.claim.worker
	}
	return ""
}

// mark stores the done-mark together with what ingest writes, acknowledges
// the delivery and finishes the job after its last chunk.
func (m *Manager) mark(t *tracked, c Chunk, failed []Failure, ingest func(*workspace.Tx) error) error {
	m.ingesting.Lock()
	began := time.Now()
	fresh, err := m.store.FinishChunk(t.ctx, c, failed, ingest)
	took := time.Since(began)
	m.ingesting.Unlock()
	if err != nil {
		return err
	}
	if fresh {
		m.counters.stored(c.Count, len(failed), took)
		m.opts.Log.Info("a chunk is stored", "job", c.Job, "chunk", c.Seq, "worker", m.holder(t, c), "items", c.Count, "failed", len(failed), "seconds", took.Seconds())
	}
	last := false
	m.change(t, func() {
		open := t.open[c.Seq]
		if open == nil || t.ended {
			return
		}
		if open.claim != nil {
			m.credit(open.claim.worker, c.Count-open.claim.done)
			m.acknowledge(open.claim)
		}
		delete(t.open, c.Seq)
		if fresh {
			t.job.Crashes = 0
			t.job.Done += c.Count
			t.job.Failed += len(failed)
		}
		if last = len(t.open) == 0 && !m.closed; last {
			m.running.Add(1)
		}
	})
	if last {
		go func() {
			defer m.running.Done()
			m.finish(t)
		}()
	}
	return nil
}
