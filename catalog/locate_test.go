package catalog

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sightline/sightline/dataset"
)

// A file is found by its path, and where it moved by its bytes; one of several alike is not guessed.
func TestLocate(t *testing.T) {
	db, root := open(t, t.TempDir()), t.TempDir()
	for name, data := range map[string][]byte{"a/1.pgm": greyPGM(1, 1), "a/2.pgm": greyPGM(2, 2), "b/2.pgm": greyPGM(2, 2)} {
		put(t, filepath.Join(root, name), data)
	}
	importFolder(t, db, dataset.Source{Root: root})
	id, hash := ids(t, db), map[string]string{}
	for path, sample := range id {
		s, err := db.Sample(ctx, sample)
		if err != nil {
			t.Fatal(err)
		}
		hash[path] = s.Hash
	}
	first := Located{Sample: id["a/1.pgm"], Path: "a/1.pgm", Label: "a"}
	for about, one := range map[string]struct {
		file Wanted
		want Located
	}{
		"by path":              {Wanted{Path: "a/1.pgm"}, first},
		"by both":              {Wanted{Path: "a/1.pgm", Hash: hash["a/1.pgm"]}, first},
		"another file now":     {Wanted{Path: "a/1.pgm", Hash: hash["a/2.pgm"]}, Located{Path: "a/1.pgm", Changed: true}},
		"moved":                {Wanted{Path: "elsewhere.pgm", Hash: hash["a/1.pgm"]}, first},
		"by hash":              {Wanted{Hash: hash["a/1.pgm"]}, first},
		"several":              {Wanted{Hash: hash["a/2.pgm"]}, Located{Alike: []string{"a/2.pgm", "b/2.pgm"}}},
		"several, one by path": {Wanted{Path: "b/2.pgm", Hash: hash["a/2.pgm"]}, Located{Sample: id["b/2.pgm"], Path: "b/2.pgm", Label: "b"}},
		"neither":              {Wanted{Path: "x.pgm", Hash: "00"}, Located{}},
	} {
		got, err := db.Locate(ctx, "d", []Wanted{one.file})
		if err != nil || !reflect.DeepEqual(got[0], one.want) {
			t.Errorf("%s: %+v, want %+v, %v", about, got, one.want, err)
		}
	}
}
