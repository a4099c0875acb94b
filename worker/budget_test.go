package worker

import (
	"math"
	"testing"

	"github.com/sightline/sightline/task"
)

// Whatever the budget, runs side by side stay within it, or are of one sample.
func TestBudgetBoundsPieces(t *testing.T) {
	for _, total := range []int64{64 << 20, task.DefaultMemory, 16 << 30} {
		for _, per := range []int64{1 << 10, 100 << 20, 3 << 30} {
			for runs := range 9 {
				n := int64(Budget(total).piece(per, runs+1))
				if n > 1 && n*per*int64(runs+1) > total || n < 1 {
					t.Errorf("budget %d, %d bytes a sample, %d runs: %d samples", total, per, runs+1, n)
				}
			}
		}
	}
	if Budget(task.DefaultMemory).piece(0, 2) != math.MaxInt32 {
		t.Error("a run of unknown size is bounded")
	}
}
