package slice_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/slice"
)

// store is a DuckDB database with a table in the columns that Where expects.
type store struct {
	db   *sql.DB
	rows []row // those with maps
}

func newStore(t *testing.T, rows []row) *store {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &store{db: db}
	s.exec(t, `CREATE TABLE predictions (sample BIGINT, truth INTEGER, predicted INTEGER, confidence FLOAT, split VARCHAR, truth_rank INTEGER)`)
	s.exec(t, `CREATE TABLE samples (id BIGINT, name VARCHAR, path VARCHAR)`)
	s.exec(t, `CREATE TABLE scores (sample BIGINT, class INTEGER, score FLOAT)`)
	for i, r := range rows {
		class, confidence := r.predicted()
		s.exec(t, `INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?)`, i, r.label, class, confidence, r.split, r.rank())
		s.exec(t, `INSERT INTO samples VALUES (?, ?, ?)`, i, r.name, r.path)
		for c, v := range r.scores {
			s.exec(t, `INSERT INTO scores VALUES (?, ?, ?)`, i, c, v)
		}
	}
	return s
}

func (s *store) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// names lists the rows that a slice selects.
func (s *store) names(t *testing.T, x slice.Slice) (names []string) {
	t.Helper()
	w, err := x.Where(func(t slice.Term) (slice.Relation, error) {
		switch t.Field.Name {
		case "share", "hottest", "verdict":
			return s.mapRelation(t), nil
		case "tag":
			return slice.Relation{From: "tags", Value: "tag"}, nil
		case "saved", "sel":
			list := make([]string, len(t.Values))
			for i, v := range t.Values {
				list[i] = "'@" + v.Name + "'"
			}
			return slice.Relation{From: "(SELECT sample FROM tags WHERE tag IN (" + strings.Join(list, ", ") + "))", Selected: true}, nil
		case "column":
			return columnRelation(t), nil
		case "marked":
			return slice.Relation{From: "(SELECT sample, substr(tag, 2) AS word FROM tags WHERE tag LIKE '*%')", Value: "word"}, nil
		case "without":
			return slice.Relation{From: "(SELECT id AS sample, 'excluded' AS word FROM samples WHERE id NOT IN (SELECT sample FROM tags WHERE tag = '*excluded'))", Value: "word"}, nil
		}
		return slice.Relation{From: fmt.Sprintf("(SELECT * FROM scores WHERE class = %d)", t.Of[0].Index), Value: "score::DOUBLE"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	query := `SELECT s.name FROM predictions p JOIN samples s ON s.id = p.sample WHERE ` + strings.Join(append([]string{"true"}, w.Conditions...), " AND ") + ` ORDER BY p.sample`
	rows, err := s.db.Query(query, w.Args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// TestRandomSlices compares the loop with DuckDB on many slices of a random table.
func TestRandomSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]row, 200)
	for i := range rows {
		rows[i] = randomRow(r, fmt.Sprintf("row%03d", i))
	}
	s := newStore(t, rows)
	selected := 0
	for range 500 {
		x := randomSlice(t, r)
		want := loop(rows, x)
		if got := s.names(t, x); !slices.Equal(got, want) {
			t.Fatalf("%s: DuckDB selects %v, the loop %v", x, got, want)
		}
		selected += len(want)
	}
	if selected < 10000 {
		t.Errorf("all slices together select %d rows only: the test shows little", selected)
	}
}

// randomRow has scores on a coarse grid, so that bounds meet them.
func randomRow(r *rand.Rand, name string) row {
	x := row{name: name, split: []string{"", "train", "test"}[r.IntN(3)], path: fmt.Sprintf("%d/%s.PNG", r.IntN(9), name), label: r.IntN(4) - 1}
	for range 3 {
		x.scores = append(x.scores, float32(r.IntN(11))/10)
	}
	return x
}

// randomSlice has each criterion with a chance of one in four.
func randomSlice(t *testing.T, r *rand.Rand) slice.Slice {
	t.Helper()
	number := func() string { return fmt.Sprint(float64(r.IntN(11)) / 10) }
	choice := func() string { return []string{"0", "-1", "1,2", "-1,0", "2,1,-1", "0,1,2"}[r.IntN(6)] }
	bounds := func() string { return []string{number() + "-", "-" + number(), number() + "-" + number()}[r.IntN(3)] }
	not := func() string { return []string{"", "", "!"}[r.IntN(3)] }
	var parts []string
	for _, part := range []string{
		"label=" + not() + choice(), "predicted=" + not() + choice(), "correct=" + fmt.Sprint(r.IntN(2) == 0),
		"confidence=" + not() + bounds(), "score(1)=" + not() + bounds(), "score(2)=" + not() + bounds(),
		"q=" + not() + []string{"1", "row", "2/ROW", ".png"}[r.IntN(4)], "split=" + not() + []string{"test", "test,train", "val"}[r.IntN(3)],
	} {
		if r.IntN(4) == 0 {
			parts = append(parts, part)
		}
	}
	return parse(t, strings.Join(append(parts, "threshold="+number()), "&"))
}
