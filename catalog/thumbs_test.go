package catalog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/imaging/fingerprint"
	"github.com/sightline/sightline/workspace"
)

func count(t *testing.T, c *Store, table string) (n int) {
	t.Helper()
	if err := c.ws.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestThumbnails(t *testing.T) {
	c := open(t, t.TempDir())
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}}
	for i := range 3 {
		scan.Samples = append(scan.Samples, dataset.Sample{Path: fmt.Sprintf("%d.png", i), Hash: fmt.Sprintf("hash%d", i), Orientation: 1})
	}
	if _, err := c.Import(ctx, "data", scan); err != nil {
		t.Fatal(err)
	}
	ids, err := c.WithoutThumbnail(ctx, "data")
	if err != nil || len(ids) != 3 {
		t.Fatalf("without: %v, %v", ids, err)
	}
	for range 2 { // the same chunk twice
		path := filepath.Join(c.ws.Incoming(), "p")
		if err := workspace.WritePack(path, []workspace.Packed{{Key: "hash0", Data: []byte("one")}, {Key: "hash1", Data: []byte("second")}}); err != nil {
			t.Fatal(err)
		}
		err := c.ws.Update(ctx, func(tx *workspace.Tx) error {
			if err := c.Quarantine(ctx, tx, []Failure{{ids[2], "truncated"}}); err != nil {
				return err
			}
			prints := []Fingerprint{{"hash0", fingerprint.Print{1, 2, 3, 4, 1 << 63}}, {"hash1", fingerprint.Print{5}}}
			return errors.Join(c.IngestThumbnails(ctx, tx, "job", 0, path), c.IngestFingerprints(ctx, tx, prints))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Thumbnail(ctx, "hash1")
	if err != nil || string(got) != "second" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := c.Thumbnail(ctx, "none"); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("no such thumbnail: %v", err)
	}
	if count(t, c, "thumbnails") != 2 || count(t, c, "packs") != 1 {
		t.Errorf("%d thumbnails in %d packs", count(t, c, "thumbnails"), count(t, c, "packs"))
	}
	var last uint64
	if err := c.ws.QueryRow(ctx, `SELECT colours FROM fingerprints WHERE hash = 'hash0'`).Scan(&last); err != nil || last != 1<<63 || count(t, c, "fingerprints") != 2 {
		t.Errorf("%x in %d fingerprints, %v", last, count(t, c, "fingerprints"), err)
	}
	if ids, err := c.WithoutThumbnail(ctx, "data"); err != nil || len(ids) != 0 {
		t.Errorf("without: %v, %v", ids, err)
	}
	problems, err := c.Problems(ctx, "data")
	if err != nil || len(problems.Quarantined) != 1 || problems.Quarantined[0].Reason != "truncated" {
		t.Errorf("problems %+v, %v", problems, err)
	}
}

// A model keeps its file while something was made with it, and its settings change.
func TestPutModel(t *testing.T) {
	c := open(t, t.TempDir())
	used := 0
	evaluations := func(context.Context, *workspace.Tx, int) (int, error) { return used, nil }
	put := func(sha, spec string) error {
		_, err := c.PutModel(ctx, "m", sha, []byte(spec), evaluations)
		return err
	}
	if err := errors.Join(put("abc", `{"a":1}`), put("def", `{"a":2}`)); err != nil {
		t.Fatal(err)
	}
	used = 2
	if err := put("ghi", `{"a":3}`); !errors.Is(err, ErrInUse) {
		t.Errorf("another file under the name of a model in use: %v", err)
	}
	if err := put("def", `{"a":4}`); err != nil {
		t.Fatal(err)
	}
	m, err := c.Model(ctx, "m")
	if err != nil || string(m.Spec) != `{"a":4}` || m.SHA256 != "def" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := c.Model(ctx, "none"); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("no such model: %v", err)
	}
}
