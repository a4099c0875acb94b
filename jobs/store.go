package jobs

import (
	"context"
	"errors"

	"github.com/sightline/sightline/workspace"
)

// ErrNotFound says that there is no such job.
var ErrNotFound = errors.New("no such job; `sightline jobs list` lists them")

// Counts sums up a job's finished chunks.
type Counts struct{ Done, Failed int }

// Store keeps jobs and chunks. [SQLStore] is the one in use; its transactions
// are the workspace's, so that a chunk's rows and its done-mark go together.
// Implementations are safe for concurrent use.
type Store interface {
	// PutJob inserts the job or replaces the one with its ID.
	PutJob(ctx context.Context, job Job) error
	// Job returns one job, or ErrNotFound.
	Job(ctx context.Context, id string) (Job, error)
	// Jobs returns all jobs, newest first.
	Jobs(ctx context.Context) ([]Job, error)
	// JobsAfter returns at most limit of those that come after a place in that list.
	JobsAfter(ctx context.Context, place workspace.Place, limit int) ([]Job, error)

	// Remove forgets a job, its chunks and its list.
	Remove(ctx context.Context, job string) error

	// PutPlan stores the job (with Planned set) and its chunks, at once. Their numbers begin
	// after those of a plan that was forgotten: results may be stored under them.
	PutPlan(ctx context.Context, job Job, chunks []Chunk) error
	// OpenChunks returns the chunks without a done-mark, in order of First.
	OpenChunks(ctx context.Context, job string) ([]Chunk, error)
	// Counts sums the items of the job's finished chunks.
	Counts(ctx context.Context, job string) (Counts, error)

	// PutItems fixes the list that a job works through, as ids that mean something
	// to its kind, unless it has one; it returns the length of the list. The list
	// goes when the job is done, or by Forget.
	PutItems(ctx context.Context, job string, ids []int64) (n int, err error)
	// Items returns the ids [first, first+count) of a job's list.
	Items(ctx context.Context, job string, first, count int) ([]int64, error)

	// Forget drops the list and the plan of a job that failed or was cancelled, but for
	// its counts. Of other jobs it does nothing.
	Forget(ctx context.Context, job string) error

	// Failures lists the failed items of the job's finished chunks, by item.
	Failures(ctx context.Context, job string) ([]Failure, error)

	// FinishChunk sets the done-mark and calls ingest in one transaction. If
	// the chunk is not open it does nothing and reports false.
	FinishChunk(ctx context.Context, c Chunk, failed []Failure, ingest func(*workspace.Tx) error) (fresh bool, err error)
	// PutFinding keeps what was found of an item with its chunk while that is open; else it
	// does nothing. SplitChunk hands it on to the halves.
	PutFinding(ctx context.Context, c Chunk, f Finding) error

	// Findings returns what was found in an open chunk.
	Findings(ctx context.Context, c Chunk) ([]Finding, error)

	// SplitChunk replaces an open chunk by two, which it numbers. If the chunk
	// is not open it does nothing and reports false.
	SplitChunk(ctx context.Context, c, a, b Chunk) (first, second Chunk, fresh bool, err error)
}
