package findings

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Two areas of which either decides are found together, and only if hiding both does more than
// hiding one; a test of both without that is no finding of its own.
func TestAreasTogether(t *testing.T) {
	for name, c := range map[string]struct {
		alone, both effect
		found       bool
	}{
		"either decides":           {effect{0, 0, 0}, effect{0.7, 0.02, 3}, true},
		"each decides by itself":   {effect{0.95, 0.02, 3}, effect{0.97, 0.02, 3}, false},
		"nothing decides":          {effect{0.02, 0.02, 0}, effect{0.02, 0.02, 0}, false},
		"both as much as controls": {effect{0, 0, 0}, effect{0.5, 0.5, 0}, false},
	} {
		r := rand.New(rand.NewPCG(7, 7))
		var pairs []Pair
		for _, region := range []string{"top left corner", "bottom right corner"} {
			pairs = append(pairs, made(r, 0, region, 28, c.alone, c.alone))
		}
		both := made(r, 0, "top left corner + bottom right corner", 28, c.both, c.both)
		both.Parts = []string{"top left corner", "bottom right corner"}
		for i := range 60 {
			both.Pasted = append(both.Pasted, Pasted{ID: int64(i), Class: 1, Donor: 1, Turned: i%3 > 0, Controlled: true})
		}
		both.Area = 0.1
		pairs = append(pairs, both)
		for i := range pairs {
			pairs[i].Builtin, pairs[i].Edge = true, true
		}
		list := Analyse(pairs, names, nothing)
		var found []Finding
		for _, f := range list {
			if len(f.Parts) > 0 && f.Claims() {
				found = append(found, f)
			}
		}
		if (len(found) > 0) != c.found {
			t.Errorf("%s: %d findings of both together", name, len(found))
		}
		if !c.found {
			continue
		}
		f := found[0]
		for _, part := range []string{"chef is decided by the top left corner and the bottom right corner together: hiding both turns ", "hiding one of them alone 0 %", "Pasted into images of other classes they turn ", "They lie at the edge"} {
			if !strings.Contains(f.Text, part) {
				t.Errorf("%q lacks %q", f.Text, part)
			}
		}
		if f.Kind != Shortcut || !strings.Contains(Headline(list, names), "hiding both turns") {
			t.Errorf("%s: %s", f.Kind, Headline(list, names))
		}
	}
}

// Swapping and hiding are two tests with two answers: a sentence that gives both says which is which.
func TestSwappedTogetherSaysWhatHidingDoes(t *testing.T) {
	swapped := Finding{Class: 0, Region: "head + frame", Parts: []string{"head", "frame"}, Word: Helps, Alone: 0,
		Figures: []Figure{{Fill: Swap, Turned: 0.8, Control: 0.02, More: 0.78, N: 30}}}
	hidden := Finding{Class: 0, Region: "head", Word: Helps, Figures: []Figure{{Fill: "pyramid", Raw: 0.54, Turned: 0.54, N: 30}}}
	got := sentence(&swapped, []Finding{swapped, hidden}, names)
	want := "The head and the frame together help to decide chef: putting those of another class in their places turns 80 % of right answers (that of the same class: 2 %), that of one of them alone 0 %; hidden, not swapped, the head alone turns 54 %."
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
