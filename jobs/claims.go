package jobs

import (
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
)

// claim is a chunk in flight: a worker said that it works on it.
type claim struct {
	id     string
	worker string
	ack    string // subject on which the queue awaits word of the delivery
	done   int    // items the worker reports as done
	large  string // file that holds its payload, "" if there is none
}

// workerInfo is what is known of a worker that said hello.
type workerInfo struct {
	since time.Time
	gone  chan struct{} // closed when the worker is lost
	calls int           // being answered
	stuck *stuckNote    // its last word, if it ended itself
}

// ackDone is a word of JetStream's acknowledgement protocol.
var ackDone = []byte("+ACK")

// acknowledge takes a claim's delivery off the queue. The claim has ended.
func (m *Manager) acknowledge(c *claim) {
	m.nc.Publish(c.ack, ackDone)
	m.drop(c.large)
}

// offer publishes one chunk without waiting for the queue's confirmation.
func (m *Manager) offer(c *openChunk) error {
	_, err := m.js.PublishAsync(c.subject(), nil)
	return err
}

func (m *Manager) onHello(msg *nats.Msg) {
	id := string(msg.Data)
	m.mu.Lock()
	if m.workers[id] == nil {
		m.workers[id] = &workerInfo{since: time.Now(), gone: make(chan struct{})}
	}
	m.mu.Unlock()
	msg.Respond(nil)
}

// Workers counts the workers that are ready.
func (m *Manager) Workers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.workers)
}

// onClaim answers a worker that was handed a chunk. The payload is made here,
// in its own goroutine, so that messages on the queue stay tiny.
func (m *Manager) onClaim(msg *nats.Msg) {
	var req claimRequest
	if err := json.Unmarshal(msg.Data, &req); err != nil {
		m.opts.Log.Error("a claim could not be read", "err", err)
		return
	}
	t, c, reply := m.decide(req)
	if reply.Verdict != verdictGo {
		m.respond(msg, reply)
		return
	}
	go func() {
		payload, err := t.planner.Payload(t.ctx, m.snapshot(t), c)
		if err == nil {
			reply.Known, err = m.store.Findings(t.ctx, c)
		}
		if err == nil { // last: a file that was written is known to the reply
			reply.Payload, reply.Large, err = m.enclose(reply.Claim, payload)
		}
		if err != nil {
			m.end(t, Failed, err.Error())
			reply = claimReply{Verdict: verdictDrop}
		}
		m.hold(t, reply)
		m.respond(msg, reply)
	}()
}

// hold notes with a claim the file of its payload, which goes when the claim ends. If that
// was meanwhile it goes at once.
func (m *Manager) hold(t *tracked, reply claimReply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := t.open[reply.Chunk.Seq]; c != nil && c.claim != nil && c.claim.id == reply.Claim {
		c.claim.large = reply.Large
		return
	}
	m.drop(reply.Large)
}

func (m *Manager) respond(msg *nats.Msg, v any) {
	data, err := json.Marshal(v)
	if err == nil {
		err = msg.Respond(data)
	}
	if err != nil {
		m.opts.Log.Error("a worker could not be answered", "subject", msg.Subject, "err", err)
	}
}

// decide says what becomes of a delivered chunk, and notes the claim.
func (m *Manager) decide(req claimRequest) (*tracked, Chunk, claimReply) {
	id, err := randomHex(8)
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tracked[req.Job]
	if t == nil || t.ended || t.open[req.Seq] == nil || err != nil {
		return nil, Chunk{}, claimReply{Verdict: verdictDrop}
	}
	c := t.open[req.Seq]
	if c.claim != nil {
		// The queue took it back: from this worker, which gave it up, or from
		// one that fell silent.
		silent := c.claim.worker != req.Worker
		m.drop(c.claim.large)
		c.claim = nil
		if silent {
			c.deaths++
			if m.offer(c) == nil {
				return nil, Chunk{}, claimReply{Verdict: verdictDrop}
			}
		}
	}
	c.claim = &claim{id: id, worker: req.Worker, ack: req.Ack}
	return t, c.Chunk, claimReply{Verdict: verdictGo, Claim: id, Kind: t.job.Kind, Chunk: c.Chunk}
}
