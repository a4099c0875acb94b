package jobs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sightline/sightline/blobs"
)

// Subjects on the queue, below the workspace's own (bus.Address.Subject). Only chunks and suspects are in the stream; the rest are plain
// messages and requests, whose loss redelivery makes good.
const (
	subjectChunk   = "chunk"   // .<job>.<seq>: a chunk to do
	subjectSuspect = "suspect" // .<job>.<seq>: one to do alone, for a worker died with it

	// From workers to the server: all that a worker may send, but for answers to calls.
	subjectClaim    = "ask.claim"    // request: may I do this chunk?
	subjectResult   = "ask.result"   // request: here is its result
	subjectProgress = "ask.progress" // so many items of it are done
	subjectHello    = "ask.hello"    // request: this worker is ready
	subjectBeat     = "ask.beat"     // request: this remote worker is still there
	subjectLost     = "ask.lost"     // request: this remote worker is not any more
	subjectStuck    = "ask.stuck"    // request: this worker ends, because a claim or call does not
	subjectFound    = "ask.found"    // request: keep this with the chunk
	subjectBlob     = "ask.blob"     // request: what is the content of that name?
	subjectPiece    = "ask.piece"    // request: a piece of a content, or of a claim's payload
	subjectPut      = "ask.put"      // request: a piece of a result's file

	// From the server to workers.
	subjectStop = "stop" // stop the claim or call with this id
	subjectCall = "call" // .<name>: an interactive request

	subjectServer = "server" // request: does a server serve this workspace?
)

// subject is where an open chunk is published, below the workspace's own.
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
	if len(parts) != 5 {
		return c, false
	}
	seq, err := strconv.Atoi(parts[4])
	return Chunk{Job: parts[3], Seq: seq}, err == nil
}

// What a worker is told when it claims a chunk.
const (
	verdictGo   = "go"   // do it
	verdictDrop = "drop" // it needs no doing any more

	verdictOther = "other" // it is for workers of another kind
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
	Digest  digest `json:"digest,omitzero"` // of that file, for workers that do not share the folder

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
	// FailedIn is the file that holds Failed instead, as JSON.
	FailedIn string `json:"failed_in,omitempty"`
	Error    string `json:"error,omitempty"`

	// Digests are those of the files, by name, that a worker which does not share the folder sent.
	Digests map[string]digest `json:"digests,omitempty"`
}

// files are the names of a result's files.
func (r *resultRequest) files() (list []string) {
	for _, name := range []string{r.Large, r.FailedIn, r.File, r.Beside} {
		if name != "" {
			list = append(list, name)
		}
	}
	return list
}

// digest tells whether a content arrived whole.
type digest struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// pieceRequest asks for a piece of a content or, with a claim, of its payload.
type pieceRequest struct {
	Key string `json:"key,omitempty"` // SHA-256 of a content that a blobRequest was answered with

	Job   string `json:"job,omitempty"`
	Seq   int    `json:"seq,omitempty"`
	Claim string `json:"claim,omitempty"`

	Offset int64 `json:"offset"`
	Length int   `json:"length"`
}

// blobRequest asks what content a name of the server's has; see Sources.
type blobRequest struct {
	Name string `json:"name"`
}

type blobReply struct {
	Files []blobs.File `json:"files,omitempty"`
	Error string       `json:"error,omitempty"`
	Code  string       `json:"code,omitempty"` // of blobs.Code
}

// putRequest is in the header of a piece of a result's file.
type putRequest struct {
	Job    string `json:"job"`
	Seq    int    `json:"seq"`
	Claim  string `json:"claim"`
	Name   string `json:"name"`
	Offset int64  `json:"offset"`
}

// errorReply answers requests that have no other answer.
type errorReply struct {
	Error string `json:"error,omitempty"`
}

// Hello is what a worker tells of itself.
type Hello struct {
	ID      string `json:"id"`
	Name    string `json:"name"`             // of its machine, or what it was named
	Version string `json:"version"`          // of the program
	Kind    string `json:"kind"`             // of its arithmetic: workers of one kind give the same bits
	Cores   int    `json:"cores"`            // that it keeps busy
	Memory  int64  `json:"memory"`           // its budget for making maps, in bytes
	Device  string `json:"device"`           // that models run on
	Remote  bool   `json:"remote,omitempty"` // it shares no folder with the server
	Asking  bool   `json:"asking,omitempty"` // it is no worker, but asks for the answer that one would get
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
	Job   string `json:"job"`
	Seq   int    `json:"seq"`
	Claim string `json:"claim"`
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
	headerPut    = "Sightline-Put"   // of a piece of a result: a putRequest
	headerError  = "Sightline-Error" // of the answer to a pieceRequest: why there is none

	frameAlive = "alive" // still working
	framePart  = "part"  // a piece of a reply that goes on
	frameReply = "reply" // the last or only piece of a reply
	frameDone  = "done"  // no more replies
	frameError = "error" // the call failed; the data is the message
)
