package jobs

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// deathsToBlame is how many workers must die with a chunk in flight before it
// is bisected or, if it is a single item, quarantined.
const deathsToBlame = 2

// WorkerLost tells that a worker is dead. Its chunks are given to another at
// once; one that was in flight for the second time is bisected. Calls it was
// answering are asked again. It reports whether the worker was ready.
func (m *Manager) WorkerLost(worker, reason string) (wasReady bool) {
	m.mu.Lock()
	m.lastLoss = reason
	innocent := false // of chunks, if a call may have done it
	info := m.workers[worker]
	if info != nil {
		innocent = info.calls > 0
		close(info.gone)
		delete(m.workers, worker)
	}
	closed := m.closed
	m.mu.Unlock()
	if closed {
		return info != nil
	}
	for _, blamed := range m.release(worker, reason, innocent) {
		if err := m.bisect(blamed.t, blamed.c, blamed.claim, reason); err != nil && blamed.t.ctx.Err() == nil {
			m.end(blamed.t, Failed, err.Error())
		}
	}
	return info != nil
}

type blamedChunk struct {
	t     *tracked
	c     Chunk
	claim *claim
}

// release ends the claims of a dead worker. It offers their chunks again, as
// suspects unless they are innocent, but for those it returns, which have seen
// deaths enough.
func (m *Manager) release(worker, reason string, innocent bool) []blamedChunk {
	m.mu.Lock()
	defer m.mu.Unlock()
	var blamed []blamedChunk
	for _, t := range m.tracked {
		for _, c := range t.open {
			if c.claim == nil || c.claim.worker != worker {
				continue
			}
			cl := c.claim
			c.claim = nil
			if !innocent {
				c.deaths++
			}
			t.job.Message = "a worker died (" + reason + "); its chunk is done again"
			if !innocent && c.deaths >= deathsToBlame {
				blamed = append(blamed, blamedChunk{t, c.Chunk, cl})
				continue
			}
			if err := m.offer(c); err != nil {
				m.opts.Log.Error("a chunk could not be offered again", "job", c.Job, "chunk", c.Seq, "err", err)
			}
			m.acknowledge(cl)
		}
	}
	return blamed
}

// bisect halves a chunk that kills workers, or quarantines its only item.
func (m *Manager) bisect(t *tracked, c Chunk, cl *claim, reason string) error {
	ctx := context.Background()
	if c.Count == 1 {
		why := fmt.Sprintf("the model runtime crashed on this sample (%s)", reason)
		err := m.mark(t, c, []Failure{{Item: c.First, Reason: why}}, func(tx *workspace.Tx) error {
			return t.planner.Quarantine(ctx, tx, m.snapshot(t), c.First, why)
		})
		m.acknowledge(cl)
		return err
	}
	a, b := c.split()
	a, b, fresh, err := m.store.SplitChunk(ctx, c, a, b)
	if err != nil || !fresh { // not fresh: its result came just before the death
		return err
	}
	halves := []*openChunk{{Chunk: a, half: true, deaths: inherited(a)}, {Chunk: b, half: true, deaths: inherited(b)}}
	m.change(t, func() {
		delete(t.open, c.Seq)
		t.open[a.Seq], t.open[b.Seq] = halves[0], halves[1]
	})
	m.acknowledge(cl)
	return m.publish(t.ctx, halves)
}

// inherited is how many deaths a half starts with: one, so that the next death
// halves it again. A single item is blamed only for deaths of its own.
func inherited(c Chunk) int {
	if c.Count == 1 {
		return 0
	}
	return 1
}
