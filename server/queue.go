package server

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
)

// External is a queue that runs already, where workers on other machines are met.
type External struct {
	bus.Address      // without the workspace's id
	Replicas    int  // how many servers of a cluster hold the queue; default 1
	Mixed       bool // let workers of several kinds work for one job
	NewID       bool // give the workspace another id: its folder is a copy
}

// Queue is where workers on other machines meet the server; the zero value without an external
// queue.
func (s *Server) Queue() bus.Address {
	if s.backend.queue.Lasts() {
		return bus.Address{}
	}
	return s.backend.queue.Address()
}

// startQueue starts the embedded queue.
func (b *backend) startQueue() error {
	queue, err := jobs.StartQueue()
	if err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	b.queue = queue
	return nil
}

// joinQueue finds an external queue, for the open workspace.
func (b *backend) joinQueue(ctx context.Context, e External) (err error) {
	if e.Workspace, err = b.store.Workspace.ID(ctx, e.NewID); err != nil {
		return err
	}
	queue, err := bus.NewExternal(e.Address)
	if err != nil {
		return err
	}
	b.queue = queue
	return nil
}
