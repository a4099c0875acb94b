// Package slice is the language in which samples of an evaluation are selected:
// label=cake&predicted=chocolate&confidence=0.7-. The same text is a page's
// query, the API's parameters, the flag --slice and what a job stores.
//
// Samples (fields.go) is the table of criteria. Everything else follows from it:
// reading and writing the text (parse.go, print.go), the class names of one
// evaluation (resolve.go), SQL (sql.go), an English sentence (sentence.go), and
// the browser's table of the same criteria, which a test generates. A new
// criterion is one entry in the table and one test in testdata.
//
// The package imports the standard library only.
package slice

import (
	"slices"
	"strings"
)

// Slice is a set of conditions; a sample is selected when it meets all of them.
// The zero value selects every sample. Two slices are the same selection, as far
// as that can be told without the classes of a model, when their texts are equal.
type Slice struct {
	terms []Term // in the order of the table, those of one criterion by their arguments
}

// Term is one condition: a criterion and what it asks for.
type Term struct {
	Field  *Field
	Of     []Value  // the criterion's arguments: the class in score(cake)
	Not    bool     // selects what the rest leaves out
	Values []Value  // any of them; of kinds Classes, Words, Flag and Text
	Low    *float64 // of kinds Range, Whole and Level
	High   *float64 // of kinds Range and Whole
}

// Value is a class or a word.
type Value struct {
	Name    string
	Index   int  // of a class given by its index; None is no class
	Indexed bool // Index says which class, Name is empty
}

// None is the index that stands for no class: no label, no decision.
const None = -1

// Class is the class with an index.
func Class(index int) Value { return Value{Index: index, Indexed: true} }

// Named is a class with a name, or a word.
func Named(name string) Value { return Value{Name: name} }

// Equal is the slice with one condition: a criterion of kind Classes or Words that
// is one of some values. The criterion must be one of Samples.
func Equal(criterion string, list ...Value) Slice { return EqualOf(criterion, nil, list...) }

// EqualOf is Equal of a criterion with arguments, such as transition(EVALUATION).
func EqualOf(criterion string, of []Value, list ...Value) Slice {
	return Slice{terms: []Term{{Field: Samples.find(criterion), Of: of, Values: values(slices.Clone(list))}}}
}

// NotOf is EqualOf turned round.
func NotOf(criterion string, of []Value, list ...Value) Slice {
	s := EqualOf(criterion, of, list...)
	s.terms[0].Not = true
	return s
}

// Not is the slice of what Equal leaves out.
func Not(criterion string, list ...Value) Slice {
	return Slice{terms: []Term{{Field: Samples.find(criterion), Not: true, Values: values(slices.Clone(list))}}}
}

// Terms lists the conditions in the order of the table.
func (s Slice) Terms() []Term { return slices.Clone(s.terms) }

// Empty tells whether the slice selects every sample.
func (s Slice) Empty() bool { return len(s.terms) == 0 }

// Threshold is the confidence under which a sample has no decision; 0 unless the
// slice says otherwise. It is part of what predicted means and selects nothing by
// itself.
func (s Slice) Threshold() float64 {
	for _, t := range s.terms {
		if t.Field.Kind == Level {
			return *t.Low
		}
	}
	return 0
}

// Proposed tells whether labels that people proposed count instead of those of the dataset.
func (s Slice) Proposed() bool { return !s.Only("labels").Empty() }

// Split is the one split that the slice is made of, "" for all samples; ok is false
// if there are other criteria than that and a threshold.
func (s Slice) Split() (split string, ok bool) {
	terms := s.Without("threshold").terms
	if len(terms) == 0 {
		return "", true
	}
	t := terms[0]
	if len(terms) > 1 || t.Field.Name != "split" || t.Not || len(t.Values) > 1 {
		return "", false
	}
	return t.Values[0].Name, true
}

// Only gives the part of the slice that some criteria make up.
func (s Slice) Only(names ...string) Slice {
	return Slice{terms: slices.DeleteFunc(s.Terms(), func(t Term) bool { return !slices.Contains(names, t.Field.Name) })}
}

// Without gives the rest of the slice.
func (s Slice) Without(names ...string) Slice {
	return Slice{terms: slices.DeleteFunc(s.Terms(), func(t Term) bool { return slices.Contains(names, t.Field.Name) })}
}

// Minus leaves out the conditions that another slice has word for word.
func (s Slice) Minus(other Slice) Slice {
	return Slice{terms: slices.DeleteFunc(s.Terms(), func(t Term) bool {
		return slices.ContainsFunc(other.terms, func(o Term) bool { return o.String() == t.String() })
	})}
}

// Over adds the conditions of another slice, which take the place of those with the same criterion
// and arguments.
func (s Slice) Over(other Slice) Slice {
	terms := slices.DeleteFunc(s.Terms(), func(t Term) bool {
		return slices.ContainsFunc(other.terms, func(o Term) bool { return o.name() == t.name() })
	})
	both, _ := arrange(append(terms, other.terms...)) // no criterion is left twice
	return both
}

// And adds the conditions of another slice; a criterion that both have is an error.
func (s Slice) And(other Slice) (Slice, error) {
	return arrange(append(s.Terms(), other.terms...))
}

// arrange brings terms into their order and refuses the second of a criterion.
func arrange(terms []Term) (Slice, error) {
	slices.SortStableFunc(terms, func(a, b Term) int {
		if a.Field.place != b.Field.place {
			return a.Field.place - b.Field.place
		}
		return slices.CompareFunc(a.Of, b.Of, compareValues)
	})
	for i := range terms[:max(0, len(terms)-1)] {
		if t := terms[i]; t.name() == terms[i+1].name() {
			return Slice{}, mistake(t.name(), "is given twice%s", t.joining())
		}
	}
	if len(terms) == 0 {
		return Slice{}, nil
	}
	return Slice{terms: terms}, nil
}

// joining is how two of a criterion are said as one.
func (t Term) joining() string {
	if t.Field.Kind == Classes || t.Field.Kind == Words {
		return ": several values stand in one list, " + t.name() + "=A,B"
	}
	return ""
}

// values brings the values of a term into their order, each once.
func values(list []Value) []Value {
	slices.SortFunc(list, compareValues)
	return slices.Compact(list)
}

// compareValues puts indices before names.
func compareValues(a, b Value) int {
	switch {
	case a.Indexed && b.Indexed:
		return a.Index - b.Index
	case a.Indexed:
		return -1
	case b.Indexed:
		return 1
	}
	return strings.Compare(a.Name, b.Name)
}
