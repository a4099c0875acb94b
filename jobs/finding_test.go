package jobs

import (
	"context"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// Findings stay with a chunk while it is open, go to the half that has their item when it is
// split, and are no failures of the job until a result says so.
func TestFindingsFollowTheirChunk(t *testing.T) {
	_, store, err := openTables(t, `SELECT 1`)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	whole := Chunk{Job: "a", Seq: 0, First: 8, Count: 4}
	if err := store.PutPlan(ctx, Job{ID: "a", Items: 12}, []Chunk{whole}); err != nil {
		t.Fatal(err)
	}
	early, late := Finding{Failure{8, "bad"}, "x"}, Finding{Failure{11, "worse"}, ""}
	for _, f := range []Finding{early, late} {
		if err := store.PutFinding(ctx, whole, f); err != nil {
			t.Fatal(err)
		}
	}
	a, b := whole.split()
	a, b, _, err = store.SplitChunk(ctx, whole, a, b)
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[Chunk]Finding{a: early, b: late} {
		list, err := store.Findings(ctx, c)
		if err != nil || len(list) != 1 || list[0] != want {
			t.Errorf("chunk of %d to %d has %v, %v; want %v", c.First, c.End(), list, err, want)
		}
	}
	if failed, err := store.Failures(ctx, "a"); err != nil || len(failed) != 0 {
		t.Errorf("failures before any result: %v, %v", failed, err)
	}
	if _, err := store.FinishChunk(ctx, a, nil, func(*workspace.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := store.PutFinding(ctx, a, early); err != nil { // late: the chunk is done
		t.Fatal(err)
	}
	if failed, err := store.Failures(ctx, "a"); err != nil || len(failed) != 0 {
		t.Errorf("a finding of a chunk that is done counts: %v, %v", failed, err)
	}
}

// What is known of an item holds of the bytes and limits it was found with alone.
func TestKnownHoldsOfTheSame(t *testing.T) {
	task := &Task{known: []Finding{{Failure{3, "endless"}, "hash 1s"}}}
	for _, asked := range []struct {
		item int
		of   string
		want bool
	}{{3, "hash 1s", true}, {3, "hash 2s", false}, {3, "other 1s", false}, {4, "hash 1s", false}} {
		if reason, ok := task.Known(asked.item, asked.of); ok != asked.want || ok && reason != "endless" {
			t.Errorf("item %d of %q: %q, %v", asked.item, asked.of, reason, ok)
		}
	}
}
