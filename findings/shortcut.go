package findings

import "math"

// The rules by which a reason is a shortcut.
const (
	RuleUnwanted = 1 // it is declared unwanted
	RuleEdge     = 2 // it lies along the edge of the image, hardly on what the label names, and pasted it turns others
	RuleWhole    = 4 // it is a property of the whole image, and pasted it turns others
	RuleOutside  = 3 // it lies outside what the label names on nearly all samples, and pasted it turns others
)

// Object tells how an area lies to what the label names, where the dataset has boxes of that.
type Object struct {
	Samples int     `json:"samples"` // that have such a box, and the area
	On      float64 `json:"on"`      // mean share of the area that lies on it
	Outside float64 `json:"outside"` // share of the samples of which at least 80 % of the area lies outside
}

// MostlyOutside is the share of an area from which on it counts as outside.
const MostlyOutside = 0.8

// Bounds of the rules.
const (
	edgeOnObject   = 0.1 // of an area at the edge
	outsideSamples = 0.9 // of samples that an area lies mostly outside in
	largeEdge      = 0.2 // of the image: an edge that large shows the scene, too
	nearly         = 0.8 // of a large edge's effect, from which on a smaller one explains it
	overrules      = 0.5 // share that such an edge must turn when pasted, more than a third class's
)

// convict finds out whether a finding is a shortcut, and by which rule. Fields of a grid, the
// centre and what the label names are none by themselves: nothing tells that they should not decide.
func convict(f *Finding, edge bool) {
	f.Rule = 0
	switch {
	case !f.Claims() || f.Fragile || f.Declare == Expected:
	case f.Declare == Unwanted:
		f.Kind, f.Rule = Shortcut, RuleUnwanted
	case edge && (f.Object.Samples == 0 || f.Object.On <= edgeOnObject) && f.Paste.turns() && (f.Area <= largeEdge || f.Paste.More >= overrules):
		f.Kind, f.Rule = Shortcut, RuleEdge
	case f.Whole && f.Paste.turns() && f.Paste.More >= overrules:
		f.Kind, f.Rule = Shortcut, RuleWhole
	case !f.Builtin && f.Object.Samples >= fewestForP && f.Object.Outside >= outsideSamples && f.Paste.turns():
		f.Kind, f.Rule = Shortcut, RuleOutside
	}
}

// apart tells whether a property turns at least ten points more, beyond its control, than the
// same does in the other classes, beyond chance: what disturbs every class is no reason of one.
func (f *Finding) apart() bool {
	g := f.Main()
	return g.More-f.Others >= pointsMore && g.Low > f.Others
}

// acquit takes back a shortcut of a large edge where a smaller one of the same class does nearly
// as much when pasted: the large one only has it in it.
func acquit(list []Finding) {
	smaller := map[int]float64{}
	for _, f := range list {
		if f.Rule == RuleEdge && f.Area <= largeEdge {
			smaller[f.Class] = math.Max(smaller[f.Class], f.Paste.More)
		}
	}
	for i := range list {
		if f := &list[i]; f.Rule == RuleEdge && f.Area > largeEdge && smaller[f.Class] >= nearly*f.Paste.More {
			f.Kind, f.Rule = Reason, 0
		}
	}
}

// why tells by which rule a finding is a shortcut.
func (f *Finding) why() string {
	switch f.Rule {
	case RuleUnwanted:
		return "you declared " + f.phrase() + " unwanted"
	case RuleEdge:
		return f.many("it lies", "they lie") + " at the edge of the image"
	case RuleWhole:
		return "it is a property of the whole image"
	case RuleOutside:
		return f.many("it lies", "they lie") + " outside what the label names"
	}
	return ""
}
