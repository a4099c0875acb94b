package findings

import (
	"cmp"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// Kinds of finding.
const (
	Reason   = "reason"   // the model decides by it, as every good model does by something
	Shortcut = "shortcut" // it should not
)

// Words for what an area does.
const (
	Decides   = "decides"
	Helps     = "helps"
	NotUsed   = "looked at, not used"
	Undecided = "undecided"
)

// All stands for all classes together.
const All = -1

// What is declared of a region.
const (
	Expected = "expected"
	Unwanted = "unwanted"
)

// Declared tells what a user said of a region for a class: Expected, Unwanted or nothing.
type Declared func(class int, region string) string

// Finding is a statement about a class, or about all of them, and an area.
type Finding struct {
	Kind    string // Reason or Shortcut; of areas that are not used, or undecided, Reason too
	Word    string
	Class   int // All: pooled over the classes
	Region  string
	Parts   []string // the regions, where it is several together
	Whole   bool     // no area, but a property of the whole image
	Others  float64  // of a property: share of the other classes' images that the same turns
	Alone   float64  // of several together: share of right answers that one of them turns by itself
	Builtin bool
	Area    float64
	Rule    int    // of Shortcut: one of the rules, such as RuleEdge
	Object  Object // how the area lies to what the label names
	Declare string // what is declared of it
	Fragile bool   // only one fill shows it, and pasting does not
	Figures []Figure
	Tight   *Tight // the part of the area that does it; nil where no smaller one was found
	Paste   *PasteFigure
	Q       float64 // the larger p of the fills, corrected for all tested pairs; NaN without
	Tested  int     // pairs that were tested with controls
	Hints   bool    // hiding or swapping shows something, whatever else a claim takes
	Few     bool    // of too few samples for a rate: the pooled finding has that
	Text    string

	Weight // what it is ranked by
}

// Main is the figure that a finding is told by: of the first fill that has a control, or,
// where the area is not used, the share that turns by itself.
func (f *Finding) Main() *Figure {
	if f.Word == NotUsed {
		g := f.Figures[0]
		g.N, g.Turned, g.Control = g.All, g.Raw, math.NaN()
		return &g
	}
	for i := range f.Figures {
		if g := &f.Figures[i]; !math.IsNaN(g.Control) && (!f.Fragile || g.shows()) {
			return g
		}
	}
	return &f.Figures[0]
}

// shows tells whether a fill shows an effect, by p-values that are corrected.
func (g *Figure) shows() bool { return g.P <= significant && g.Lost > 0 && g.large() }

// Claims tells whether something is found: not only that an area is not used, or nothing.
func (f *Finding) Claims() bool { return f.Word == Decides || f.Word == Helps }

// Analyse tests the pairs and puts what they show in words, the strongest first. names are
// those of the classes.
func Analyse(pairs []Pair, names []string, declared Declared) []Finding {
	var list []Finding
	var of []*Pair
	for i := range pairs {
		if p := &pairs[i]; len(p.Samples) > 0 {
			of, list = append(of, p), append(list, begin(p, uint64(i)))
		}
	}
	pooled := pool(pairs)
	for i := range pooled {
		of, list = append(of, &pooled[i]), append(list, begin(&pooled[i], uint64(len(pairs)+i)))
	}
	correct(list)
	for i := range list {
		conclude(&list[i], declared)
		list[i].weigh(of[i])
	}
	list = together(list, pairs)
	acquit(list)
	for i := range list {
		list[i].Text = sentence(&list[i], list, names)
	}
	slices.SortStableFunc(list, rank)
	return list
}

// begin computes the figures of a pair.
func begin(p *Pair, seed uint64) Finding {
	f := Finding{Class: p.Class, Region: p.Region, Parts: p.Parts, Whole: p.Whole, Others: p.Others, Builtin: p.Builtin, Area: p.Area, Object: p.Object, Tight: p.Tight, Q: math.NaN(), Paste: p.paste()}
	if p.Edge {
		f.Rule = RuleEdge
	}
	for j, name := range p.fillNames() {
		figure := p.figure(name, 16*seed+uint64(j))
		if p.Reused > 0 { // chosen and tested by the same samples: as if all were tested
			figure.P = math.Min(1, figure.P*float64(p.Reused))
		}
		f.Figures = append(f.Figures, figure)
	}
	f.Few = f.Main().N < fewestForRate
	return f
}

// correct corrects the p-values of the pairs for their number: of each fill by itself, and
// the larger ones, which a claim goes by.
func correct(list []Finding) {
	fills, tested := 0, 0
	for _, f := range list {
		fills = max(fills, len(f.Figures))
	}
	larger := make([]float64, len(list))
	for i, f := range list {
		larger[i] = math.NaN()
		for _, g := range f.Figures {
			if !math.IsNaN(g.P) {
				larger[i] = math.Max(g.P, nan(larger[i], 0))
			}
		}
		if !math.IsNaN(larger[i]) {
			tested++
		}
	}
	corrected := stats.BenjaminiHochberg(larger)
	for i := range list {
		list[i].Q, list[i].Tested = corrected[i], tested
	}
	for j := range fills {
		each := make([]float64, len(list))
		for i, f := range list {
			each[i] = math.NaN()
			if j < len(f.Figures) {
				each[i] = f.Figures[j].P
			}
		}
		for i, q := range stats.BenjaminiHochberg(each) {
			if j < len(list[i].Figures) {
				list[i].Figures[j].P = q
			}
		}
	}
	correctPasted(list)
}

func correctPasted(list []Finding) {
	pasted := make([]float64, len(list))
	for i, f := range list {
		pasted[i] = math.NaN()
		if f.Paste != nil {
			pasted[i] = f.Paste.P
		}
	}
	for i, q := range stats.BenjaminiHochberg(pasted) {
		if list[i].Paste != nil {
			list[i].Paste.Q = q
		}
	}
}

func nan(v, instead float64) float64 {
	if math.IsNaN(v) {
		return instead
	}
	return v
}

// conclude finds the word, and whether it is a shortcut.
func conclude(f *Finding, declared Declared) {
	shown, controlled, opposed := 0, 0, false
	for i := range f.Figures {
		g := &f.Figures[i]
		if math.IsNaN(g.P) {
			continue
		}
		controlled++
		if g.shows() {
			shown++
		}
		opposed = opposed || g.More < -rounding || g.Lost < -rounding
	}
	f.Word, f.Kind, f.Hints = Undecided, Reason, shown > 0 && !opposed
	switch {
	case f.Whole && !f.Paste.turns() && !f.apart():
	case shown > 0 && (!opposed || f.Paste.turns()): // all ways of hiding point the same way
		f.Word, f.Fragile = Helps, shown < controlled || f.Q > significant
		if f.Paste.turns() { // another kind of test that shows it
			f.Word, f.Fragile = Decides, false
		}
	case f.most() <= notUsed:
		f.Word = NotUsed
	}
	f.Declare = declared(f.Class, f.Region)
	convict(f, f.Rule == RuleEdge)
}

// Swap is the name of the fill that swaps an area for another sample's.
const Swap = "swap"

// pool puts the samples of all classes together, for regions of which some class has too few
// for a rate, and for regions of the dataset that turn next to nothing: that of one class
// often cannot be told, that of all can.
func pool(pairs []Pair) (list []Pair) {
	few := idle(pairs)
	for _, p := range pairs {
		if len(p.Samples) > 0 && len(p.Samples) < fewestForRate {
			few[p.Region] = true
		}
	}
	at := map[string]int{}
	classes := map[string]int{}
	for _, p := range pairs {
		if !few[p.Region] || len(p.Parts) > 0 {
			continue
		}
		i, known := at[p.Region]
		if !known {
			i = len(list)
			at[p.Region] = i
			list = append(list, Pair{Class: All, Region: p.Region, Whole: p.Whole, Others: p.Others, Builtin: p.Builtin, Edge: p.Edge, Area: p.Area})
		}
		list[i].Samples = append(list[i].Samples, relative(&p)...)
		list[i].Right += p.Right
		list[i].Reused = max(list[i].Reused, p.Reused)
		classes[p.Region]++
	}
	return slices.DeleteFunc(list, func(p Pair) bool { return classes[p.Region] < 2 })
}

// idle are the regions of the dataset that turn fewer than one in ten samples of all classes,
// however they are hidden.
func idle(pairs []Pair) map[string]bool {
	turned, all := map[string]float64{}, map[string]float64{}
	for _, p := range pairs {
		for _, s := range p.Samples {
			for _, f := range s.Fills {
				if !p.Builtin && len(p.Parts) == 0 && f.Name != Swap && len(f.Changed) > 0 {
					turned[p.Region] += share(f.Changed, p.Class)
					all[p.Region]++
				}
			}
		}
	}
	list := map[string]bool{}
	for region, n := range all {
		list[region] = turned[region] < notUsed*n
	}
	return list
}

// relative are a pair's samples seen from no class in particular: 0 is right, 1 wrong, and
// margins are in units of the class's median.
func relative(p *Pair) []Sample {
	median := p.medianMargin()
	turn := func(list []Outcome) []Outcome {
		out := make([]Outcome, len(list))
		for i, o := range list {
			out[i] = Outcome{All, o.Margin / median}
			if o.Winner != p.Class {
				out[i].Winner = o.Winner
			}
		}
		return out
	}
	list := make([]Sample, len(p.Samples))
	for i, s := range p.Samples {
		list[i] = Sample{ID: s.ID, Before: turn([]Outcome{s.Before})[0]}
		for _, f := range s.Fills {
			list[i].Fills = append(list[i].Fills, Fill{f.Name, turn(f.Changed), turn(f.Controls)})
		}
	}
	return list
}

// rank orders findings: shortcuts, what decides, what helps, what is not used, the rest; of
// one word the regions of the dataset first, and then by weight.
func rank(a, b Finding) int {
	order := []string{Decides, Helps, NotUsed, Undecided}
	kind := func(f *Finding) int {
		if f.Kind == Shortcut {
			return 0
		}
		return 1
	}
	builtin := func(f *Finding) int { return int(one(f.Builtin)) }
	word := func(f *Finding) int {
		at := slices.Index(order, f.Word)
		if at == 1 && !f.Fragile && !f.Builtin { // a whole region of the dataset stands beside what decides
			at = 0
		}
		return at
	}
	return cmp.Or(kind(&a)-kind(&b), word(&a)-word(&b), builtin(&a)-builtin(&b), cmp.Compare(b.product(), a.product()), cmp.Compare(b.Main().More*float64(b.Main().N), a.Main().More*float64(a.Main().N)))
}
