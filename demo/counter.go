package demo

import "sync/atomic"

// counter tells somebody how far the writing is, every few files.
type counter struct {
	progress func(done, total int)
	done     atomic.Int64
	total    int
}

// newCounter counts up to total.
func newCounter(progress func(done, total int), total int) *counter {
	return &counter{progress: progress, total: total}
}

// add counts one more file.
func (c *counter) add() {
	done := int(c.done.Add(1))
	if c.progress != nil && (done%16 == 0 || done == c.total) {
		c.progress(done, c.total)
	}
}
