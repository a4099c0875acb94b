package slice_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

// storedMap is what is known of a map of a sample in the tables of testdata.
type storedMap struct {
	method, target, verdict, hottest string
	shares                           map[string]float64
}

// readMaps gives each row its maps: "name method target verdict hottest region:share…".
func readMaps(t *testing.T, lines []string, rows []row) {
	t.Helper()
	for _, line := range lines {
		words := strings.Fields(line)
		m := storedMap{method: words[1], target: words[2], verdict: words[3], hottest: words[4], shares: map[string]float64{}}
		for _, word := range words[5:] {
			region, text, _ := strings.Cut(word, ":")
			share, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			m.shares[region] = share
		}
		at := slices.IndexFunc(rows, func(r row) bool { return r.name == words[0] })
		rows[at].maps = append(rows[at].maps, m)
	}
}

// mostStored is the method and target that fit some words, each of which may be left out, and
// that the most rows have a map of; of equal ones the first by name.
func mostStored(rows []row, of []slice.Value) (method, target string) {
	counts := map[[2]string]int{}
	for _, r := range rows {
		for _, m := range r.maps {
			if (len(of) < 1 || of[0].Name == m.method) && (len(of) < 2 || of[1].Name == m.target) {
				counts[[2]string{m.method, m.target}]++
			}
		}
	}
	var best [2]string
	for k, n := range counts {
		if n > counts[best] || n == counts[best] && cmp.Compare(k[0]+"~"+k[1], best[0]+"~"+best[1]) < 0 {
			best = k
		}
	}
	return best[0], best[1]
}

// mapArguments are METHOD and TARGET of a criterion about maps.
func mapArguments(t slice.Term) []slice.Value {
	if t.Field.Name == "share" {
		return t.Of[1:]
	}
	return t.Of
}

// mapMeets tells whether the map that a criterion speaks of does what it asks for.
func mapMeets(rows []row, r row, t slice.Term) bool {
	method, target := mostStored(rows, mapArguments(t))
	for _, m := range r.maps {
		if m.method != method || m.target != target {
			continue
		}
		switch t.Field.Name {
		case "share":
			share, has := m.shares[t.Of[0].Name]
			return has && within(share, t)
		case "hottest":
			return slices.Contains(t.Values, slice.Named(m.hottest))
		case "verdict":
			return slices.Contains(t.Values, slice.Named(m.verdict))
		}
	}
	return false
}

func (s *store) putMaps(t *testing.T, rows []row) {
	t.Helper()
	s.exec(t, `CREATE TABLE maps (sample BIGINT, method VARCHAR, target VARCHAR, verdict VARCHAR, hottest VARCHAR)`)
	s.exec(t, `CREATE TABLE shares (sample BIGINT, method VARCHAR, target VARCHAR, region VARCHAR, share DOUBLE)`)
	for i, r := range rows {
		for _, m := range r.maps {
			s.exec(t, `INSERT INTO maps VALUES (?, ?, ?, ?, ?)`, i, m.method, m.target, m.verdict, m.hottest)
			for region, share := range m.shares {
				s.exec(t, `INSERT INTO shares VALUES (?, ?, ?, ?, ?)`, i, m.method, m.target, region, share)
			}
		}
	}
	s.rows = rows
}

// mapRelation is the source of a criterion about maps.
func (s *store) mapRelation(t slice.Term) slice.Relation {
	method, target := mostStored(s.rows, mapArguments(t))
	if t.Field.Name == "share" {
		return slice.Relation{From: `(SELECT * FROM shares WHERE method = ? AND target = ? AND region = ?)`, Value: "share", Args: []any{method, target, t.Of[0].Name}}
	}
	return slice.Relation{From: `(SELECT * FROM maps WHERE method = ? AND target = ?)`, Value: t.Field.Name, Args: []any{method, target}}
}
