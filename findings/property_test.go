package findings

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// property is a pair of a property of the whole image, swapped for that of other samples.
func property(r *rand.Rand, name string, e effect, pasted float64) Pair {
	p := made(r, 0, name, 26, e)
	p.Whole, p.Builtin, p.Area, p.Screened = true, true, 1, 0.5
	for i := range p.Samples {
		p.Samples[i].Fills[0].Name = Swap
	}
	for i := range 60 {
		p.Pasted = append(p.Pasted, Pasted{ID: int64(i), Class: 1, Donor: 1, Turned: r.Float64() < pasted, Controlled: true})
	}
	return p
}

// A property of the whole image decides if it turns more than that of the same class, and either
// more than in the other classes or, given to them, turns those; it is a shortcut only if it
// turns half of them.
func TestProperties(t *testing.T) {
	for name, c := range map[string]struct {
		effect effect
		others float64
		pasted float64
		word   string
		kind   string
	}{
		"of this class, and carries over": {effect{0.7, 0.02, 3}, 0.05, 0.7, Decides, Shortcut},
		"carries over, to some":           {effect{0.7, 0.02, 3}, 0.05, 0.3, Decides, Reason},
		"of this class only":              {effect{0.7, 0.02, 3}, 0.05, 0, Helps, Reason},
		"disturbs every class":            {effect{0.5, 0.02, 3}, 0.5, 0, Undecided, Reason},
		"as much as that of its own":      {effect{0.5, 0.5, 0}, 0.05, 0, Undecided, Reason},
	} {
		p := property(rand.New(rand.NewPCG(4, 4)), "image sharpness", c.effect, c.pasted)
		p.Others = c.others
		list := Analyse([]Pair{p}, names, nothing)
		f := find(t, list, 0, "image sharpness")
		if f.Word != c.word || f.Kind != c.kind || (f.Rule == RuleWhole) != (c.kind == Shortcut) {
			t.Errorf("%s: %s %s: %s", name, f.Kind, f.Word, f.Text)
		}
		if c.kind != Shortcut {
			continue
		}
		for _, part := range []string{"chef is decided by the sharpness of the whole image: giving it that of an image of another class turns ", "(that of the same class: ", "Given to images of other classes it turns "} {
			if !strings.Contains(f.Text, part) {
				t.Errorf("%q lacks %q", f.Text, part)
			}
		}
		if h := Headline(list, names); !strings.Contains(h, "a shortcut, for it is a property of the whole image") {
			t.Error(h)
		}
	}
}

// Where properties have no effect of their own hardly one in twenty tables has a claim.
func TestQuietProperties(t *testing.T) {
	claims, runs := 0, 60
	for seed := range runs {
		r := rand.New(rand.NewPCG(uint64(seed), 10))
		var pairs []Pair
		for range 3 {
			pairs = append(pairs, property(r, "image brightness", effect{0.25, 0.25, 0}, 0))
		}
		for _, f := range Analyse(pairs, names, nothing) {
			if f.Claims() {
				claims++
				break
			}
		}
	}
	if claims > runs/20 {
		t.Errorf("%d of %d tables without an effect had a finding", claims, runs)
	}
}
