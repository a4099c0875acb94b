package regiontable

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

// The file is read back by SQL, with NULL for what is not there.
func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's here.parquet")
	area := 0.5
	rows := []Row{
		{Sample: 1, Path: "a.png", Label: "cake", Method: "rise", Target: "predicted", Explained: "cake", Region: "head", Share: 0.25, Area: 0.125, Ratio: 2, Hottest: true, Verdict: "green", Insertion: &area, Seed: 1 << 63},
		{Sample: 2, Path: "b.png", Method: "rise", Target: "predicted", Region: "border", Builtin: true, Degenerate: "zero"},
	}
	for range 2 {
		if err := Write(t.Context(), path, slices.Values(rows)); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n, nulls int
	var sum float64
	var seed string
	query := fmt.Sprintf(`SELECT count(*), sum(share * ratio + coalesce(insertion, 0)), max(seed)::VARCHAR,
		count(*) FILTER (label IS NULL AND verdict IS NULL AND insertion IS NULL AND builtin AND NOT hottest) FROM '%s'`, filepath.Join(filepath.Dir(path), "*.parquet"))
	if err := db.QueryRow(query).Scan(&n, &sum, &seed, &nulls); err != nil {
		t.Fatal(err)
	}
	if n != 2 || sum != 1 || nulls != 1 || seed != "9223372036854775808" {
		t.Errorf("%d rows, %v, %d, seed %s", n, sum, nulls, seed)
	}
	if err := Write(t.Context(), filepath.Join(path, "no", "folder.parquet"), slices.Values(rows)); err == nil {
		t.Error("a folder that is not there: no error")
	}
}
