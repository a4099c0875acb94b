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

// A frame shows the scene, too: it is a shortcut only if it overrules what is in the middle, and if
// no smaller edge is the cause.
func TestLargeEdges(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	edge := func(region string, area float64, every int) Pair {
		p := made(r, 0, region, 40, effect{0.6, 0.02, 3}, effect{0.6, 0.02, 3})
		p.Builtin, p.Edge, p.Area = true, true, area
		for i := range 60 {
			p.Pasted = append(p.Pasted, Pasted{ID: int64(i), Class: 1, Donor: 1, Turned: i%every > 0, Controlled: true})
		}
		return p
	}
	never := func(int, string) string { return "" }
	weak, strong := edge("border", 0.36, 3), edge("border", 0.36, 3)
	for i := range weak.Pasted {
		weak.Pasted[i].Turned = i%4 == 0
	}
	if f := find(t, Analyse([]Pair{weak}, names, never), 0, "border"); f.Kind != Reason || f.Word != Decides {
		t.Errorf("pasted it turns a quarter: %s", f.Text)
	}
	if f := find(t, Analyse([]Pair{strong}, names, never), 0, "border"); f.Kind != Shortcut {
		t.Errorf("pasted it turns two of three: %s", f.Text)
	}
	list := Analyse([]Pair{strong, edge("top left corner", 0.06, 3)}, names, never)
	if f := find(t, list, 0, "border"); f.Kind != Reason || find(t, list, 0, "top left corner").Kind != Shortcut {
		t.Errorf("with a smaller one in it that does as much: %s", f.Text)
	}
	list = Analyse([]Pair{strong, edge("top border", 0.125, 2)}, names, never)
	if f := find(t, list, 0, "border"); f.Kind != Shortcut || find(t, list, 0, "top border").Kind != Shortcut {
		t.Errorf("with a smaller one in it that does less: %s", f.Text)
	}
}

// An empty page says why it is empty, and the headline leaves out what only one fill shows.
func TestHeadlineOfLittle(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	strong, none := effect{0.6, 0.02, 3}, effect{0, 0, 0}
	few := Analyse([]Pair{made(r, 0, "head", 6, strong, strong)}, names, nothing)
	if h := Headline(few, names); !strings.HasPrefix(h, "No area could be tested: a test takes 12 images") {
		t.Error(h)
	}
	fragile := made(r, 1, "head", 40, strong, none)
	list := Analyse([]Pair{made(r, 0, "head", 40, strong, strong), fragile}, names, nothing)
	if h := Headline(list, names); !strings.HasPrefix(h, "The head helps") && !strings.HasPrefix(h, "Chef is helped by the head") || strings.Contains(h, "2 ") && strings.Contains(h, "classes") {
		t.Error(h)
	}
	if h := Headline(Analyse([]Pair{fragile}, names, nothing), names); !strings.HasPrefix(h, "The one area that was tested decides no class") {
		t.Error(h)
	}
}
