package workspace

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

// A write that is cancelled while it begins leaves no open transaction on a connection that
// others use next: they read what is committed, without an error.
func TestCancelledUpdateLeavesNoTransaction(t *testing.T) {
	w := open(t, t.TempDir())
	ctx := t.Context()
	if err := w.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE counted (n BIGINT)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 80 {
		short, cancel := context.WithTimeout(ctx, time.Duration(r.IntN(300))*time.Microsecond)
		cancelled := w.Update(short, func(tx *Tx) error {
			_, err := tx.Exec(short, `INSERT INTO counted VALUES (?)`, i)
			return err
		})
		cancel()
		var before, after int
		count := func(n *int) {
			if err := w.QueryRow(ctx, `SELECT count(*) FROM counted`).Scan(n); err != nil {
				t.Fatalf("round %d, after %v: %v", i, cancelled, err)
			}
		}
		count(&before)
		if err := w.Update(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO counted VALUES (?)`, -i)
			return err
		}); err != nil {
			t.Fatalf("round %d, after %v: %v", i, cancelled, err)
		}
		if count(&after); after != before+1 {
			t.Fatalf("round %d, after %v: %d rows, then %d", i, cancelled, before, after)
		}
	}
}
