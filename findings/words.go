package findings

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// percent writes a share for people.
func percent(share float64) string { return strconv.Itoa(int(math.Round(100*share))) + " %" }

// Phrase names an area in a sentence.
func Phrase(region string, builtin bool) string {
	if row, column, ok := strings.Cut(strings.TrimPrefix(region, "grid "), ","); ok && builtin {
		return fmt.Sprintf("the field in row %s, column %s of three", row, column)
	}
	property, whole := strings.CutPrefix(region, "image ")
	switch {
	case builtin && whole:
		return "the " + property + " of the whole image"
	case builtin && region == "border":
		return "the border on all sides"
	case builtin && region == "center": // as it is written in slices and rules
		return "the centre"
	case builtin && region == "corners":
		return "the four corners"
	}
	return "the " + region
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// phrase names a finding's area.
func (f *Finding) phrase() string {
	if len(f.Parts) == 0 {
		return Phrase(f.Region, f.Builtin)
	}
	names := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		names[i] = Phrase(part, f.Builtin)
	}
	return strings.Join(names, " and ") + " together"
}

// many chooses the words for one area, or for several together.
func (f *Finding) many(one, several string) string {
	if len(f.Parts) > 0 {
		return several
	}
	return one
}

// they chooses the words for one thing, or for several by their name too.
func (f *Finding) they(one, several string) string {
	if f.Builtin && f.Region == "corners" {
		return several
	}
	return f.many(one, several)
}

// of names a finding's class.
func (f *Finding) of(names []string) string {
	if f.Class < 0 {
		return "the answers of all classes together"
	}
	return names[f.Class]
}

// sentence puts a finding in words; list has the others, to compare with.
func sentence(f *Finding, list []Finding, names []string) string {
	var b strings.Builder
	test := f.evidence()
	switch f.Word {
	case Decides:
		fmt.Fprintf(&b, "%s is decided by %s: %s%s.", f.of(names), f.phrase(), test, beside(f, list))
	case Helps:
		fmt.Fprintf(&b, "%s %s to decide %s: %s%s.", capital(f.phrase()), f.they("helps", "help"), f.of(names), test, beside(f, list))
	case NotUsed:
		fmt.Fprintf(&b, "%s %s not decide %s: %s; with 95 %% confidence it is at most %s.", capital(f.phrase()), f.they("does", "do"), f.of(names), test, percent(f.most()))
	default:
		fmt.Fprintf(&b, "Whether %s %s %s cannot be told: %s.", f.phrase(), f.they("decides", "decide"), f.of(names), test)
	}
	if p := f.Paste; p != nil && f.Claims() && f.Whole {
		fmt.Fprintf(&b, " Given to images of other classes it turns %s of them into %s (that of a third class: %s).", percent(p.Turned), f.of(names), percent(p.Control))
	} else if p != nil && f.Claims() {
		fmt.Fprintf(&b, " Pasted into images of other classes %s %s of them into %s (the same place of a third class: %s).", f.they("it turns", "they turn"), percent(p.Turned), f.of(names), percent(p.Control))
	}
	b.WriteString(f.tightened())
	if f.Fragile {
		b.WriteString(" Only one way of hiding shows it.")
	}
	if f.Few {
		fmt.Fprintf(&b, " The rates are of only %s, and may be far off.", plural(f.Main().N, "image"))
	}
	switch {
	case f.Declare == Unwanted && f.Claims():
		fmt.Fprintf(&b, " You declared %s unwanted.", f.phrase())
	case f.Rule == RuleEdge:
		b.WriteString(f.they(" It lies", " They lie") + " at the edge of the image, where what is photographed seldom is.")
	case f.Rule == RuleWhole:
		b.WriteString(" It is a property of the whole image, not of what the label names.")
	case f.Rule == RuleOutside:
		b.WriteString(f.they(" It lies", " They lie") + " outside what the label names.")
	}
	return b.String()
}

// most is the largest upper bound of the share that turns when the area is hidden; 1 if it
// never was.
func (f *Finding) most() float64 {
	most, hidden := 0.0, false
	for _, g := range f.Figures {
		if g.Fill != Swap {
			most, hidden = math.Max(most, g.Most), true
		}
	}
	if !hidden {
		return 1
	}
	return most
}

// evidence is what was done and what came of it, without a stop.
func (f *Finding) evidence() string {
	g := f.Main()
	text := f.many(f.they("hiding it turns ", "hiding them turns "), "hiding both turns ") + percent(g.Turned) + " of right answers"
	if g.Fill == Swap {
		text = f.many("putting that of another class in its place turns ", "putting those of another class in their places turns ") + percent(g.Turned) + " of right answers"
	}
	if f.Whole {
		text = "giving it that of an image of another class turns " + percent(g.Turned) + " of right answers"
	}
	switch {
	case math.IsNaN(g.Control):
	case g.Fill == Swap:
		text += " (that of the same class: " + percent(g.Control) + ")"
	default:
		text += " (an equal area elsewhere: " + percent(g.Control) + ")"
	}
	switch {
	case len(f.Parts) == 0:
	case g.Fill == Swap:
		text += ", that of one of them alone " + percent(f.Alone)
	default:
		text += ", hiding one of them alone " + percent(f.Alone)
	}
	if f.Word != NotUsed && !math.IsNaN(g.Control) && g.More < pointsMore && g.Lost >= marginMore {
		text += " and takes " + percent(g.Lost) + " of the margin"
	}
	return text
}

