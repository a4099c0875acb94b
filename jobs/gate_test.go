package jobs

import (
	"context"
	"testing"
	"time"
)

// Chunks wait for a call, but not for one that takes long.
func TestLongCallsLetChunksPass(t *testing.T) {
	g := gate{first: 50 * time.Millisecond}
	pass := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return g.pass(ctx)
	}
	slow := g.acquire()
	began := time.Now()
	if err := pass(); err != nil || time.Since(began) < 30*time.Millisecond {
		t.Errorf("a chunk passes after %v: %v", time.Since(began), err)
	}
	quick := g.acquire()
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if g.pass(stopped) == nil {
		t.Error("a chunk goes before a new call, since an old one takes long")
	}
	quick()
	slow()
	if err := pass(); err != nil || g.calls != 0 {
		t.Errorf("after both: %v, %d calls", err, g.calls)
	}
}
