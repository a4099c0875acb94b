package jobs

import (
	"fmt"
	"strconv"
	"strings"
)

// Subjects on the queue. Only chunks and suspects are in the stream; the rest are plain
// messages and requests, whose loss redelivery makes good.
const (
	subjectChunk    = "sightline.chunk"    // .<job>.<seq>: a chunk to do
	subjectSuspect  = "sightline.suspect"  // .<job>.<seq>: one to do alone, for a worker died with it
	subjectClaim    = "sightline.claim"    // request: may I do this chunk?
	subjectResult   = "sightline.result"   // request: here is its result
	subjectProgress = "sightline.progress" // so many items of it are done
	subjectHello    = "sightline.hello"    // a worker is ready
	subjectStop     = "sightline.stop"     // stop the claim or call with this id
	subjectStuck    = "sightline.stuck"    // request: this worker ends, because a claim or call does not
	subjectFound    = "sightline.found"    // request: keep this with the chunk
	subjectCall     = "sightline.call"     // .<name>: an interactive request
)

// subject is where an open chunk is published.
func (c *openChunk) subject() string {
	prefix := subjectChunk
	if c.suspect() {
		prefix = subjectSuspect
	}
	return fmt.Sprintf("%s.%s.%d", prefix, c.Job, c.Seq)
}

// chunkOf reads job and number off the subject of a delivery.
func chunkOf(subject string) (c Chunk, ok bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 4 {
		return c, false
	}
	seq, err := strconv.Atoi(parts[3])
	return Chunk{Job: parts[2], Seq: seq}, err == nil
}

// What a worker is told when it claims a chunk.
const (
	verdictGo   = "go"   // do it
	verdictDrop = "drop" // it needs no doing any more
)

type claimRequest struct {
	Job    string `json:"job"`
	Seq    int    `json:"seq"`
	Worker string `json:"worker"`
	Ack    string `json:"ack"` // where the delivery is acknowledged
}

type claimReply struct {
	Verdict string `json:"verdict"`
	Claim   string `json:"claim,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Chunk   Chunk  `json:"chunk"`
	Payload []byte `json:"payload,omitempty"`
	Large   string `json:"large,omitempty"` // file that holds the payload instead; names are inside the incoming folder

	Known []Finding `json:"known,omitempty"` // of an earlier attempt
}

type resultRequest struct {
	Job    string    `json:"job"`
	Seq    int       `json:"seq"`
	Claim  string    `json:"claim"`
	Data   []byte    `json:"data,omitempty"`
	Large  string    `json:"large,omitempty"`  // file that holds the data instead
	File   string    `json:"file,omitempty"`   // the worker's own file
	Beside string    `json:"beside,omitempty"` // and its second one
	Failed []Failure `json:"failed,omitempty"`
	Error  string    `json:"error,omitempty"`
}

type resultReply struct {
	Error string `json:"error,omitempty"`
}

type progressNote struct {
	Job   string  `json:"job"`
	Seq   int     `json:"seq"`
	Claim string  `json:"claim"`
	Done  int     `json:"done"`
	Note  *string `json:"note,omitempty"` // for people; "" takes the last one away
}

// foundNote is what a worker found of an item while its chunk goes on.
type foundNote struct {
	Job string `json:"job"`
	Seq int    `json:"seq"`
	Finding
}

// stuckNote is the last word of a worker.
type stuckNote struct {
	Worker string `json:"worker"`
	ID     string `json:"id"` // of the claim or call that does not end
	Reason string `json:"reason"`
}

// Headers of the frames that answer a call.
const (
	headerFrame  = "Sightline-Frame"
	headerWorker = "Sightline-Worker"
	headerCall   = "Sightline-Call"
	headerCode   = "Sightline-Code"
	headerLarge  = "Sightline-Large" // of the request: file that holds the payload

	frameAlive = "alive" // still working
	framePart  = "part"  // a piece of a reply that goes on
	frameReply = "reply" // the last or only piece of a reply
	frameDone  = "done"  // no more replies
	frameError = "error" // the call failed; the data is the message
)
