package gates

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds of rule, as they are written in a file of rules.
const (
	Accuracy      = "accuracy"
	Recall        = "recall"
	Calibration   = "calibration"
	Share         = "share"
	Flip          = "flip"
	NoLeak        = "no leak"
	NoNear        = "no near duplicate"
	NoShortcut    = "no shortcut"
	NoNewShortcut = "no new shortcut"
	NoWorseClass  = "no worse class"
)

// kind says what a rule may, and must, be told.
type kind struct {
	name     string
	settings []string // that it may have
	needs    []string // that it must have
	baseline bool     // whether it compares with an earlier evaluation
}

// kinds is the table of rules, in the order in which documents tell of them.
func kinds() []kind {
	return []kind{
		{name: Accuracy, settings: []string{"min", "fewest"}, needs: []string{"min"}},
		{name: Recall, settings: []string{"min", "class", "fewest"}, needs: []string{"min"}},
		{name: Calibration, settings: []string{"max", "fewest"}, needs: []string{"max"}},
		{name: Share, settings: []string{"region", "min", "max", "class", "method", "target", "fewest"}, needs: []string{"region", "min or max"}},
		{name: Flip, settings: []string{"region", "max", "class", "fewest"}, needs: []string{"region", "max"}},
		{name: NoLeak},
		{name: NoNear},
		{name: NoShortcut, settings: []string{"class"}},
		{name: NoNewShortcut, settings: []string{"class"}, baseline: true},
		{name: NoWorseClass, settings: []string{"class", "fewest"}, baseline: true},
	}
}

func kindOf(name string) (kind, bool) {
	list := kinds()
	i := slices.IndexFunc(list, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return list[i], true
}

func kindNames() (names []string) {
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Fewest is the number of images under which a rule is assessed only where the whole interval is
// on one side of its limit, unless the rule says otherwise.
const Fewest = 25

// Each stands, as the only class of a rule, for every class by itself.
const Each = "each"

// Rule is one of a file.
type Rule struct {
	Kind         string
	Line, Column int      // where it begins
	Min, Max     *float64 // limits, in 0 to 1; nil for none
	Classes      []string // by name or index; empty for what the kind takes then; Each alone for every one
	Region       string
	Method       string // of Share: how the maps are made
	Target       string // of Share: what they explain
	Fewest       int
}

// NeedsMaps tells whether the rule asks what stored maps say of regions.
func (r *Rule) NeedsMaps() bool { return r.Kind == Share }

// NeedsTests tells whether the rule asks what the model decides by.
func (r *Rule) NeedsTests() bool {
	return r.Kind == Flip || r.Kind == NoShortcut || r.Kind == NoNewShortcut
}

// NeedsBaseline tells whether the rule compares with an earlier evaluation.
func (r *Rule) NeedsBaseline() bool { k, _ := kindOf(r.Kind); return k.baseline }

// String is the rule in words.
func (r *Rule) String() string {
	limits := ""
	if r.Min != nil {
		limits += " ≥ " + limitText(*r.Min)
	}
	if r.Max != nil {
		limits += " ≤ " + limitText(*r.Max)
	}
	of := ""
	switch {
	case r.each():
		of = " of each class"
	case len(r.Classes) > 0:
		of = " of " + strings.Join(r.Classes, ", ")
	}
	switch r.Kind {
	case Calibration:
		return "calibration error" + limits
	case Share:
		return fmt.Sprintf("share of the %s%s%s", r.Region, of, limits)
	case Flip:
		return fmt.Sprintf("flip(%s) − control%s%s", r.Region, of, limits)
	case NoShortcut, NoNewShortcut, NoWorseClass:
		if r.each() {
			of = ""
		}
	}
	return r.Kind + of + limits
}

// each tells whether the rule is about every class by itself.
func (r *Rule) each() bool {
	if len(r.Classes) == 1 && r.Classes[0] == Each {
		return true
	}
	return len(r.Classes) == 0 && r.Kind != Accuracy && r.Kind != Calibration && r.Kind != Share && r.Kind != NoLeak && r.Kind != NoNear
}

// limitText writes a limit as it may stand in a file.
func limitText(v float64) string {
	text := fmt.Sprintf("%.4f", v)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// File is a file of rules.
type File struct {
	Slice  string // the images that figures are over, in the language of slices; "" for the evaluation's headline
	Sliced bool   // whether the file says so
	Rules  []Rule
}

// Mistake is what is wrong with a file of rules, and where.
type Mistake struct {
	File         string
	Line, Column int // from 1; a column of 0 is not known
	Text         string
}

func (m *Mistake) Error() string {
	if m.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text)
}

// Wrong is a mistake in a rule that shows only beside what it is applied to, such as a class
// that there is not.
func (r *Rule) Wrong(file, text string) *Mistake { return &Mistake{file, r.Line, r.Column, text} }
