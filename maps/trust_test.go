package maps

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// The trust in a map is stored with it or after it, and goes when it goes.
func TestTrusts(t *testing.T) {
	f := newFixture(t, t.TempDir())
	id, area := f.ids[2], 0.25
	pack := func(trust *StoredTrust) {
		t.Helper()
		item := workspace.Packed{Key: "k", Sample: id, Meta: json.RawMessage(`{}`), Data: []byte{1}}
		if trust != nil {
			more, err := json.Marshal(Beside{Trust: trust})
			if err != nil {
				t.Fatal(err)
			}
			item.More = more
		}
		f.pack(t, 0, item)
	}
	pack(&StoredTrust{Verdict: "red", Content: json.RawMessage(`{"verdict":"red"}`)})
	got, err := f.maps.Trust(ctx, f.e.ID, id, "k")
	if err != nil || got.Verdict != "red" || got.Insertion != nil || string(got.Content) != `{"verdict":"red"}` {
		t.Errorf("%+v, %v", got, err)
	}
	for range 2 {
		if err := f.maps.PutTrust(ctx, f.e.ID, id, "k", StoredTrust{Verdict: "green", Insertion: &area, Deletion: &area, Content: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err = f.maps.Trust(ctx, f.e.ID, id, "k"); err != nil || got.Verdict != "green" || *got.Deletion != area || f.count(t, "trusts") != 1 {
		t.Errorf("%+v, %v, %d rows", got, err, f.count(t, "trusts"))
	}
	ids := []MapID{{id, "k"}, {id, "other"}, {f.ids[3], "k"}}
	if many, err := f.maps.Trusts(ctx, f.e.ID, ids); err != nil || len(many) != 1 || many[ids[0]].Verdict != "green" || *many[ids[0]].Insertion != area || string(many[ids[0]].Content) != `{}` {
		t.Errorf("of many: %+v, %v", many, err)
	}
	if many, err := f.maps.Trusts(ctx, f.e.ID, nil); err != nil || len(many) != 0 {
		t.Errorf("of none: %+v, %v", many, err)
	}
	pack(nil)
	if _, err := f.maps.Trust(ctx, f.e.ID, id, "k"); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("the map was replaced, its trust was not: %v", err)
	}
}
