package maps

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/workspace"
)

// Maps under auto get the name of their method. Of two that are the same, the one stays of which
// more is known, with its trust; what auto chose stays known, and so does the check of it.
func TestAutoKeysGetTheirMethod(t *testing.T) {
	f := newFixture(t, t.TempDir())
	meta := json.RawMessage(`{"method":"gradcam","reason":"it has a layer","degenerate":""}`)
	var items []workspace.Packed
	for i, keys := range [][]string{{"auto~predicted~0"}, {"auto~predicted~0", "gradcam~predicted~0"}, {"auto~predicted~0", "gradcam~predicted~0"}, {"rise~predicted~0"}} {
		for n, key := range keys {
			items = append(items, workspace.Packed{Key: key, Sample: f.ids[i], Meta: meta, Data: []byte{byte(10*i + n)}})
		}
	}
	f.pack(t, 0, items...)
	for sample, key := range map[int]string{0: "auto~predicted~0", 1: "gradcam~predicted~0", 2: "auto~predicted~0"} {
		if err := f.maps.PutTrust(ctx, f.e.ID, f.ids[sample], key, StoredTrust{Verdict: "green", Content: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.results.PutFact(ctx, f.e.ID, "randomisation auto~predicted~0", json.RawMessage(`{"method":"auto","layers":3}`)); err != nil {
		t.Fatal(err)
	}
	err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		if _, err := tx.Exec(ctx, `DROP TABLE auto_choices`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, autoKeys)
		return err
	})
	if err == nil {
		err = f.maps.tellChoices(ctx, f.results)
	}
	if err != nil || f.count(t, "auto_choices") != 0 {
		t.Fatal(err)
	}
	for i, want := range []byte{0, 11, 20} {
		m, err := f.maps.Map(ctx, f.e.ID, f.ids[i], "gradcam~predicted~0")
		if err != nil || !slices.Equal(m.Data, []byte{want}) {
			t.Errorf("sample %d has %+v, want the values %d; %v", i, m, want, err)
		}
		if known, err := f.maps.Trust(ctx, f.e.ID, f.ids[i], "gradcam~predicted~0"); err != nil || known.Verdict != "green" {
			t.Errorf("sample %d: the trust is lost: %v", i, err)
		}
		if keys, err := f.maps.MapKeys(ctx, f.e.ID, f.ids[i]); err != nil || len(keys) != 1 {
			t.Errorf("sample %d has %v, %v", i, keys, err)
		}
	}
	if keys, _ := f.maps.MapKeys(ctx, f.e.ID, f.ids[3]); !slices.Equal(keys, []string{"rise~predicted~0"}) {
		t.Errorf("a map of another method became %v", keys)
	}
	facts, err := f.results.Facts(ctx, f.e.ID, "")
	var known []string
	for _, fact := range facts {
		known = append(known, fact.Name+" "+string(fact.Content))
	}
	want := `auto {"method":"gradcam","reason":"it has a layer","rule":1}; randomisation auto~predicted~0 {"method":"auto","layers":3}; randomisation gradcam~predicted~0 {"method":"gradcam","layers":3}`
	if got := strings.Join(known, "; "); got != want || err != nil {
		t.Errorf("known are %s, %v;\nwant %s", got, err, want)
	}
}