// beside tells, of a region of the dataset, what hiding the next one of the class does; of areas that
// were swapped together, what hiding does to one, which is another test with another answer.
func beside(f *Finding, list []Finding) string {
	if len(f.Parts) > 0 {
		return hiddenAlone(f, list)
	}
	var other *Finding
	for i := range list {
		o := &list[i]
		if o.Class == f.Class && o.Region != f.Region && !o.Builtin && !f.Builtin && len(f.Parts)+len(o.Parts) == 0 && (other == nil || o.hidden() > other.hidden()) {
			other = o
		}
	}
	if other == nil || f.Main().Fill == Swap {
		return ""
	}
	return fmt.Sprintf(", hiding %s %s", other.phrase(), percent(other.hidden()))
}

// hiddenAlone tells of areas that were swapped together which one, hidden, turns most by itself.
func hiddenAlone(f *Finding, list []Finding) string {
	var most *Finding
	for i := range list {
		o := &list[i]
		if f.Main().Fill == Swap && o.Class == f.Class && slices.Contains(f.Parts, o.Region) && o.Figures[0].Fill != Swap && (most == nil || o.hidden() > most.hidden()) {
			most = o
		}
	}
	if most == nil {
		return ""
	}
	return fmt.Sprintf("; hidden, not swapped, %s alone turns %s", most.phrase(), percent(most.hidden()))
}

// hidden is the share that turns when the area is hidden, by the first fill.
func (f *Finding) hidden() float64 { return f.Figures[0].Raw }

// Headline is the one sentence above all findings.
func Headline(list []Finding, names []string) string {
	group := foremost(list)
	if len(group) == 0 {
		return quiet(list)
	}
	text := told(group, list, names)
	if unused := notUsedIn(list, group, names); unused != "" {
		text += ". " + capital(unused)
	}
	return text + "."
}

// told puts claims about one area, of several classes or one, in words.
func told(group, list []Finding, names []string) string {
	first := group[0]
	text := fmt.Sprintf("%s by %s (%s)", decided(group, list, names), first.phrase(), did(group))
	if first.Kind == Shortcut {
		text += ": a shortcut, for " + first.why()
	}
	return text
}

// Groups gives the claims of which other classes have the same, of the same area, the sentence
// that they have in common; of the others it is "". Those that only one way of hiding shows, and
// those of all classes together, stand by themselves.
func Groups(list []Finding, names []string) []string {
	type kind struct{ kind, region string }
	groups := map[kind][]Finding{}
	joins := func(f *Finding) bool { return f.Claims() && !f.Fragile && f.Class >= 0 }
	for i := range list {
		if f := &list[i]; joins(f) {
			groups[kind{f.Kind, f.Region}] = append(groups[kind{f.Kind, f.Region}], *f)
		}
	}
	texts := make([]string, len(list))
	for i := range list {
		f := &list[i]
		if group := groups[kind{f.Kind, f.Region}]; joins(f) && len(group) > 1 {
			texts[i] = told(group, list, names) + "."
		}
	}
	return texts
}

// Lead is the one sentence above all, of what was tested and of the figures: what makes the
// figures doubtful, else what decides and what could win most errors.
func Lead(list []Finding, figures []Statement, names []string) string {
	if len(figures) > 0 && (figures[0].Kind == Leak || figures[0].Kind == Preprocessing) {
		return capital(figures[0].Short) + "."
	}
	most := ""
	if len(figures) > 0 && figures[0].Won > 0 {
		most = capital(figures[0].Short) + "."
	}
	switch {
	case len(list) > 0 && most == "":
		return Headline(list, names)
	case len(foremost(list)) > 0:
		return Headline(list, names) + " " + most
	case len(list) > 0:
		return most + " " + Headline(list, names)
	case most != "":
		return most + " What the model decides by has not been tested yet."
	case len(figures) > 0:
		return capital(figures[0].Short) + "."
	}
	return "The figures show nothing that stands out. What the model decides by has not been tested yet."
}

// Next is what to do about a finding.
func (f *Finding) Next() string {
	switch {
	case f.Kind == Shortcut:
		return "Collect, or enrich, images in which " + f.phrase() + " does not go with the class; train again, and look at the new model's findings."
	case f.Claims() && f.Fragile:
		return "Do not act on it alone: test it on more images."
	case f.Claims() && f.Declare == Expected:
		return "Nothing: it looks where it should."
	case f.Claims():
		return "Say whether the model should look at " + f.phrase() + "."
	}
	return ""
}

