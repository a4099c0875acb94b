package worker

import (
	"time"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/task"
)

// Worker is what the worker halves of all kinds share in a process.
type Worker struct {
	Cores    Cores
	Budget   Budget
	Scores   *ScoreCache
	models   *models
	patience patience

	inChunks, inCalls *files.Waiter // for what reads files
	objects           s3.Buckets
	remote            *remote // nil for a worker on the server's machine
}

// Options of a worker.
type Options struct {
	Memory int64 // budget in bytes for making maps; 0: task.DefaultMemory
	Cores  int   // how many to keep busy; 0: all
	// RunLimit is how long a run of a model may take at least; 0: task.DefaultRunLimit.
	RunLimit time.Duration
}

// New makes a worker that is part of no server. Close it.
func New(o Options) *Worker {
	if o.Memory <= 0 {
		o.Memory = task.DefaultMemory
	}
	if o.RunLimit <= 0 {
		o.RunLimit = task.DefaultRunLimit
	}
	p := patience(o.RunLimit)
	inChunks := files.NewWaiter(task.ReadLimit(o.RunLimit))
	return &Worker{patience: p, Cores: newCores(o.Cores), Budget: Budget(o.Memory), models: newModels(modelsKept, o.Memory/modelsKept, p, inChunks), Scores: newScoreCache(cachedBytes),
		inChunks: inChunks, inCalls: files.NewWaiter(task.AnswerLimit(o.RunLimit))}
}

// Close frees all models.
func (w *Worker) Close() { w.models.close() }
