package slice

import (
	"slices"
	"strings"
)

// Kind is what a criterion asks for.
type Kind string

// The kinds. Classes and Words are lists of which any one fits. Range is bounds on
// a number that usually lies in 0 to 1: a value v is in when low ≤ v < high, or
// v ≤ high where high ≥ 1, so that neighbouring ranges share no sample and the last
// one keeps those with 1. Whole is bounds on whole numbers, both included. Level is
// one number from 0 to 1 that changes what other criteria mean.
const (
	Classes Kind = "classes"
	Words   Kind = "words"
	Flag    Kind = "flag"
	Text    Kind = "text"
	Range   Kind = "range"
	Whole   Kind = "whole"
	Level   Kind = "level"
)

// Doc says how values of the kind are written.
func (k Kind) Doc() string {
	return map[Kind]string{
		Classes: "A class's index or name (name:77 is one called 77); several: A,B; all others: !A",
		Words:   "Several: A,B; all others: !A",
		Flag:    "true or false",
		Text:    "All others: !A",
		Range:   "0.7- (at least), -0.7 (under), 0.5-0.7; an upper bound of 1 is included; all others: !0.7-",
		Whole:   "5, 5- (at least), -5 (at most), 2-5; all others: !5",
		Level:   "A number from 0 to 1",
	}[k]
}

// Arg is an argument of a criterion: what it is called, and whether it is one of
// Classes or of Words.
type Arg struct {
	Name string
	Kind Kind
}

// Field is one criterion.
type Field struct {
	Name string // in the text: label=…
	Kind Kind
	Of   []Arg // the arguments of name(A,B)
	Omit int   // how many of the last arguments may be left out
	None bool  // −1 is no class
	// Among are the only words there are; none is no restriction.
	Among []string
	Doc   string // for the API's description and docs/slices.md

	// The sentence: {} is what is asked for, {of} the argument; Without it,
	// Yes and No are those of the value none, or of a flag.
	Say, SayNot string
	Yes, No     string

	// SQL over a prediction p and its sample s. Column is the value; without one,
	// the store gives a relation. Right and Wrong are the conditions of a flag.
	Column       string
	Joins        bool // the SQL needs the sample s
	Right, Wrong string
	decided      bool // holds for samples with a decision only
	// Changes is of a criterion that selects nothing: it changes what others mean.
	Changes bool

	// Names of parameters that are still read: each bound by itself, and
	// the argument.
	OldLow, OldHigh, OldOf string

	place int // in the table
}

// Language is a table of criteria.
type Language []*Field

