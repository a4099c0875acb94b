package work

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/worker"
)

// TestSlotsAreStable checks that batches end where the whole job's do, wherever
// a chunk begins.
func TestSlotsAreStable(t *testing.T) {
	w := worker.New(worker.Options{})
	defer w.Close()
	for first := range 20 {
		for n := 1; n < 20; n++ {
			run := &modelRun{items: make([]evaluate.Item, n), batch: 8, first: first}
			for i := range run.items {
				run.items[i].File = filepath.Join(t.TempDir(), "absent")
			}
			ready := make(chan batch, 100)
			if err := run.read(context.Background(), w, ready); err != nil {
				t.Fatal(err)
			}
			close(ready)
			next := 0
			for b := range ready {
				slot := (first + b.from) % 8
				if b.from != next || len(b.files) == 0 || slot+len(b.files) > 8 {
					t.Fatalf("first %d, %d items: batch from %d of %d", first, n, b.from, len(b.files))
				}
				next = b.from + len(b.files)
			}
			if next != n {
				t.Fatalf("first %d: %d of %d items", first, next, n)
			}
		}
	}
}
