package work

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
)

// TestEarlierChunkGoesFirst has batches of three chunks wait for one core, the latest first.
func TestEarlierChunkGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrder(1)
		ranks := []int{o.rank(), o.rank(), o.rank()}
		busy, err := o.acquire(t.Context(), ranks[0])
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var served []int
		for _, chunk := range []int{2, 1, 0, 2, 0, 1} {
			go func() {
				release, err := o.acquire(t.Context(), ranks[chunk])
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				served = append(served, chunk)
				mu.Unlock()
				release()
			}()
			synctest.Wait()
		}
		busy()
		synctest.Wait()
		for i, want := range []int{0, 0, 1, 1, 2, 2} {
			if len(served) != 6 || served[i] != want {
				t.Fatalf("batches of the chunks %v were served in this order", served)
			}
		}
	})
}

// TestWaitingEndsWithItsContext cancels those who wait: what is free goes to the others, however
// often that coincides with their turn.
func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := newOrder(2)
	var all sync.WaitGroup
	for i := range 400 {
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			if release, err := o.acquire(ctx, i%3); err == nil {
				release()
			}
		})
		all.Go(cancel)
	}
	all.Wait()
	for range 2 { // both are free again
		if _, err := o.acquire(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	if o.free != 0 || len(o.waiting) != 0 {
		t.Errorf("%d are free, %d wait", o.free, len(o.waiting))
	}
}
