package findings

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
)

var names = []string{"chef", "doctor", "pilot"}

func nothing(int, string) string { return "" }

// effect says how often an area of a made-up pair turns answers, and how much margin goes.
type effect struct{ hidden, control, lost float64 }

// made is a pair of n samples, hidden by two fills with these effects; margins are about 4.
func made(r *rand.Rand, class int, region string, n int, fills ...effect) Pair {
	p := Pair{Class: class, Region: region, Area: 0.05}
	for id := range n {
		s := Sample{ID: int64(id), Before: Outcome{class, 4 + r.NormFloat64()}}
		for j, e := range fills {
			f := Fill{Name: []string{"pyramid", "blur"}[j], Changed: []Outcome{after(r, class, s.Before.Margin-e.lost, e.hidden)}}
			for range 5 {
				f.Controls = append(f.Controls, after(r, class, s.Before.Margin, e.control))
			}
			s.Fills = append(s.Fills, f)
		}
		p.Samples = append(p.Samples, s)
	}
	return p
}

func after(r *rand.Rand, class int, margin, turns float64) Outcome {
	if r.Float64() < turns {
		return Outcome{(class + 1) % len(names), -1 - r.Float64()}
	}
	return Outcome{class, margin + 0.5*r.NormFloat64()}
}

func find(t *testing.T, list []Finding, class int, region string) Finding {
	t.Helper()
	for _, f := range list {
		if f.Class == class && f.Region == region {
			return f
		}
	}
	t.Fatalf("nothing is said of %s and class %d", region, class)
	return Finding{}
}

// The sentence of the story: what is found, in which words, before and after it is declared.
func TestWords(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	head := made(r, 0, "head", 40, effect{0.7, 0.03, 3}, effect{0.65, 0.03, 3})
	pasted := func(p Pair) Pair {
		for id := range 60 {
			p.Pasted = append(p.Pasted, Pasted{ID: int64(id), Class: 1 + id%2, Donor: 7, Turned: id%10 < 6, Controlled: true, ControlTurned: id%30 == 0})
		}
		return p
	}
	uniform := made(r, 0, "uniform", 40, effect{0, 0, 0.1}, effect{0, 0, 0.1})
	hat := made(r, 0, "hat", 40, effect{0.2, 0.15, 0}, effect{0.2, 0.15, 0})
	corner := pasted(made(r, 1, "top left corner", 40, effect{0.5, 0.02, 2}, effect{0.5, 0.02, 2}))
	corner.Builtin, corner.Edge = true, true
	glass := made(r, 1, "glass", 40, effect{0.4, 0.01, 1}, effect{0, 0, 0})
	pairs := []Pair{uniform, hat, head, corner, glass}
	list := Analyse(pairs, names, nothing)
	for region, want := range map[string]string{"head": Helps, "uniform": NotUsed, "hat": Undecided} {
		if f := find(t, list, 0, region); f.Word != want || f.Kind != Reason || f.Fragile {
			t.Errorf("%s %s (%+v), want %s", region, f.Word, f, want)
		}
	}
	if f := find(t, list, 1, "glass"); f.Word != Helps || !f.Fragile || !strings.Contains(f.Text, "Only one way of hiding shows it.") {
		t.Errorf("shown by one fill: %+v", f)
	}
	if f := find(t, list, 1, "top left corner"); f.Word != Decides || f.Kind != Shortcut || f.Rule != 2 || list[0].Region != f.Region {
		t.Errorf("at the edge, and pasted it turns others: %+v", f)
	}
	pairs[2] = pasted(head)
	list = Analyse(pairs, names, func(class int, region string) string {
		return map[string]string{"head": Unwanted, "top left corner": Expected}[region]
	})
	f := find(t, list, 0, "head")
	if f.Word != Decides || f.Kind != Shortcut || f.Rule != 1 {
		t.Errorf("declared unwanted: %+v", f)
	}
	for _, part := range []string{"chef is decided by the head: hiding it turns ", " % of right answers (an equal area elsewhere: ", "), hiding the ", "You declared the head unwanted."} {
		if !strings.Contains(f.Text, part) {
			t.Errorf("%q lacks %q", f.Text, part)
		}
	}
	if f := find(t, list, 1, "top left corner"); f.Kind != Reason {
		t.Errorf("declared expected: %+v", f)
	}
	if h := Headline(list, names); !strings.HasPrefix(h, "Chef is decided by the head (hiding it turns ") || !strings.Contains(h, "The uniform is looked at, not used.") || !strings.Contains(h, "shortcut") {
		t.Error(h)
	}
}

