package tasks

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline/sightline/checkup"
	"github.com/sightline/sightline/internal/testmodel"
)

// A bit that has turned in any kind of file of a workspace is found, wherever it is; so is a file
// that is gone or cut. Nothing is changed by looking.
func TestCheckup(t *testing.T) {
	root, dir := t.TempDir(), filepath.Join(t.TempDir(), "workspace")
	photos(t, root, 12, 40, 30)
	r := newRig(t, dir)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 32, Classes: 5})
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps)
	r.run(t, job, err)
	if _, damaged := bad(t, dir); !damaged { // it is open
		t.Error("a workspace that is open can be looked at")
	}
	r.close()
	before := listing(t, dir)
	if said, damaged := bad(t, dir); damaged {
		t.Fatalf("a whole workspace is damaged: %s", said)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("looking changed\n%s to\n%s", before, after)
	}
	kinds := map[string]string{"database": "sightline.duckdb"}
	for what, pattern := range map[string]string{"score blocks": "blocks/*/*.slb", "thumbnails": "thumbs/*.pack", "maps": "maps/*/*.pack"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		if len(found) == 0 {
			t.Fatalf("there are no %s", what)
		}
		kinds[what], _ = filepath.Rel(dir, found[0])
	}
	for what, name := range kinds {
		t.Run(what, func(t *testing.T) { turnBits(t, dir, filepath.Join(dir, name), what) })
	}
}

// bad says what a checkup finds bad.
func bad(t *testing.T, dir string) (said string, damaged bool) {
	t.Helper()
	list, err := checkup.Run(t.Context(), dir, checkup.Options{ReadData: true})
	if err != nil {
		return err.Error(), true
	}
	for _, f := range list {
		if f.Bad {
			damaged = true
			said += f.What + ": " + f.Said + "\n"
		}
	}
	return said, damaged
}

// listing is every file with its size and time.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				fmt.Fprintln(&list, path, info.Size(), info.ModTime())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.String()
}

// turnBits turns single bits of a file, cuts it and takes it away.
func turnBits(t *testing.T, dir, file, what string) {
	whole := mustRead(t, file)
	defer func() {
		if err := os.WriteFile(file, whole, 0o644); err != nil {
			t.Error(err)
		}
	}()
	tried := 5
	if os.Getenv("SIGHTLINE_STUDY") != "" {
		tried = 200
	}
	places := make([]int64, tried)
	r := rand.New(rand.NewPCG(1, uint64(len(whole))))
	for i := range places {
		places[i] = r.Int64N(8 * int64(len(whole)))
	}
	if what == "database" {
		places = append(usedBits(t, file), 8*5000) // and one of the header, with which it cannot be opened
	}
	for _, bit := range places {
		turned := bytes.Clone(whole)
		turned[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(file, turned, 0o644); err != nil {
			t.Fatal(err)
		}
		said, damaged := bad(t, dir)
		if !damaged || strings.Contains(said, "served or worked on") {
			t.Errorf("bit %d of byte %d of %d turned, and it says %q", bit%8, bit/8, len(whole), said)
		}
	}
	if err := os.WriteFile(file, whole[:len(whole)-100], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, damaged := bad(t, dir); !damaged {
		t.Error("it is cut, and nothing is found")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if said, damaged := bad(t, dir); !damaged {
		t.Errorf("it is gone, and nothing is found: %s", said)
	}
}

// usedBits are one of each block of the database that rows are in: the others hold what was.
func usedBits(t *testing.T, file string) (bits []int64) {
	t.Helper()
	db, err := sql.Open("duckdb", file+"?access_mode=READ_ONLY")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT DISTINCT block_id FROM (FROM pragma_storage_info('samples') UNION ALL FROM pragma_storage_info('predictions'))
		WHERE persistent AND block_id >= 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		const headers, block = 3 * 4096, 256 << 10
		bits = append(bits, 8*(headers+id*block+100)+3)
	}
	if err := rows.Err(); err != nil || len(bits) == 0 {
		t.Fatal("the database has no blocks", err)
	}
	return bits
}
