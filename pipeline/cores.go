package pipeline

import (
	"context"
	"runtime"
)

// cores hands out the right to keep one processor core busy. Decoding and
// running both take it, for one batch at a time and with one thread each: that
// keeps every core busy with no thread waiting for another, where sessions of
// several threads beside decoders would fight for them.
type cores chan struct{}

func newCores() cores { return make(cores, runtime.GOMAXPROCS(0)) }

// acquire waits for a core; release gives it back.
func (c cores) acquire(ctx context.Context) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c cores) release() { <-c }
