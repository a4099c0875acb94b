package catalog

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/dataset"
)

// Samples are chosen evenly over the labels, from the splits asked for, the same each time.
func TestLabelledSamples(t *testing.T) {
	root := t.TempDir()
	for i := range 30 {
		label := []string{"a", "b", "c"}[min(2, i/14)] // 14, 14 and 2
		split := []string{"train", "val"}[i%2]
		put(t, filepath.Join(root, split, label, fmt.Sprintf("%02d.pgm", i)), greyPGM(byte(i), 0))
	}
	w := open(t, t.TempDir())
	importFolder(t, w, dataset.Source{Root: root})
	choose := func(labels, splits []string, n int) (of []string) {
		t.Helper()
		list, err := w.LabelledSamples(ctx, "d", labels, splits, n)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int64]bool{}
		for _, s := range list {
			if seen[s.ID] {
				t.Errorf("sample %d twice", s.ID)
			}
			seen[s.ID], of = true, append(of, s.Label)
		}
		return of
	}
	all := []string{"a", "b", "c"}
	got := choose(all, []string{"val"}, 5)
	if first := slices.Sorted(slices.Values(got[:3])); !slices.Equal(first, all) || len(got) != 5 || slices.Contains(got[3:], "c") {
		t.Errorf("of val: %q", got)
	}
	if got := choose(all, []string{"val", "train"}, 100); len(got) != 30 {
		t.Errorf("of both splits: %d", len(got))
	}
	if got := choose([]string{"c"}, []string{"val", "train", ""}, 100); !slices.Equal(got, []string{"c", "c"}) {
		t.Errorf("of c: %q", got)
	}
	if got := choose(nil, []string{"val"}, 100); len(got) != 0 {
		t.Errorf("of no label: %q", got)
	}
	one, _ := w.LabelledSamples(ctx, "d", all, []string{"val"}, 5)
	two, _ := w.LabelledSamples(ctx, "d", all, []string{"val"}, 5)
	if !slices.Equal(one, two) {
		t.Errorf("%v, then %v", one, two)
	}
}
