package workspace

import (
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
)

// What a map is worth is stored with it or after it, and goes when it goes.
func TestTrusts(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	f.ingest(t, 0, 0, 10)
	id, area := f.samples[2].ID, 0.25
	pack := func(trust *StoredTrust) {
		t.Helper()
		path := filepath.Join(f.w.Incoming(), "maps.pack")
		if err := WritePack(path, []Packed{{Key: "k", Sample: id, Meta: json.RawMessage(`{}`), Trust: trust, Data: []byte{1}}}); err != nil {
			t.Fatal(err)
		}
		if err := f.w.Update(ctx, func(tx *sql.Tx) error { return f.w.IngestMaps(ctx, tx, f.e.ID, "job", 0, path) }); err != nil {
			t.Fatal(err)
		}
	}
	pack(&StoredTrust{Verdict: "red", Content: json.RawMessage(`{"verdict":"red"}`)})
	got, err := f.w.Trust(ctx, f.e.ID, id, "k")
	if err != nil || got.Verdict != "red" || got.Insertion != nil || string(got.Content) != `{"verdict":"red"}` {
		t.Errorf("%+v, %v", got, err)
	}
	for range 2 {
		if err := f.w.PutTrust(ctx, f.e.ID, id, "k", StoredTrust{Verdict: "green", Insertion: &area, Deletion: &area, Content: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err = f.w.Trust(ctx, f.e.ID, id, "k"); err != nil || got.Verdict != "green" || *got.Deletion != area || f.count(t, "trusts") != 1 {
		t.Errorf("%+v, %v, %d rows", got, err, f.count(t, "trusts"))
	}
	for judged, key := range map[bool]string{true: "k", false: "k"} {
		if m, err := f.w.Mapped(ctx, f.e.ID, key, judged); err != nil || len(m) != 1 || !m[id] {
			t.Errorf("judged %v: %v, %v", judged, m, err)
		}
	}
	pack(nil)
	if _, err := f.w.Trust(ctx, f.e.ID, id, "k"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the map was replaced, its trust was not: %v", err)
	}
}

func TestFindings(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	for name, content := range map[string]string{"layers": `[1]`, "randomisation b": `2`, "randomisation a": `1`} {
		for range 2 {
			if err := f.w.PutFinding(ctx, f.e.ID, name, json.RawMessage(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := f.w.Findings(ctx, f.e.ID, "randomisation ")
	if err != nil || len(list) != 2 || list[0].Name != "randomisation a" || string(list[1].Content) != "2" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = f.w.Findings(ctx, f.e.ID, "nothing"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := f.w.PutFinding(ctx, "nothing", "layers", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("an evaluation that is not there: %v", err)
	}
}
