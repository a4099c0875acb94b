package work

import (
	"context"
	"sync"
)

// order hands out the right to run a batch. Of those that wait, batches of the chunk that came
// first go first: so chunks end one after the other, and while one's results are stored the next
// is run. Side by side they would end together, and all cores wait for the database.
type order struct {
	mu      sync.Mutex
	came    int // chunks so far
	free    int
	waiting []*waiter
}

// waiter is a batch that waits.
type waiter struct {
	rank int           // of its chunk
	turn chan struct{} // closed when it is its turn
}

// newOrder lets so many batches run at once.
func newOrder(n int) *order { return &order{free: n} }

// rank is that of a chunk that comes now.
func (o *order) rank() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.came++
	return o.came
}

// acquire waits for the turn of a batch of the chunk of a rank. The error is that of ctx.
func (o *order) acquire(ctx context.Context, rank int) (release func(), err error) {
	o.mu.Lock()
	w := &waiter{rank, make(chan struct{})}
	o.waiting = append(o.waiting, w)
	o.next()
	o.mu.Unlock()
	select {
	case <-w.turn:
		return o.release, nil
	case <-ctx.Done():
		o.leave(w)
		return nil, ctx.Err()
	}
}

func (o *order) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.free++
	o.next()
}

// leave ends the waiting of one whose turn may have come meanwhile.
func (o *order) leave(w *waiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, other := range o.waiting {
		if other == w {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			return
		}
	}
	o.free++
	o.next()
}

// next gives what is free to the first in order. The caller holds the lock.
func (o *order) next() {
	for ; o.free > 0 && len(o.waiting) > 0; o.free-- {
		first := 0
		for i, w := range o.waiting {
			if w.rank < o.waiting[first].rank {
				first = i
			}
		}
		close(o.waiting[first].turn)
		o.waiting = append(o.waiting[:first], o.waiting[first+1:]...)
	}
}
