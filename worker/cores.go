package worker

import (
	"context"
	"runtime"

	"github.com/sightline/sightline/jobs"
)

// Cores hands out the right to keep one processor core busy. Decoding and
// running both take it, for one batch at a time and with one thread each: that
// keeps every core busy with no thread waiting for another, where sessions of
// several threads beside decoders would fight for them.
//
// Chunks never have all of the rights: one is kept for calls, which are answered even
// where every core is busy with a model that does not end.
type Cores struct{ all, chunks chan struct{} }

// newCores are so many cores, or with 0 those of the machine.
func newCores(n int) Cores {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return Cores{all: make(chan struct{}, n+1), chunks: make(chan struct{}, n)}
}

// Count is how many cores there are.
func (c Cores) Count() int { return cap(c.chunks) }

// Acquire waits for a core; release gives it back. The error is that of ctx.
func (c Cores) Acquire(ctx context.Context) (release func(), err error) {
	if jobs.IsCall(ctx) {
		return c.take(ctx, c.all)
	}
	leave, err := c.take(ctx, c.chunks)
	if err != nil {
		return nil, err
	}
	rest, err := c.take(ctx, c.all)
	if err != nil {
		leave()
		return nil, err
	}
	return func() { rest(); leave() }, nil
}

func (Cores) take(ctx context.Context, of chan struct{}) (release func(), err error) {
	select {
	case of <- struct{}{}:
		return func() { <-of }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
