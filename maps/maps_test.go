package maps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

var ctx = context.Background()

// fixture is a workspace with an evaluation of ten samples.
type fixture struct {
	ws      *workspace.Workspace
	catalog *catalog.Store
	results *results.Store
	maps    *Store
	e       *results.Evaluation
	ids     []int64
}

func open(t testing.TB, dir string) *fixture {
	t.Helper()
	f := &fixture{}
	var err error
	if f.ws, err = workspace.Open(dir, workspace.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.ws.Close() })
	if f.catalog, err = catalog.New(ctx, f.ws); err == nil {
		f.results, err = results.New(ctx, f.ws, f.catalog)
	}
	if err == nil {
		f.maps, err = New(ctx, f.ws, f.results)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newFixture(t testing.TB, dir string) *fixture {
	t.Helper()
	f := open(t, dir)
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}}
	for i := range 10 {
		scan.Samples = append(scan.Samples, dataset.Sample{Path: fmt.Sprintf("%d.png", i), Hash: fmt.Sprintf("hash%d", i), Label: "a", Labelled: true, Orientation: 1})
	}
	if _, err := f.catalog.Import(ctx, "data", scan); err != nil {
		t.Fatal(err)
	}
	f.plan(t, `{}`)
	if len(f.ids) != 10 {
		t.Fatalf("%d samples to predict", len(f.ids))
	}
	return f
}

