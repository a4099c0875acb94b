package slice

import (
	"fmt"
	"strings"
)

// Where is a slice as SQL over predictions p (sample, truth, predicted, confidence,
// split, …; truth −1 without a label) and their samples s.
type Where struct {
	Conditions []string // all must hold; none is no restriction
	Args       []any
	Joins      bool // s is needed
}

// Relation is where the values of a criterion come from that is no column: SQL with
// rows of a column sample and an expression for the value.
type Relation struct {
	From, Value string
	Args        []any
	Selected    bool // From has only the samples that the term selects; there is no value
}

// Where writes the slice as SQL. Names of classes must have been resolved; relation
// gives the source of a criterion without a column, such as score(3).
func (s Slice) Where(relation func(Term) (Relation, error)) (Where, error) {
	var w Where
	for _, t := range s.terms {
		if t.Field.Kind == Level || t.Field.Changes {
			continue
		}
		condition, args, err := t.where(s.Threshold(), relation)
		if err != nil {
			return Where{}, fmt.Errorf("%s: %w", t.name(), err)
		}
		if t.Not {
			condition = "(" + condition + ") IS NOT TRUE"
		}
		w.Conditions, w.Args = append(w.Conditions, condition), append(w.Args, args...)
		w.Joins = w.Joins || t.Field.Joins
	}
	return w, nil
}

// confidence is compared with the threshold.
const confidence = "p.confidence::DOUBLE"

// where is the condition of one term, without its negation.
func (t Term) where(threshold float64, relation func(Term) (Relation, error)) (string, []any, error) {
	f := t.Field
	if f.Kind == Flag {
		condition := map[bool]string{true: f.Right, false: f.Wrong}[t.Values[0].Name == "true"]
		if !f.decided || threshold <= 0 {
			return condition, nil, nil
		}
		return condition + " AND " + confidence + " >= ?", []any{threshold}, nil
	}
	if f.decided {
		return t.whereDecided(threshold)
	}
	if f.Column != "" {
		return t.compare(f.Column)
	}
	r, err := relation(t)
	if err != nil {
		return "", nil, err
	}
	if r.Selected {
		return "p.sample IN (SELECT sample FROM " + r.From + ")", r.Args, nil
	}
	condition, args, err := t.compare(r.Value)
	return "p.sample IN (SELECT sample FROM " + r.From + " WHERE " + condition + ")", append(r.Args, args...), err
}

// compare is the condition on a value.
func (t Term) compare(column string) (string, []any, error) {
	switch t.Field.Kind {
	case Text:
		return "contains(lower(" + column + "), lower(?))", []any{t.Values[0].Name}, nil
	case Classes, Words:
		return t.oneOf(column, t.Values)
	}
	var conditions []string
	var args []any
	if t.Low != nil {
		conditions, args = append(conditions, column+" >= ?"), append(args, *t.Low)
	}
	if t.High != nil {
		op := " < ?"
		if *t.High >= 1 || t.Field.Kind == Whole {
			op = " <= ?"
		}
		conditions, args = append(conditions, column+op), append(args, *t.High)
	}
	return strings.Join(conditions, " AND "), args, nil
}

// oneOf is the condition that a value is one of a list.
func (t Term) oneOf(column string, list []Value) (string, []any, error) {
	args := make([]any, len(list))
	for i, v := range list {
		switch {
		case t.Field.Kind == Words:
			args[i] = v.Name
		case v.Indexed:
			args[i] = v.Index
		default:
			return "", nil, fmt.Errorf("the class %s has no index yet: resolve the slice first", v.Name)
		}
	}
	if len(list) == 1 {
		return column + " = ?", args, nil
	}
	return column + " IN (?" + strings.Repeat(", ?", len(list)-1) + ")", args, nil
}

// whereDecided is the condition on what was predicted: a class only counts with at
// least the confidence of the threshold, and under it there is none.
func (t Term) whereDecided(threshold float64) (string, []any, error) {
	classes := t.Values
	none := classes[0] == Class(None) // indices come first, the least in front
	if none {
		classes = classes[1:]
	}
	if len(classes) == 0 {
		return confidence + " < ?", []any{threshold}, nil
	}
	condition, args, err := t.oneOf(t.Field.Column, classes)
	condition, args = condition+" AND "+confidence+" >= ?", append(args, threshold)
	if none {
		condition, args = "("+condition+" OR "+confidence+" < ?)", append(args, threshold)
	}
	return condition, args, err
}
