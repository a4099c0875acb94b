package workspace

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func (f *fixture) pack(t *testing.T, name string, items ...Packed) string {
	t.Helper()
	path := filepath.Join(f.w.Incoming(), name)
	if err := WritePack(path, items); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThumbnails(t *testing.T) {
	f := planFixture(t, t.TempDir(), 3, 2)
	if ids, err := f.w.WithoutThumbnail(ctx, "data"); err != nil || len(ids) != 3 {
		t.Fatalf("without: %v, %v", ids, err)
	}
	for range 2 { // the same chunk twice
		path := f.pack(t, "p", Packed{Key: f.samples[0].Hash, Data: []byte("one")}, Packed{Key: f.samples[1].Hash, Data: []byte("second")})
		err := f.w.Update(ctx, func(tx *sql.Tx) error {
			if err := f.w.Quarantine(ctx, tx, []Failure{{f.samples[2].ID, "truncated"}}); err != nil {
				return err
			}
			return f.w.IngestThumbnails(ctx, tx, "job", 0, path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.w.Thumbnail(ctx, f.samples[1].Hash)
	if err != nil || string(got) != "second" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := f.w.Thumbnail(ctx, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such thumbnail: %v", err)
	}
	if f.count(t, "thumbnails") != 2 || f.count(t, "packs") != 1 {
		t.Errorf("%d thumbnails in %d packs", f.count(t, "thumbnails"), f.count(t, "packs"))
	}
	if ids, err := f.w.WithoutThumbnail(ctx, "data"); err != nil || len(ids) != 0 {
		t.Errorf("without: %v, %v", ids, err)
	}
	problems, err := f.w.Problems(ctx, "data")
	if err != nil || len(problems.Quarantined) != 1 || problems.Quarantined[0].Reason != "truncated" {
		t.Errorf("problems %+v, %v", problems, err)
	}
}

func TestMaps(t *testing.T) {
	f := planFixture(t, t.TempDir(), 3, 2)
	id := f.samples[0].ID
	m := StoredMap{Sample: id, Key: "rise:predicted:1", Meta: json.RawMessage(`{"width":2}`), Data: []byte{1, 2, 3, 4}}
	if err := f.w.PutMap(ctx, f.e.ID, m); err != nil {
		t.Fatal(err)
	}
	path := f.pack(t, "p", Packed{Key: m.Key, Sample: id, Meta: m.Meta, Data: []byte{5, 6}}, Packed{Key: "occlusion", Sample: id, Data: []byte{7}})
	if err := f.w.Update(ctx, func(tx *sql.Tx) error { return f.w.IngestMaps(ctx, tx, f.e.ID, "job", 4, path) }); err != nil {
		t.Fatal(err)
	}
	got, err := f.w.Map(ctx, f.e.ID, id, m.Key)
	if err != nil || string(got.Data) != "\x05\x06" || string(got.Meta) != `{"width":2}` {
		t.Errorf("got %+v, %v; want the later one", got, err)
	}
	if keys, err := f.w.MapKeys(ctx, f.e.ID, id); err != nil || len(keys) != 2 {
		t.Errorf("keys %v, %v", keys, err)
	}
	if _, err := f.w.Map(ctx, f.e.ID, id, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such map: %v", err)
	}
	dir := f.w.Dir()
	if err := f.w.Close(); err != nil {
		t.Fatal(err)
	}
	f.w = open(t, dir)
	if got, err := f.w.Map(ctx, f.e.ID, id, "occlusion"); err != nil || string(got.Data) != "\x07" {
		t.Errorf("after reopening: %+v, %v", got, err)
	}
}

func TestReadPackIndexRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	if err := WritePack(path, []Packed{{Key: "a", Data: []byte("hello")}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, whole[:10], whole[:len(whole)-1], whole[6:]} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if items, err := ReadPackIndex(path); !errors.Is(err, errPack) {
			t.Errorf("%d of %d bytes: %v, %v", len(damaged), len(whole), items, err)
		}
	}
}

func FuzzReadPackIndex(f *testing.F) {
	path := filepath.Join(f.TempDir(), "p")
	if err := WritePack(path, []Packed{{Key: "a", Data: []byte("hello")}, {Key: "b"}}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		items, err := ReadPackIndex(path)
		for _, it := range items {
			if err != nil || it.Offset < 0 || it.Length < 0 || it.Offset+it.Length > int64(len(data)) {
				t.Fatalf("%+v, %v", it, err)
			}
		}
	})
}

func FuzzOpenBlock(f *testing.F) {
	path := filepath.Join(f.TempDir(), "b")
	if err := WriteBlock(path, &Block{Samples: []int64{1, 2}, Classes: 2, Values: []float32{1, 2, 3, 4}, Embedding: []float32{5, 6}}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "b")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := OpenBlock(path)
		if err != nil {
			return
		}
		defer b.Close()
		if _, err := b.Values(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Row(b.N - 1); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Embeddings(); err != nil {
			t.Fatal(err)
		}
	})
}
