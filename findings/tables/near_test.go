package tables

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging/fingerprint"
)

// Copies of an image are alike to what it is alike to, not to each other; an image without a fingerprint, or with one that says nothing,
// is alike to none.
func TestNearGoesByContents(t *testing.T) {
	one, other, far := fingerprint.Print{2, 2, 3, 4}, fingerprint.Print{2, 2, 3, 5}, fingerprint.Print{^uint64(1), 0, ^uint64(0), 0}
	plain := fingerprint.Print{3, 2, 3, 4}
	table := &findings.Answers{}
	for i := range 8 {
		table.List = append(table.List, findings.Answer{Sample: int64(10 * i), Copy: -1, Printed: i != 5})
	}
	table.List[1].Copy, table.List[4].Copy = 7, 7
	if err := near(t.Context(), table, []fingerprint.Print{one, other, far, far, other, one, plain, plain}); err != nil {
		t.Fatal(err)
	}
	want := []findings.Near{{A: 2, B: 3}, {A: 0, B: 1}, {A: 0, B: 4}}
	if !slices.Equal(table.Near, want) || table.Crowded {
		t.Errorf("%v, want %v", table.Near, want)
	}
	if !table.List[6].Plain || table.List[5].Plain || table.List[0].Plain {
		t.Errorf("plain: %+v", table.List)
	}
}

// Of many copies of two contents each image has a partner in each split, and one with another label; not all copies of the other.
func TestNearOfManyCopiesIsBounded(t *testing.T) {
	const n = 4000
	table := &findings.Answers{}
	var prints []fingerprint.Print
	for i := range n {
		table.List = append(table.List, findings.Answer{Copy: int32(i % 2), Printed: true, Split: int32(i / 2 % 2), Truth: int32(i / 4 % 3)})
		prints = append(prints, fingerprint.Print{2, 2, 3, uint64(i % 2)})
	}
	if err := near(t.Context(), table, prints); err != nil {
		t.Fatal(err)
	}
	type has struct {
		row, split int32
		disputed   bool
	}
	got := map[has]bool{}
	for _, p := range table.Near {
		a, b := table.List[p.A], table.List[p.B]
		if a.Copy == b.Copy {
			t.Fatalf("%v have the same bytes", p)
		}
		got[has{p.A, b.Split, a.Truth != b.Truth}] = true
		got[has{p.B, a.Split, a.Truth != b.Truth}] = true
	}
	for row := range int32(n) {
		for split := range int32(2) {
			if !got[has{row, split, true}] {
				t.Fatalf("%d has none of another label in split %d", row, split)
			}
		}
	}
	if len(table.Near) > 4*n {
		t.Errorf("%d pairs of %d images", len(table.Near), n)
	}
}