// did tells what was done to the classes of a group, and what came of it: of those whose areas were hidden
// and of those whose areas were swapped, each with their number where there are both.
func did(group []Finding) string {
	var hidden, swapped []Finding
	for _, f := range group {
		if f.Main().Fill == Swap {
			swapped = append(swapped, f)
		} else {
			hidden = append(hidden, f)
		}
	}
	switch {
	case len(swapped) == 0 || group[0].Whole:
		return turned(group)
	case len(hidden) == 0:
		return turned(group)
	case len(swapped) > len(hidden):
		hidden, swapped = swapped, hidden
	}
	return fmt.Sprintf("in %d %s; in %d %s", len(hidden), turned(hidden), len(swapped), turned(swapped))
}

// turned tells what came of one kind of test in the classes of a group, over their images.
func turned(group []Finding) string {
	turned, control, n := 0.0, 0.0, 0.0
	for _, f := range group {
		g := f.Main()
		turned, control, n = turned+g.Turned*float64(g.N), control+nan(g.Control, 0)*float64(g.N), n+float64(g.N)
	}
	turned, control = turned/n, control/n
	first := &group[0]
	switch {
	case first.Whole:
		return fmt.Sprintf("that of an image of another class turns %s of right answers, that of the same class %s", percent(turned), percent(control))
	case first.Main().Fill == Swap:
		return fmt.Sprintf("%s turns %s of right answers, %s of the same class %s", first.many("that of another class in its place", "putting those of another class in their places"), percent(turned), first.many("that", "those"), percent(control))
	}
	return fmt.Sprintf("hiding %s turns %s of right answers, an equal area elsewhere %s", first.many(first.they("it", "them"), "both"), percent(turned), percent(control))
}

// foremost are the claims about the area of the first finding, of every class: those that
// only one way of hiding shows are not among them.
func foremost(list []Finding) (group []Finding) {
	for _, f := range list {
		if f.Fragile {
			continue
		}
		if len(group) == 0 && f.Claims() || len(group) > 0 && f.Claims() && f.Region == group[0].Region && f.Kind == group[0].Kind && f.Class >= 0 && group[0].Class >= 0 {
			group = append(group, f)
		}
	}
	return group
}

// decided tells which classes are meant.
func decided(group, list []Finding, names []string) string {
	word := "decided"
	for _, f := range group {
		if f.Word != Decides {
			word = "helped"
		}
	}
	of := map[int]bool{}
	for _, f := range list {
		of[f.Class] = true
	}
	delete(of, All)
	switch {
	case group[0].Class < 0:
		return "The answers of all classes together are " + word
	case len(group) == 1:
		return capital(names[group[0].Class]) + " is " + word
	case len(group) == len(of):
		return fmt.Sprintf("All %d classes are %s", len(group), word)
	}
	return fmt.Sprintf("%d of %d tested classes are %s", len(group), len(of), word)
}

// notUsedIn tells of a region of the dataset that no class of a group uses. What was pooled over all classes
// says nothing of one that is found to use the region, if only together with another.
func notUsedIn(list, group []Finding, names []string) string {
	count := map[string]int{}
	for _, f := range list {
		if f.Word != NotUsed || f.Builtin {
			continue
		}
		if f.Class < 0 && len(group) > 1 { // of all classes together
			count[f.Region] = len(group)
			continue
		}
		for _, g := range group {
			if g.Class == f.Class {
				count[f.Region]++
			}
		}
	}
	var unused, but []string
	for _, f := range list { // in their order
		if count[f.Region] < len(group) {
			continue
		}
		delete(count, f.Region)
		if users := usersOf(f.Region, list, names); users != "" {
			but = append(but, fmt.Sprintf("%s is looked at, not used, but by %s", Phrase(f.Region, false), users))
		} else {
			unused = append(unused, Phrase(f.Region, false))
		}
	}
	switch len(unused) {
	case 0:
	case 1:
		but = append([]string{unused[0] + " is looked at, not used"}, but...)
	default:
		but = append([]string{strings.Join(unused[:len(unused)-1], ", ") + " and " + unused[len(unused)-1] + " are looked at, not used"}, but...)
	}
	return strings.Join(but, "; ")
}

// usersOf names the classes that are found to use a region, by itself or together with others.
func usersOf(region string, list []Finding, names []string) string {
	var users []string
	for _, f := range list {
		if f.Class >= 0 && f.Claims() && !f.Fragile && !f.Builtin && (f.Region == region || slices.Contains(f.Parts, region)) && !slices.Contains(users, names[f.Class]) {
			users = append(users, names[f.Class])
		}
	}
	return strings.Join(users, ", ")
}

// quiet is the headline where nothing is found.
func quiet(list []Finding) string {
	if len(list) == 0 {
		return "Nothing was tested yet."
	}
	if list[0].Tested == 0 {
		return fmt.Sprintf("No area could be tested: a test takes %d images of a class, or of all classes together, that the model gets right and that have the area.", fewestForP)
	}
	if list[0].Tested == 1 {
		return "The one area that was tested decides no class by itself."
	}
	return fmt.Sprintf("Of %d areas that were tested, none decides a class by itself.", list[0].Tested)
}
