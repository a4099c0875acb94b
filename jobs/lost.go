package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/workspace"
)

// deathsToBlame is how many workers must die with a chunk in flight before it
// is bisected or, if it is a single item, quarantined.
const deathsToBlame = 2

// WorkerLost tells that a worker is dead. Its chunks are given to another at
// once; one that was in flight for the second time is bisected. Calls it was
// answering are asked again. It reports whether the worker was ready.
func (m *Manager) WorkerLost(worker, reason string) (wasReady bool) {
	return m.workerLost(death{worker: worker, reason: reason})
}

func (m *Manager) workerLost(d death) (wasReady bool) {
	worker := d.worker
	if !d.left {
		m.counters.deaths.Add(1)
	}
	m.mu.Lock()
	m.lastLoss = d.reason
	info := m.workers[worker]
	if info != nil {
		d.innocent, d.stuck = d.innocent || info.calls > 0, info.stuck
		close(info.gone)
		delete(m.workers, worker)
	}
	closed := m.closed
	m.mu.Unlock()
	if closed {
		return info != nil
	}
	for _, blamed := range m.release(d) {
		if err := m.bisect(blamed.t, blamed.c, blamed.claim, d.why()); err != nil && blamed.t.ctx.Err() == nil {
			m.end(blamed.t, Failed, err.Error())
		}
	}
	return info != nil
}

// onStuck notes a worker's last word, so that its end is held against nothing else.
func (m *Manager) onStuck(msg *nats.Msg) {
	var note stuckNote
	if err := json.Unmarshal(msg.Data, &note); err != nil {
		m.opts.Log.Error("the last word of a worker could not be read", "err", err)
		return
	}
	m.mu.Lock()
	if info := m.workers[note.Worker]; info != nil {
		info.stuck = &note
	}
	m.mu.Unlock()
	m.respond(msg, struct{}{})
}

// death is the end of a worker.
type death struct {
	worker   string
	reason   string
	left     bool       // it was told to end, and had nothing in work
	silent   bool       // nothing was heard of it for as long as reason says
	innocent bool       // are chunks, for a call may have done it, or a cable
	stuck    *stuckNote // what it said of it; nil where it could say nothing
}

// blame is how many deaths are held against a chunk that was in flight.
func (d death) blame(c *claim) int {
	switch {
	case d.stuck != nil && d.stuck.ID == c.id:
		return deathsToBlame // it is known to have done it
	case d.stuck != nil || d.innocent:
		return 0
	}
	return 1
}

// why is what is said of a sample that is alone to blame.
func (d death) why() string {
	if d.stuck != nil {
		return d.stuck.Reason
	}
	return fmt.Sprintf("the model runtime crashed on this sample (%s)", d.reason)
}

// told is what is shown of it in a job whose chunk is done again.
func (d death) told() string {
	if d.silent {
		return "nothing was heard of a worker for " + d.reason + "; its chunks are done again"
	}
	if d.stuck != nil {
		return "a worker was ended (" + d.stuck.Reason + "); its chunks are done again"
	}
	return "a worker died (" + d.reason + "); its chunk is done again"
}

type blamedChunk struct {
	t     *tracked
	c     Chunk
	claim *claim
}

// release ends the claims of a dead worker. It offers their chunks again, as
// suspects unless they are innocent, but for those it returns, which have seen
// deaths enough.
func (m *Manager) release(d death) []blamedChunk {
	m.mu.Lock()
	defer m.mu.Unlock()
	var blamed []blamedChunk
	for _, t := range m.tracked {
		for _, c := range t.open {
			if c.claim == nil || c.claim.worker != d.worker {
				continue
			}
			cl := c.claim
			c.endClaim()
			blame := d.blame(cl)
			c.deaths += blame
			t.job.Message = d.told()
			if blame > 0 && c.deaths >= deathsToBlame {
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
func (m *Manager) bisect(t *tracked, c Chunk, cl *claim, why string) error {
	ctx := context.Background()
	if c.Count == 1 {
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
