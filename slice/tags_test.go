package slice_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

// readTags gives rows their tags: "name tag,tag".
func readTags(lines []string, rows []row) {
	for _, line := range lines {
		name, tags, _ := strings.Cut(line, " ")
		at := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
		rows[at].tags = strings.Split(strings.TrimSpace(tags), ",")
	}
}

// tagMeets tells whether a row has one of the tags of a criterion.
func tagMeets(r row, t slice.Term) bool {
	return slices.ContainsFunc(t.Values, func(v slice.Value) bool { return slices.Contains(r.tags, v.Name) })
}

func (s *store) putTags(t *testing.T, rows []row) {
	t.Helper()
	s.exec(t, `CREATE TABLE tags (sample BIGINT, tag VARCHAR)`)
	for i, r := range rows {
		for _, tag := range r.tags {
			s.exec(t, `INSERT INTO tags VALUES (?, ?)`, i, tag)
		}
	}
}
