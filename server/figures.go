package server

import (
	"context"
	"sync"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/findings/tables"
	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/stores"
)

// figureCache keeps what the figures of evaluations show, as long as nothing that they are
// made of changes. Safe for concurrent use.
type figureCache struct {
	mu   sync.Mutex
	held lru.Cache[string, *numbers]
}

// numbers are what an evaluation's figures show, and what they do not.
type numbers struct {
	found []findings.Statement
	quiet []findings.Quiet
}

// heldFigures is of how many evaluations they are kept.
const heldFigures = 64

func (c *figureCache) of(ctx context.Context, store *stores.Stores, ev *results.Evaluation) (*numbers, error) {
	h, err := store.Results.Headline(ctx, ev.ID)
	if err != nil {
		return nil, err
	}
	stamp, err := tables.Stamp(ctx, store.Workspace, ev, h.Slice)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	known, ok := c.held.Get(stamp)
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	t, err := tables.Read(ctx, store.Workspace, ev, h.Slice)
	if err != nil {
		return nil, err
	}
	made := &numbers{}
	made.found, made.quiet = findings.Figures(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.held.Put(stamp, made, 1); c.held.Len() > heldFigures; {
		c.held.TakeOldest()
	}
	return made, nil
}
