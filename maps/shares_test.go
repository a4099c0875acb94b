package maps

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Shares are stored with their map, answer for their revision only, and go when it goes.
func TestSharesBelongToARevision(t *testing.T) {
	f := newFixture(t, t.TempDir())
	list := func(share float64) []regions.Share {
		return []regions.Share{{Region: "head", Mass: regions.Mass{Share: share, Area: 1. / 3, Ratio: 3 * share, Negative: 0.1, Hottest: true}}, {Region: "border", Builtin: true}}
	}
	pack := func(seq int, sample int64, shares *StoredShares) {
		t.Helper()
		more, err := json.Marshal(Beside{Shares: shares})
		if err != nil {
			t.Fatal(err)
		}
		f.pack(t, seq, workspace.Packed{Key: "k", Sample: sample, Meta: json.RawMessage(`{}`), More: more, Data: []byte{1, 2, 3}})
	}
	pack(0, f.ids[0], &StoredShares{Revision: 4, Shares: list(0.3)})
	pack(1, f.ids[1], nil)
	shares := func(revision int) map[int64][]regions.Share {
		t.Helper()
		found, err := f.maps.Measured(ctx, f.e.ID, "k", revision)
		if err != nil || len(found) != 2 {
			t.Fatalf("%v, %v", found, err)
		}
		out := map[int64][]regions.Share{}
		for sample, m := range found {
			if m.Shares != nil {
				out[sample] = m.Shares
			}
		}
		return out
	}
	lacking := func(revision int) []int64 {
		t.Helper()
		samples, largest, err := f.maps.Unmeasured(ctx, f.e.ID, "k", revision)
		if err != nil || len(samples) > 0 && largest != 3 {
			t.Fatalf("%v, %d bytes, %v", samples, largest, err)
		}
		return samples
	}
	if got := shares(4); len(got) != 1 || !slices.Equal(got[f.ids[0]], list(0.3)) || !slices.Equal(lacking(4), f.ids[1:2]) {
		t.Errorf("revision 4: %v, lacking %v", got, lacking(4))
	}
	if got := shares(5); len(got) != 0 || !slices.Equal(lacking(5), f.ids[:2]) {
		t.Errorf("revision 5: %v, lacking %v", got, lacking(5))
	}
	err := f.maps.PutShares(ctx, f.e.ID, []SharesOf{{f.ids[0], "k", StoredShares{5, list(0.6)}}, {f.ids[1], "k", StoredShares{5, list(0.7)}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := shares(5); !slices.Equal(got[f.ids[0]], list(0.6)) || !slices.Equal(got[f.ids[1]], list(0.7)) || len(lacking(5)) != 0 {
		t.Errorf("measured again: %v, lacking %v", got, lacking(5))
	}
	if got := shares(4); len(got) != 0 || f.count(t, "shares") != 4 {
		t.Errorf("those of the regions before are still there: %v, %d rows", got, f.count(t, "shares"))
	}
	pack(2, f.ids[0], nil)
	if got := shares(5); len(got) != 1 || f.count(t, "shares") != 2 {
		t.Errorf("the map was replaced, its shares were not: %v, %d rows", got, f.count(t, "shares"))
	}
	err = f.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := results.Number(ctx, tx, f.e.ID)
		if err != nil {
			return err
		}
		return f.maps.drop(ctx, tx, results.Dropped{ID: f.e.ID, Evaluation: number})
	})
	if err != nil || f.count(t, "shares") != 0 {
		t.Errorf("the results went, the shares did not: %d rows, %v", f.count(t, "shares"), err)
	}
}
