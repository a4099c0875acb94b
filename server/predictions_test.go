package server_test

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The three formats hold the same predictions; the CSV is what a slow reader
// of the samples' own scores finds.
func TestPredictions(t *testing.T) {
	_, c := evaluated(t)
	files := map[string][]byte{}
	for _, format := range []string{"csv", "json", "parquet"} {
		var b bytes.Buffer
		must(t, c.Predictions(t.Context(), "colours~net", format, &b))
		files[format] = b.Bytes()
	}
	table, err := csv.NewReader(bytes.NewReader(files["csv"])).ReadAll()
	must(t, err)
	if len(table) != 13 || len(table[0]) != 8 || table[0][5] != "red" {
		t.Fatalf("the CSV has %d rows and begins with %v", len(table), table[0])
	}
	var document struct {
		Classes     []string
		Predictions []struct {
			Path, Label, Predicted string
			Confidence             float64
			Scores                 []float64
		}
	}
	must(t, json.Unmarshal(files["json"], &document))
	for i, p := range document.Predictions {
		row := table[i+1]
		if row[0] != p.Path || row[1] != p.Label || row[2] != p.Predicted || number(t, row[3]) != p.Confidence {
			t.Errorf("row %d: %v in CSV, %+v in JSON", i, row, p)
		}
		sum := 0.0
		for c, score := range p.Scores {
			sum += score
			if number(t, row[5+c]) != score {
				t.Errorf("%s: score %d is %s in CSV, %v in JSON", p.Path, c, row[5+c], score)
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("%s: the scores sum to %v", p.Path, sum)
		}
	}
	checkParquet(t, files["parquet"], table)
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	must(t, err)
	return v
}

func checkParquet(t *testing.T, content []byte, table [][]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.parquet")
	must(t, os.WriteFile(path, content, 0o644))
	db, err := sql.Open("duckdb", "")
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT path, label, predicted, confidence, red, green, blue FROM '"+path+"'")
	must(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var path, label, predicted string
		var confidence, red, green, blue float32
		must(t, rows.Scan(&path, &label, &predicted, &confidence, &red, &green, &blue))
		n++
		if row := table[n]; path != row[0] || label != row[1] || predicted != row[2] || float64(blue) != float64(float32(number(t, row[7]))) {
			t.Errorf("row %d: %s %s %s %v in Parquet, %v in CSV", n, path, label, predicted, blue, row)
		}
	}
	must(t, rows.Err())
	if n != len(table)-1 {
		t.Errorf("the Parquet file has %d rows, want %d", n, len(table)-1)
	}
}
