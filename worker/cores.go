package worker

import (
	"context"
	"runtime"
)

// Cores hands out the right to keep one processor core busy. Decoding and
// running both take it, for one batch at a time and with one thread each: that
// keeps every core busy with no thread waiting for another, where sessions of
// several threads beside decoders would fight for them.
type Cores chan struct{}

// newCores are so many cores, or with 0 those of the machine.
func newCores(n int) Cores {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return make(Cores, n)
}

// Acquire waits for a core. The error is that of ctx.
func (c Cores) Acquire(ctx context.Context) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Release gives a core back.
func (c Cores) Release() { <-c }
