package findings

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// Duplicates and leaks between splits go by the bytes of files: nothing is left to chance.

// leaks finds measured images whose very file the model was trained on; where no split is
// called train, images that lie in two splits.
func leaks(t *inspection) ([]Statement, string) {
	train := int32(slices.Index(t.Splits, "train"))
	found, list := t.leaked(train)
	leaked := Tally{}
	for _, a := range found {
		leaked.add(a.wrong())
	}
	if leaked.N == 0 {
		other := "the training split"
		if train < 0 {
			other = "another split"
		}
		return nil, "Leaks: no measured file has the same bytes as one of " + other + "."
	}
	low, high := stats.Wilson(leaked.N, t.all.N, stats.Level)
	s := Statement{Class: All, Effect: float64(leaked.N) / float64(t.all.N), Low: low, High: high, Unit: "share of the measured images", N: t.all.N, Q: math.NaN(), Tests: 1,
		Samples: list, Pairs: true, Next: "Remove the files from one of the splits, import again, and measure again: until then all figures flatter the model."}
	where := "in the training split, too"
	if train < 0 {
		where = "in another split, too"
	}
	s.Short = fmt.Sprintf("%s of %d measured images %s, byte for byte, %s", count(leaked.N), t.all.N, isAre(leaked.N == 1), where)
	s.Text = capital(s.Short) + "."
	if rest := (Tally{t.all.N - leaked.N, t.all.Wrong - leaked.Wrong}); rest.N > 0 {
		s.Text += fmt.Sprintf(" Of them %s are right, of the others %s.", percent(1-leaked.rate()), percent(1-rest.rate()))
	}
	s.Doors = t.folderDoors(found)
	return []Statement{s}, ""
}

// leaked are the measured images that are, byte for byte, in the training split, or where there is
// none in another; and the first of them, each with its copy.
func (t *inspection) leaked(train int32) (found []*Answer, pairs []int64) {
	elsewhere := map[int32][]*Answer{} // by copy
	for i := range t.List {
		if a := &t.List[i]; a.Copy >= 0 && (a.Split == train || train < 0) {
			elsewhere[a.Copy] = append(elsewhere[a.Copy], a)
		}
	}
	for _, a := range t.rows {
		if a.Copy < 0 || a.Split == train {
			continue
		}
		i := slices.IndexFunc(elsewhere[a.Copy], func(b *Answer) bool { return b.Split != a.Split })
		if i < 0 {
			continue
		}
		found = append(found, a)
		if len(pairs) < shownSamples {
			pairs = append(pairs, a.Sample, elsewhere[a.Copy][i].Sample)
		}
	}
	return found, pairs
}

// duplicates finds files that are in a split more than once, and those that have two labels.
func duplicates(t *inspection) ([]Statement, string) {
	type place struct{ copy, split int32 }
	first := map[place]*Answer{}
	extra, disputed := []*Answer{}, 0
	var shown []int64
	for i := range t.List {
		a := &t.List[i]
		if a.Copy < 0 {
			continue
		}
		b := first[place{a.Copy, a.Split}]
		if b == nil {
			first[place{a.Copy, a.Split}] = a
			continue
		}
		extra = append(extra, a)
		if a.Truth != b.Truth {
			disputed++
		}
		if pair := []int64{b.Sample, a.Sample}; a.Truth != b.Truth && disputed <= shownSamples/2 {
			shown = append(pair, shown...)
		} else {
			shown = append(shown, pair...)
		}
	}
	if len(extra) == 0 {
		return nil, "Duplicates: no file is in a split twice."
	}
	n := len(t.List)
	low, high := stats.Wilson(len(extra), n, stats.Level)
	s := Statement{Class: All, Effect: float64(len(extra)) / float64(n), Low: low, High: high, Unit: "share of all images", N: n, Q: math.NaN(), Tests: 1,
		Samples: shown[:min(len(shown), shownSamples)], Pairs: true, Doors: t.folderDoors(extra)}
	s.Short = fmt.Sprintf("%s of %d images are copies, byte for byte, of another one in their split", count(len(extra)), n)
	if len(extra) == 1 {
		s.Short = fmt.Sprintf("one of %d images is a copy, byte for byte, of another one in its split", n)
	}
	s.Text = capital(s.Short) + "."
	s.Next = "Remove the copies, and import again."
	if disputed > 0 {
		have := map[bool]string{true: "has another label than its copy", false: "have another label than their copies"}[disputed == 1]
		s.Text += fmt.Sprintf(" %s of them %s: one of the two labels is wrong.", capital(count(disputed)), have)
		s.Next = "Decide on the label of those with two first; remove the copies, and import again."
	}
	return []Statement{s}, ""
}

// folderDoors leads to the folders that hold all of some images, if these are few.
func (t *inspection) folderDoors(list []*Answer) []Door {
	folders := map[int32]bool{}
	for _, a := range list {
		folders[a.Folder] = true
	}
	if len(folders) > 1 {
		return nil
	}
	for f := range folders {
		if door, ok := t.folderDoor(f); ok {
			return []Door{door}
		}
	}
	return nil
}