// plan evaluates with some settings of the model.
func (f *fixture) plan(t testing.TB, spec string) {
	t.Helper()
	_, err := f.catalog.PutModel(ctx, "model", "abc", json.RawMessage(spec), results.OfModel)
	if err == nil {
		f.e, f.ids, err = f.results.PlanEvaluation(ctx, results.EvaluationPlan{Dataset: "data", Model: "model", Job: "job", Classes: []string{"a", "b"},
			Matching: json.RawMessage(`{}`), LabelClass: map[string]int{"a": 0}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) count(t testing.TB, table string) (n int) {
	t.Helper()
	if err := f.ws.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// pack stores maps as a chunk of a job does.
func (f *fixture) pack(t testing.TB, seq int, items ...workspace.Packed) {
	t.Helper()
	path := filepath.Join(f.ws.Incoming(), "p")
	if err := workspace.WritePack(path, items); err != nil {
		t.Fatal(err)
	}
	if err := f.ws.Update(ctx, func(tx *workspace.Tx) error { return f.maps.IngestMaps(ctx, tx, f.e.ID, "job", seq, path) }); err != nil {
		t.Fatal(err)
	}
}

func TestMaps(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	id := f.ids[0]
	m := StoredMap{Sample: id, Key: "rise:predicted:1", Meta: json.RawMessage(`{"width":2}`), Data: []byte{1, 2, 3, 4}}
	if err := f.maps.PutMap(ctx, f.e.ID, m); err != nil {
		t.Fatal(err)
	}
	f.pack(t, 4, workspace.Packed{Key: m.Key, Sample: id, Meta: m.Meta, Data: []byte{5, 6}}, workspace.Packed{Key: "occlusion", Sample: id, Data: []byte{7}})
	got, err := f.maps.Map(ctx, f.e.ID, id, m.Key)
	if err != nil || string(got.Data) != "\x05\x06" || string(got.Meta) != `{"width":2}` {
		t.Errorf("got %+v, %v; want the later one", got, err)
	}
	if keys, err := f.maps.MapKeys(ctx, f.e.ID, id); err != nil || len(keys) != 2 {
		t.Errorf("keys %v, %v", keys, err)
	}
	if _, err := f.maps.Map(ctx, f.e.ID, id, "none"); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("no such map: %v", err)
	}
	if err := f.ws.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, dir)
	if got, err := f.maps.Map(ctx, results.EvaluationID("data", "model"), id, "occlusion"); err != nil || string(got.Data) != "\x07" {
		t.Errorf("after reopening: %+v, %v", got, err)
	}
}

// Maps go, with their files, when the results that they explain do.
func TestMapsOfOtherSettingsGo(t *testing.T) {
	f := newFixture(t, t.TempDir())
	for i, id := range f.ids[:3] {
		f.pack(t, i, workspace.Packed{Key: "k", Sample: id, Data: []byte{1}})
	}
	if err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		return f.maps.drop(ctx, tx, results.Dropped{ID: f.e.ID, Evaluation: 1, Samples: f.ids[1:2]})
	}); err != nil {
		t.Fatal(err)
	}
	left := func() int {
		files, err := filepath.Glob(filepath.Join(f.ws.Path(packsFolder), "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if f.count(t, "maps") != 2 || left() != 2 {
		t.Errorf("%d maps in %d files, want those of two samples", f.count(t, "maps"), left())
	}
	f.plan(t, `{"preprocessing":"other"}`)
	if f.count(t, "maps")+f.count(t, "packs") != 0 || left() != 0 {
		t.Errorf("%d maps in %d files after the settings changed", f.count(t, "maps"), left())
	}
}

// Maps made on demand leave few files, however many they are, and stay what they are.
func TestManyMapsLeaveFewFiles(t *testing.T) {
	thorough.Only(t)
	f := newFixture(t, t.TempDir())
	const made = 300
	for i := range made {
		m := StoredMap{Sample: f.ids[i%10], Key: fmt.Sprint(i / 10), Meta: json.RawMessage(`{}`), Data: []byte(fmt.Sprint("map ", i))}
		if err := f.maps.PutMap(ctx, f.e.ID, m); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.count(t, "packs"); n > 100 {
		t.Errorf("%d packs of %d maps before compaction", n, made)
	}
	if err := f.maps.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	if n := f.count(t, "packs"); n > 20 {
		t.Errorf("%d packs of %d maps after compaction", n, made)
	}
	for i := range made {
		m, err := f.maps.Map(ctx, f.e.ID, f.ids[i%10], fmt.Sprint(i/10))
		if err != nil || string(m.Data) != fmt.Sprint("map ", i) {
			t.Fatalf("map %d: %+v, %v", i, m, err)
		}
	}
	f.plan(t, `{"preprocessing":"other"}`)
	if n := f.count(t, "packs"); n != 0 {
		t.Errorf("%d packs are left of maps that are gone", n)
	}
}

// What samples lack is what the tables say, whether it was known before a change or not.
func TestLacking(t *testing.T) {
	f := newFixture(t, t.TempDir())
	keys := []string{"a", "b"}
	check := func(what string, assessed bool, want ...string) {
		t.Helper()
		fresh := &Store{ws: f.ws} // that knows nothing yet
		for _, db := range []*Store{f.maps, fresh} {
			got, err := db.Lacking(ctx, f.e.ID, keys, f.ids[:3], assessed)
			if text := fmt.Sprint(got); err != nil || text != fmt.Sprint(want) {
				t.Errorf("%s, assessed %v: lacking %s, %v; want %v", what, assessed, text, err, want)
			}
		}
	}
	check("nothing", false, "[0 1]", "[0 1]", "[0 1]")
	check("nothing", true, "[0 1]", "[0 1]", "[0 1]")
	verdict := json.RawMessage(`{"trust":{"verdict":"green","content":{}}}`)
	f.pack(t, 0, workspace.Packed{Key: "a", Sample: f.ids[0], More: verdict}, workspace.Packed{Key: "b", Sample: f.ids[0]}, workspace.Packed{Key: "a", Sample: f.ids[2]})
	check("two samples", false, "[]", "[0 1]", "[1]")
	check("two samples", true, "[1]", "[0 1]", "[0 1]")
	if err := f.maps.PutTrust(ctx, f.e.ID, f.ids[0], "b", StoredTrust{Verdict: "red", Content: json.RawMessage(`{}`)}); err != nil {
		t.Fatal(err)
	}
	check("assessed since", true, "[]", "[0 1]", "[0 1]")
	f.pack(t, 1, workspace.Packed{Key: "a", Sample: f.ids[0]})
	check("made again", false, "[]", "[0 1]", "[1]")
	check("made again", true, "[0]", "[0 1]", "[0 1]")
	failure := errors.New("no")
	err := f.ws.Update(ctx, func(tx *workspace.Tx) error {
		return errors.Join(f.maps.drop(ctx, tx, results.Dropped{ID: f.e.ID, Evaluation: 1}), failure)
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	check("rolled back", false, "[]", "[0 1]", "[1]")
	f.plan(t, `{"preprocessing":"other"}`)
	check("other settings", false, "[0 1]", "[0 1]", "[0 1]")
}
