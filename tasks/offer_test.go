package tasks

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestWorkersOfferThemselves reads what the kernel's memory killer thinks of a worker: it
// takes the worker before the server.
func TestWorkersOfferThemselves(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	deadline := time.Now().Add(20 * time.Second)
	for r.jobs.Workers() == 0 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	score := func(pid any) (n int) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%v/oom_score_adj", pid))
		if err != nil {
			t.Skipf("this system has no such score: %v", err)
		}
		fmt.Sscan(strings.TrimSpace(string(text)), &n)
		return n
	}
	own := score("self")
	for _, pid := range r.workers.Processes() {
		if got := score(pid); got < 500 || got <= own && own < 500 {
			t.Errorf("the worker has %d, this process %d", got, own)
		}
	}
}
