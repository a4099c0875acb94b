package findings

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Where the dataset tells where the object of the label is, a corner on it is a reason, and a
// region beside it a shortcut, if pasting turns others and nothing else is declared.
func TestRulesOfShortcuts(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	strong := effect{0.6, 0.02, 3}
	beside, on := Object{Samples: 30, On: 0.02, Outside: 1}, Object{Samples: 30, On: 0.4, Outside: 0.1}
	for name, c := range map[string]struct {
		region          string
		builtin, pasted bool
		object          Object
		declared        string
		rule            int
	}{
		"a corner, no boxes":                  {"top left corner", true, true, Object{}, "", RuleEdge},
		"a corner beside the object":          {"top left corner", true, true, beside, "", RuleEdge},
		"a corner on the object":              {"top left corner", true, true, on, "", 0},
		"a corner that does not carry over":   {"top left corner", true, false, beside, "", 0},
		"a corner that is expected":           {"top left corner", true, true, beside, Expected, 0},
		"a region beside the object":          {"hand", false, true, beside, "", RuleOutside},
		"a region beside it, but not pasted":  {"hand", false, false, beside, "", 0},
		"a region of which nothing is known":  {"hand", false, true, Object{}, "", 0},
		"a region of few boxes":               {"hand", false, true, Object{Samples: 5, Outside: 1}, "", 0},
		"a region on the object":              {"hand", false, true, on, "", 0},
		"a region on the object, not wanted":  {"hand", false, false, on, Unwanted, RuleUnwanted},
		"a field of the grid beside":          {"grid 1,1", true, true, beside, "", 0},
		"a region beside in 8 of 10 examples": {"hand", false, true, Object{Samples: 30, On: 0.1, Outside: 0.8}, "", 0},
	} {
		p := made(r, 0, c.region, 40, strong, strong)
		p.Builtin, p.Edge, p.Object = c.builtin, c.region == "top left corner", c.object
		for i := range 60 {
			p.Pasted = append(p.Pasted, Pasted{ID: int64(i), Class: 1, Donor: 1, Turned: c.pasted && i%3 > 0, Controlled: true})
		}
		list := Analyse([]Pair{p}, names, func(int, string) string { return c.declared })
		f := find(t, list, 0, c.region)
		if f.Rule != c.rule || (f.Kind == Shortcut) != (c.rule > 0) || !f.Claims() {
			t.Errorf("%s: rule %d, want %d: %s", name, f.Rule, c.rule, f.Text)
		}
		if c.rule == RuleOutside && (!strings.HasSuffix(f.Text, "It lies outside what the label names.") ||
			!strings.Contains(Headline(list, names), "a shortcut, for it lies outside what the label names")) {
			t.Errorf("%s: %s %s", name, f.Text, Headline(list, names))
		}
	}
}
