package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sightline/sightline/workspace"
)

// State is where a job stands.
type State string

// A job is queued until its first chunk is published, then running until one
// of the other states ends it. Interrupted means that the server stopped while
// it ran. All but Done can be resumed.
const (
	Queued      State = "queued"
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
	Interrupted State = "interrupted"
)

// Active tells whether work is going on.
func (s State) Active() bool { return s == Queued || s == Running }

// Job is one piece of long work, as stored and as shown to users.
type Job struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Title  string          `json:"title"`
	Params json.RawMessage `json:"params,omitempty"` // canonical: compact, keys sorted
	State  State           `json:"state"`

	Items  int `json:"items"`  // 0 until planned
	Done   int `json:"done"`   // items finished, the failed ones included
	Failed int `json:"failed"` // items quarantined, each with a reason

	Rate       float64 `json:"rate"`        // items per second over the last ten seconds
	ETASeconds float64 `json:"eta_seconds"` // 0 when unknown or finished

	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`

	Message string          `json:"message,omitempty"` // what is going on, for people
	Error   string          `json:"error,omitempty"`   // why it failed, and what to do
	Result  json.RawMessage `json:"result,omitempty"`  // what the kind's planner says of it

	// Arithmetic is the kind of the workers whose results are stored (see Hello); of a job that
	// mixed them several, with "; " between.
	Arithmetic string `json:"arithmetic,omitempty"`

	Planned bool `json:"-"` // its chunks are in the store
	Crashes int  `json:"-"` // servers in a row that ended without a word before any of its chunks was done
}

// Chunk is the contiguous range [First, First+Count) of a job's items.
type Chunk struct {
	Job   string `json:"job"`
	Seq   int    `json:"seq"` // unique within the job
	First int    `json:"first"`
	Count int    `json:"count"`
}

// End is the index after the chunk's last item.
func (c Chunk) End() int { return c.First + c.Count }

// split halves a chunk of two items or more; the halves still lack numbers.
// The cut is at a multiple of the largest power of two that fits, so that work
// done in batches keeps its batches whole as long as possible.
func (c Chunk) split() (Chunk, Chunk) {
	step := 1
	for step*2 < c.Count {
		step *= 2
	}
	cut := (c.First/step + 1) * step
	for cut >= c.End() || cut <= c.First {
		step /= 2
		cut = (c.First/step + 1) * step
	}
	return Chunk{Job: c.Job, First: c.First, Count: cut - c.First},
		Chunk{Job: c.Job, First: cut, Count: c.End() - cut}
}

// Result is what working on a chunk gave. How Data travels is the package's
// affair: as a message up to 256 KiB, else as a file. A worker that has made a
// file anyway leaves it in [Task.Incoming] and names it in Path; a second one, of
// what is stored in the same transaction, in Beside.
type Result struct {
	Data   []byte
	Path   string
	Beside string
	// Failed lists the items of the chunk that gave no result. They are stored
	// with the done-mark; see Manager.Failures.
	Failed []Failure
}

// Failure is an item of a job that gave no result, and why.
type Failure struct {
	Item   int    `json:"item"` // index in the job
	Reason string `json:"reason"`
}

// Finding is a failure that a worker found in a chunk that goes on. It is kept with the chunk
// while that is open: whoever does it again, after a cancel or the end of a server, need not
// find it out again, which may have cost a run's whole limit.
type Finding struct {
	Failure
	// Of says of what it holds: the worker's words for the bytes it read and the limits it
	// set. With others the item is tried again.
	Of string `json:"of,omitempty"`
}

// Description is what is known of a job before it is planned.
type Description struct {
	Title  string
	Result json.RawMessage // shown from the start; Finish may replace it
	// Subject is what the job works on, such as an evaluation. Of the jobs of a kind and
	// subject that stopped before their end only the newest keeps its list.
	Subject string
}

// Planner is the server half of a kind of job. Its methods run in the server
// process and may be called again for the same job or chunk after a crash.
type Planner interface {
	// Describe checks the parameters, at once and cheaply: an error refuses the job.
	Describe(ctx context.Context, params json.RawMessage) (Description, error)

	// Plan prepares what the job needs and says how many items there are and
	// how many make a chunk. It runs once a job, before any chunk; note shows
	// what it is doing. Everything it does must bear being done twice. A job whose list went
	// (see Description) is planned anew when it is resumed: its Items are not 0 then.
	Plan(ctx context.Context, job Job, note func(message string)) (items, chunkSize int, err error)

	// Payload makes what a worker needs for a chunk. A large one (over 256 KiB) travels
	// through a file.
	Payload(ctx context.Context, job Job, chunk Chunk) ([]byte, error)

	// Ingest stores a chunk's result in tx, which also holds the done-mark. A
	// file it wants to keep is renamed away from result.Path, and from Beside; after an error
	// or a crash it will be called again with a new result of the same chunk.
	Ingest(ctx context.Context, tx *workspace.Tx, job Job, chunk Chunk, result Result) error

	// Quarantine stores in tx that one item cannot be worked on at all: the
	// worker process died of it.
	Quarantine(ctx context.Context, tx *workspace.Tx, job Job, item int, reason string) error

	// Finish runs when every chunk has its done-mark. A result that is not nil
	// becomes the job's.
	Finish(ctx context.Context, job Job) (json.RawMessage, error)
}
