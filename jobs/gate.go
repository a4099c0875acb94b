package jobs

import (
	"context"
	"sync"
)

// gate is open while no call is being answered.
type gate struct {
	mu    sync.Mutex
	calls int
	empty chan struct{} // closed when calls falls to zero; nil while it is zero
}

// acquire shuts the gate until the returned function is called.
func (g *gate) acquire() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls++; g.calls == 1 {
		g.empty = make(chan struct{})
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.calls--; g.calls == 0 {
			close(g.empty)
			g.empty = nil
		}
	}
}

// pass waits until the gate is open.
func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		empty := g.empty
		g.mu.Unlock()
		if empty == nil {
			return ctx.Err()
		}
		select {
		case <-empty:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
