package attribution

import (
	"runtime"
	"sync"
)

// onAllCores calls do with every number below n, on as many goroutines as there are
// cores.
func onAllCores(n int, do func(i int)) {
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
