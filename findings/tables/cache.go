package tables

import (
	"context"
	"sync"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Cache keeps what the figures of evaluations show, as long as nothing that they are
// made of changes. Safe for concurrent use.
type Cache struct {
	mu   sync.Mutex
	held lru.Cache[string, *Figures]
}

// Figures are what an evaluation's figures show, and what they do not.
type Figures struct {
	Found      []findings.Statement
	Quiet      []findings.Quiet
	Unprinted  int    // images without a fingerprint
	Uncompared string // why near duplicates could not be told of all images; "" where they could
}

// heldFigures is of how many evaluations they are kept.
const heldFigures = 64

// Of returns what the figures of an evaluation show, over the images of its headline. Its parts
// must not be changed.
func (c *Cache) Of(ctx context.Context, db workspace.Reader, r *results.Store, ev *results.Evaluation) (*Figures, error) {
	h, err := r.Headline(ctx, ev.ID)
	if err != nil {
		return nil, err
	}
	stamp, err := Stamp(ctx, db, ev, h.Slice)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	known, ok := c.held.Get(stamp)
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	t, err := Read(ctx, db, ev, h.Slice)
	if err != nil {
		return nil, err
	}
	made := &Figures{Uncompared: t.Uncompared(), Unprinted: t.Unprinted()}
	made.Found, made.Quiet = findings.Figures(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.held.Put(stamp, made, 1); c.held.Len() > heldFigures; {
		c.held.TakeOldest()
	}
	return made, nil
}
