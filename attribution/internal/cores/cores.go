// Package cores shares work among the cores of the machine.
package cores

import (
	"runtime"
	"sync"
)

// Each calls do with every number below n, on as many goroutines as there are
// cores.
func Each(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var wait sync.WaitGroup
	step := runtime.GOMAXPROCS(0)
	for k := range min(step, n) {
		wait.Go(func() {
			for i := k; i < n; i += step {
				do(i)
			}
		})
	}
	wait.Wait()
}

// worthwhile is how many values a goroutine should have, at least.
const worthwhile = 1 << 14

// Pieces calls do with parts that a vector of a length is cut into, one per core.
func Pieces(length int, do func(from, to int)) {
	pieces := min(runtime.GOMAXPROCS(0), 1+length/worthwhile)
	Each(pieces, func(i int) { do(length*i/pieces, length*(i+1)/pieces) })
}
