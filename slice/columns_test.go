package slice_test

import (
	"slices"
	"strings"

	"github.com/sightline/sightline/slice"
)

// columnMeets tells whether a row has one of the values of a column: its tags NAME:VALUE. What a
// value may say besides is the store's, package columns.
func columnMeets(r row, t slice.Term) bool {
	return slices.ContainsFunc(t.Values, func(v slice.Value) bool { return slices.Contains(r.tags, t.Of[0].Name+":"+v.Name) })
}

// columnRelation selects the same rows by a relation that has them alone.
func columnRelation(t slice.Term) slice.Relation {
	r := slice.Relation{Selected: true}
	for _, v := range t.Values {
		r.Args = append(r.Args, t.Of[0].Name+":"+v.Name)
	}
	r.From = "(SELECT sample FROM tags WHERE tag IN (?" + strings.Repeat(", ?", len(r.Args)-1) + "))"
	return r
}
