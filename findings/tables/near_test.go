package tables

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging/fingerprint"
)

// Copies of an image are alike to what it is alike to, not to each other; an image without a fingerprint is alike to none.
func TestNearGoesByContents(t *testing.T) {
	one, other, far := fingerprint.Print{1, 2, 3, 4}, fingerprint.Print{1, 2, 3, 5}, fingerprint.Print{^uint64(0), 0, ^uint64(0), 0}
	table := &findings.Answers{}
	for i := range 6 {
		table.List = append(table.List, findings.Answer{Sample: int64(10 * i), Copy: -1, Printed: i != 5})
	}
	table.List[1].Copy, table.List[4].Copy = 7, 7
	near(table, []fingerprint.Print{one, other, far, far, other, one})
	want := []findings.Near{{A: 2, B: 3}, {A: 0, B: 1}, {A: 0, B: 4}}
	if !slices.Equal(table.Near, want) || table.Crowded {
		t.Errorf("%v, want %v", table.Near, want)
	}
}
