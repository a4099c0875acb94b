package jobs

import (
	"context"
	"sync"
	"time"
)

// callGoesFirst is how long chunks wait for a call. One that takes longer, to open a large
// model or to read a slow drive, is answered beside them.
const callGoesFirst = 15 * time.Second

// gate is open while no call is being answered that goes first.
type gate struct {
	mu    sync.Mutex
	first time.Duration // how long a call goes first
	calls int
	empty chan struct{} // closed when calls falls to zero; nil while it is zero
}

// acquire shuts the gate until the returned function is called, or the call no longer goes
// first.
func (g *gate) acquire() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls++; g.calls == 1 {
		g.empty = make(chan struct{})
	}
	var once sync.Once
	leave := func() { once.Do(g.leave) }
	timer := time.AfterFunc(g.first, leave)
	return func() { timer.Stop(); leave() }
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls--; g.calls == 0 {
		close(g.empty)
		g.empty = nil
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