// What is significant must be large, too, and what is large must be significant.
func TestSizeAndSignificance(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	list := Analyse([]Pair{
		made(r, 0, "small", 40, effect{0, 0, 0.6}, effect{0, 0, 0.6}),      // p is tiny, 15 % of the margin
		made(r, 0, "margin", 40, effect{0, 0, 2.6}, effect{0, 0, 2.6}),     // turns nothing, most of the margin goes
		made(r, 0, "few", 8, effect{0.8, 0, 4}, effect{0.8, 0, 4}),         // too few for a p-value
		made(r, 1, "some", 16, effect{0.9, 0.02, 4}, effect{0.9, 0.02, 4}), // enough for p, too few for a rate
	}, names, nothing)
	if f := find(t, list, 0, "small"); f.Claims() || f.Main().P > 0.01 {
		t.Errorf("small: %s, p %v", f.Word, f.Main().P)
	}
	if f := find(t, list, 0, "margin"); f.Word != Helps || !strings.Contains(f.Text, "of the margin") {
		t.Errorf("margin: %s: %s", f.Word, f.Text)
	}
	if f := find(t, list, 0, "few"); f.Claims() || !math.IsNaN(f.Q) {
		t.Errorf("few: %s, q %v", f.Word, f.Q)
	}
	if f := find(t, list, 1, "some"); f.Word != Helps || !strings.Contains(f.Text, "of only 16 images") {
		t.Errorf("some: %s: %s", f.Word, f.Text)
	}
}

// Classes with few samples are put together, and it is said.
func TestPooled(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var pairs []Pair
	for class := range names {
		pairs = append(pairs, made(r, class, "head", 9, effect{0.8, 0.02, 4}, effect{0.8, 0.02, 4}))
	}
	list := Analyse(pairs, names, nothing)
	f := find(t, list, All, "head")
	if f.Word != Helps || f.Main().N != 27 || !strings.HasPrefix(f.Text, "The head helps to decide the answers of all classes together: hiding it turns ") {
		t.Errorf("%+v", f)
	}
	if f := find(t, list, 0, "head"); f.Claims() {
		t.Errorf("nine samples: %s", f.Text)
	}
}

// Small classes that were tested by the samples that chose their areas count for all areas that
// were looked at; an effect that all of them have is found together nevertheless.
func TestPooledOfManyPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	var pairs []Pair
	for class := range names {
		p := made(r, class, "head", 9, effect{0.8, 0.02, 4}, effect{0.8, 0.02, 4})
		p.Reused = 525
		pairs = append(pairs, p)
	}
	if f := find(t, Analyse(pairs, names, nothing), All, "head"); f.Word != Helps || f.Fragile || f.Q > 0.01 {
		t.Errorf("%s, q %v: %s", f.Word, f.Q, f.Text)
	}
	for i := range pairs {
		pairs[i] = made(r, i, "head", 9, effect{0.2, 0.2, 0}, effect{0.2, 0.2, 0})
		pairs[i].Reused = 525
	}
	if f := find(t, Analyse(pairs, names, nothing), All, "head"); f.Claims() {
		t.Errorf("no effect: %s", f.Text)
	}
}

// On tables without any effect hardly anything is claimed: the number of tests is corrected
// for. And controls that turn as much as the area keep it quiet.
func TestQuietWhereThereIsNothing(t *testing.T) {
	claims, runs := 0, thorough.Pick(30, 120)
	for seed := range runs {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		var pairs []Pair
		for i := range 30 {
			e := effect{0.25, 0.25, 0}
			pairs = append(pairs, made(r, i%3, strings.Repeat("x", 1+i/3), 25, e, e))
		}
		for _, f := range Analyse(pairs, names, func(int, string) string { return Unwanted }) {
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

// What was chosen by the samples that test it counts as one of all that were looked at.
func TestReusedSamplesCountForAll(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	p := made(r, 0, "head", 14, effect{0.3, 0.02, 1}, effect{0.3, 0.02, 1})
	fresh := Analyse([]Pair{p}, names, nothing)[0]
	p.Reused = 100
	if again := Analyse([]Pair{p}, names, nothing)[0]; again.Q < math.Min(1, 99*fresh.Q) {
		t.Errorf("q %v, of samples that chose it %v", fresh.Q, again.Q)
	}
}
