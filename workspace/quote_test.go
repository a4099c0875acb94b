package workspace

import (
	"slices"
	"testing"
)

// A condition selects the numbers of its list, written out or not.
func TestIn(t *testing.T) {
	w := open(t, t.TempDir())
	long := make([]int64, mostLiterals+1)
	for i := range long {
		long[i] = int64(3 * i)
	}
	for _, list := range [][]int64{nil, {7}, {-4, 9, 2}, long[:mostLiterals], long} {
		condition, args := In("v", list)
		got, err := QueryAll[int64](ctx, w, `SELECT v FROM (SELECT unnest(range(-10, 4000)) AS v) WHERE `+condition+` ORDER BY v`, args...)
		want := slices.Sorted(slices.Values(list))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d numbers: got %d, %v", len(list), len(got), err)
		}
	}
}

func TestQuote(t *testing.T) {
	w := open(t, t.TempDir())
	for _, text := range []string{"", "it's", "''", `a\'b"c`, "x'; DROP TABLE meta; --"} {
		got, err := QueryAll[string](ctx, w, `SELECT `+Quote(text))
		if err != nil || got[0] != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	}
}

func TestQuoteName(t *testing.T) {
	w := open(t, t.TempDir())
	for _, name := range []string{"a", `a"b`, `""`, "it's; --", "select"} {
		got, err := QueryAll[string](ctx, w, `SELECT column_name FROM (DESCRIBE SELECT 1 AS `+QuoteName(name)+`)`)
		if err != nil || got[0] != name {
			t.Errorf("%q came back as %q, %v", name, got, err)
		}
	}
}
