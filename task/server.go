package task

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/stores"
)

// mapsAtOnce bounds the maps computed on demand: one keeps a worker busy.
const mapsAtOnce = 2

// Server is what the server halves work with. Safe for concurrent use.
type Server struct {
	Store *stores.Stores
	Jobs  *jobs.Manager
	Drive *files.Waiter // for what jobs read in the server itself
	// Objects are those of object stores, for the same.
	Objects *s3.Buckets
	slots   chan struct{} // held while work on demand keeps a worker busy
}

// NewServer makes one of an open workspace and a manager whose jobs are in its database.
func NewServer(store *stores.Stores, m *jobs.Manager) *Server {
	return &Server{Store: store, Jobs: m, Drive: files.NewWaiter(ReadLimit(DefaultRunLimit)), Objects: new(s3.Buckets), slots: make(chan struct{}, mapsAtOnce)}
}

// Acquire waits for one of the slots of work on demand; release gives it back. The error
// is that of ctx.
func (s *Server) Acquire(ctx context.Context) (release func(), err error) {
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// JSON is a value that always marshals.
func JSON(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("task: %T: %v", v, err))
	}
	return data
}
