package jobs

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
)

// claim is a chunk in flight: a worker said that it works on it. Its id is a secret that only
// they share: who does not know it can deliver nothing.
type claim struct {
	id     string
	worker string
	kind   string // of the worker's arithmetic
	ack    string // subject on which the queue awaits word of the delivery
	done   int    // items the worker reports as done
	large  string // file that holds its payload, "" if there is none
	sent   bool   // files of a result, in part or whole
}

// mostFormer bounds the claims of a chunk whose results are taken although they ended.
const mostFormer = 8

// endClaim ends a chunk's claim without a result. Should one come all the same it is taken.
func (c *openChunk) endClaim() {
	c.former = append(c.former, c.claim)
	c.former = c.former[max(0, len(c.former)-mostFormer):]
	c.claim = nil
}

// owns returns the claim of that id that is, or was, one of the chunk's; nil if none is.
func (c *openChunk) owns(id string) *claim {
	if c.claim != nil && c.claim.id == id {
		return c.claim
	}
	if i := slices.IndexFunc(c.former, func(f *claim) bool { return f.id == id }); i >= 0 {
		return c.former[i]
	}
	return nil
}

// claimed returns the open chunk that a worker shows a claim of; nil where the chunk is not
// open or the claim not its own.
func (m *Manager) claimed(job string, seq int, claim string) (*tracked, *openChunk) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.tracked[job]; t != nil && !t.ended && t.open[seq] != nil && t.open[seq].owns(claim) != nil {
		return t, t.open[seq]
	}
	return nil, nil
}

// ackDone is a word of JetStream's acknowledgement protocol.
var ackDone = []byte("+ACK")

// acknowledge takes a claim's delivery off the queue. The claim has ended.
func (m *Manager) acknowledge(c *claim) {
	if c.ack != "" {
		m.nc.Publish(c.ack, ackDone)
	}
	m.drop(c.large)
	m.dropUploads(c)
}

// offer publishes one chunk without waiting for the queue's confirmation.
func (m *Manager) offer(c *openChunk) error {
	_, err := m.js.PublishAsync(m.subject(c.subject()), nil)
	return err
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
		if reply.Large != "" {
			reply.Digest = digestOf(payload)
		}
		reply.Known = fitting(reply.Known)
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
	id, err := randomHex(16)
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tracked[req.Job]
	if t == nil || t.ended || t.open[req.Seq] == nil || err != nil {
		return nil, Chunk{}, claimReply{Verdict: verdictDrop}
	}
	c := t.open[req.Seq]
	if !m.fits(t, m.kindOf(req.Worker)) {
		m.tellUnfit(t)
		return nil, Chunk{}, claimReply{Verdict: verdictOther}
	}
	if c.claim != nil && c.claim.worker != req.Worker && m.workers[c.claim.worker] != nil && sequence(c.claim.ack) != sequence(req.Ack) {
		return nil, Chunk{}, claimReply{Verdict: verdictDrop} // offered twice, and in work
	}
	if c.claim != nil {
		// The queue took it back: from this worker, which gave it up or did not hear the
		// answer, or from one that fell silent.
		silent := c.claim.worker != req.Worker
		m.drop(c.claim.large)
		from := m.workers[c.claim.worker]
		c.endClaim()
		if silent && (from == nil || !from.Remote) { // a cut cable is no chunk's fault
			c.deaths++
			if m.offer(c) == nil {
				return nil, Chunk{}, claimReply{Verdict: verdictDrop}
			}
		}
	}
	if t.waits {
		t.waits, t.job.Message = false, ""
	}
	c.claim = &claim{id: id, worker: req.Worker, kind: m.kindOf(req.Worker), ack: req.Ack}
	return t, c.Chunk, claimReply{Verdict: verdictGo, Claim: id, Kind: t.job.Kind, Chunk: c.Chunk}
}

// sequence is the number in the stream of the message that an acknowledgement is of; "" where
// it is not known. The subject is $JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.…, in clusters of
// accounts with a domain and an account after ACK.
func sequence(ack string) string {
	parts := strings.Split(ack, ".")
	switch {
	case len(parts) == 9:
		return parts[5]
	case len(parts) > 9:
		return parts[7]
	}
	return ""
}

// fitting is as much of what is known as fits into a message. The rest is found out again.
func fitting(known []Finding) []Finding {
	for size, i := 0, 0; i < len(known); i++ {
		if size += len(known[i].Reason) + len(known[i].Of) + 64; size > inlineLimit {
			return known[:i]
		}
	}
	return known
}
