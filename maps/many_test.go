package maps

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// Many maps are those that are asked for one by one, also while compaction moves them.
func TestManyMapsAreThoseOfEach(t *testing.T) {
	f := newFixture(t, t.TempDir())
	var ids []MapID
	for i, sample := range f.ids {
		for k := range 3 {
			id := MapID{sample, fmt.Sprintf("k%d", k)}
			f.pack(t, 10*i+k, workspace.Packed{Key: id.Key, Sample: sample, Meta: json.RawMessage(fmt.Sprintf(`{"n":%d}`, i)), Data: []byte(fmt.Sprintf("map %d of %d", k, sample))})
			ids = append(ids, id)
		}
	}
	absent := []MapID{{f.ids[0], "k9"}, {f.ids[9] + 1, "k0"}}
	compare := func() {
		found, err := f.maps.Maps(ctx, f.e.ID, append(absent, ids...))
		if err != nil || len(found) != len(ids) {
			t.Errorf("%d maps of %d, %v", len(found), len(ids), err)
			return
		}
		for _, id := range ids {
			one, err := f.maps.Map(ctx, f.e.ID, id.Sample, id.Key)
			if got := found[id]; err != nil || string(got.Data) != string(one.Data) || string(got.Meta) != string(one.Meta) || got.Sample != id.Sample || got.Key != id.Key {
				t.Errorf("%+v is %+v, want %+v, %v", id, got, one, err)
			}
		}
	}
	ended, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for ended.Err() == nil {
			compare()
		}
	})
	if err := f.maps.Compact(ctx); err != nil {
		t.Error(err)
	}
	end()
	wg.Wait()
	compare()
	if found, err := f.maps.Maps(ctx, f.e.ID, nil); err != nil || len(found) != 0 {
		t.Errorf("of none: %v, %v", found, err)
	}
	if found, err := f.maps.Maps(ctx, "another", ids); err != nil || len(found) != 0 {
		t.Errorf("of another evaluation: %v, %v", found, err)
	}
}