// Samples are the criteria for the samples of an evaluation, in the order in which
// the canonical text and the sentence have them.
var Samples = Define(
	Field{
		Name: "label", Kind: Classes, None: true,
		Doc: "Only samples with this label; -1: those without one",
		Say: "{}", SayNot: "not {}", Yes: "without a label", No: "with a label",
		Column: "p.truth",
	},
	Field{
		Name: "predicted", Kind: Classes, None: true,
		Doc: "Only samples predicted as this class, with at least the confidence of threshold; -1: those without a decision",
		Say: "taken for {}", SayNot: "not taken for {}", Yes: "without a decision", No: "with a decision",
		Column: "p.predicted", decided: true,
	},
	Field{
		Name: "correct", Kind: Flag,
		Doc: "true: only samples decided for their label; false: only labelled samples decided for another class. Under the threshold samples are undecided, neither right nor wrong",
		Yes: "right", No: "wrong", decided: true,
		Right: "p.truth = p.predicted", Wrong: "p.truth >= 0 AND p.truth <> p.predicted",
	},
	Field{
		Name: "confidence", Kind: Range,
		Doc: "Only samples with a confidence in this range",
		Say: "confidence {}", SayNot: "confidence not {}",
		Column: "p.confidence::DOUBLE",
		OldLow: "min_confidence", OldHigh: "max_confidence",
	},
	Field{
		Name: "score", Kind: Range, Of: []Arg{{"CLASS", Classes}},
		Doc: "Only samples whose score of this class is in this range",
		Say: "score of {of} {}", SayNot: "score of {of} not {}",
		OldLow: "min_score", OldHigh: "max_score", OldOf: "class",
	},
	Field{
		Name: "rank", Kind: Whole,
		Doc: "Only labelled samples whose label has this rank among the scores; 1 is the largest",
		Say: "label on rank {}", SayNot: "label not on rank {}",
		Column: "p.truth_rank + 1",
	},
	Field{
		Name: "transition", Kind: Words, Of: []Arg{{"EVALUATION", Words}},
		Among: []string{"fixed", "broken", "still-right", "still-wrong", "changed"},
		Doc:   "Only labelled samples that this became since another evaluation, which is paired by the images: fixed (wrong there, right here), broken, still-right, still-wrong (for the same class) or changed (wrong in both, for different classes)",
		Say:   "{} against {of}", SayNot: "not {} against {of}",
	},
	Field{
		Name: "was", Kind: Classes, None: true, Of: []Arg{{"EVALUATION", Words}},
		Doc: "Only labelled samples that another evaluation, paired by the images, predicted as this class; -1 for no decision",
		Say: "predicted {} by {of}", SayNot: "not predicted {} by {of}", Yes: "no decision by {of}", No: "a decision by {of}",
	},
	Field{
		Name: "share", Kind: Range, Of: []Arg{{"REGION", Words}, {"METHOD", Words}, {"TARGET", Words}}, Omit: 2,
		Doc: "Only samples with a stored map of which this share of what is positive lies on a region. Without METHOD or TARGET the maps are of the kind of which most are stored, never of several",
		Say: "share on {of} {}", SayNot: "share on {of} not {}",
	},
	Field{
		Name: "hottest", Kind: Words, Of: []Arg{{"METHOD", Words}, {"TARGET", Words}}, Omit: 2,
		Doc: "Only samples with a stored map that is highest inside this region. METHOD and TARGET are as in share",
		Say: "hottest in {}", SayNot: "hottest not in {}",
	},
	Field{
		Name: "verdict", Kind: Words, Of: []Arg{{"METHOD", Words}, {"TARGET", Words}}, Omit: 2,
		Among: []string{"green", "amber", "red", "none"},
		Doc:   "Only samples with a stored map of this verdict; none: with one whose trust is not measured. METHOD and TARGET are as in share",
		Say:   "verdict {}", SayNot: "verdict not {}",
	},
	Field{
		Name: "reason", Kind: Words, Of: []Arg{{"EVALUATION", Words}, {"METHOD", Words}, {"TARGET", Words}, {"TWIN", Words}}, Omit: 3,
		Among: []string{"other", "same"},
		Doc:   "Only samples that this evaluation and another one have right, by where their maps look: other, if they differ by more than chance and more than 0.2 of share. TWIN is a retrained model's evaluation that chance is measured by; else it is changed images. METHOD and TARGET are as in share",
		Say:   "{} reason beside {of}", SayNot: "not {} reason beside {of}",
	},
	Field{
		Name: "tag", Kind: Words,
		Doc: "Only samples with this tag, which sightline tag and the pages give; not those whose file changed since",
		Say: "tagged {}", SayNot: "not tagged {}",
	},
	Field{
		Name: "saved", Kind: Words,
		Doc: "Only samples of this saved slice, which sightline slice and the pages save; an error where something that it rests on is gone",
		Say: "saved as {}", SayNot: "not saved as {}",
	},
	Field{
		Name: "sel", Kind: Words,
		Doc: "Only samples of this selection, which was made by hand or fixed; not those whose file changed since",
		Say: "selected ({})", SayNot: "not selected ({})",
	},
	Field{
		Name: "marked", Kind: Words,
		Among: []string{"note", "proposed", "excluded"},
		Doc:   "Only samples with a note, with another label proposed, or that are excluded",
		Say:   "marked {}", SayNot: "not marked {}",
	},
	Field{
		Name: "without", Kind: Words,
		Among: []string{"excluded"},
		Doc:   "excluded: only samples that nobody excluded; figures count without them",
		Say:   "without {}", SayNot: "only {}",
	},
	Field{
		Name: "labels", Kind: Words, Changes: true,
		Among: []string{"proposed"},
		Doc:   "proposed: labels that people proposed count instead of those of the dataset, in figures and in the other criteria",
		Say:   "with {} labels",
	},
	Field{
		Name: "column", Kind: Words, Of: []Arg{{"NAME", Words}},
		Doc: "Only samples with this value in a column that came with the data: a value, low..high (without high), ~part of a text, empty; text:VALUE is a value, whatever it looks like",
		Say: "{of} {}", SayNot: "{of} not {}",
	},
	Field{
		Name: "q", Kind: Text,
		Doc: "Only samples whose path contains this, in upper or lower case",
		Say: "path with {}", SayNot: "path without {}",
		Column: "s.path", Joins: true,
	},
	Field{
		Name: "split", Kind: Words,
		Doc: "Only samples of this split",
		Say: "in {}", SayNot: "not in {}",
		Column: "p.split",
	},
	Field{
		Name: "threshold", Kind: Level,
		Doc: "Samples with a smaller confidence have no decision",
		Say: "decided from confidence {}",
	},
)

// Define makes a language of criteria.
func Define(fields ...Field) Language {
	l := make(Language, len(fields))
	for i := range fields {
		fields[i].place = i
		l[i] = &fields[i]
	}
	return l
}

// Pattern is how the criterion is written in a text: label, score(CLASS), and with what may be
// left out in brackets: share(REGION[,METHOD[,TARGET]]).
func (f *Field) Pattern() string {
	if len(f.Of) == 0 {
		return f.Name
	}
	text, needed := "", len(f.Of)-f.Omit
	for i := len(f.Of) - 1; i >= 0; i-- {
		if text = f.Of[i].Name + text; i > 0 {
			text = "," + text
		}
		if i >= max(1, needed) {
			text = "[" + text + "]"
		}
	}
	if text = "(" + text + ")"; needed == 0 {
		text = "[" + text + "]"
	}
	return f.Name + text
}

// Old lists the former names of parameters that are still read.
func (f *Field) Old() []string {
	return slices.DeleteFunc([]string{f.OldLow, f.OldHigh, f.OldOf}, func(name string) bool { return name == "" })
}

// find looks a criterion up by its name.
func (l Language) find(name string) *Field {
	for _, f := range l {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// patterns lists how the criteria are written.
func (l Language) patterns() string {
	list := make([]string, len(l))
	for i, f := range l {
		list[i] = f.Pattern()
	}
	return strings.Join(list, ", ")
}
