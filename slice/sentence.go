package slice

import (
	"fmt"
	"strings"
)

// Sentence says the slice in English, with the names of the classes: "cake, taken
// for chocolate, confidence at least 0.7, in test".
func (s Slice) Sentence(classes []string) string {
	if len(s.terms) == 0 {
		return "all samples"
	}
	parts := make([]string, len(s.terms))
	for i, t := range s.terms {
		parts[i] = t.say(classes)
	}
	return strings.Join(parts, ", ")
}

// say says one condition.
func (t Term) say(classes []string) string {
	f := t.Field
	switch f.Kind {
	case Flag:
		return map[bool]string{true: f.Yes, false: f.No}[t.Values[0].Name == "true"]
	case Classes, Words:
		return t.sayValues(classes)
	case Text:
		return t.fill("“"+t.Values[0].Name+"”", classes)
	case Level:
		return t.fill(printNumber(t.Low), classes)
	}
	return t.fill(t.sayBounds(), classes)
}

// fill puts words into the criterion's phrase; arguments that may be left out follow it.
func (t Term) fill(what string, classes []string) string {
	if t.Not {
		return t.fillIn(t.Field.SayNot, what, classes)
	}
	return t.fillIn(t.Field.Say, what, classes)
}

func (t Term) fillIn(phrase, what string, classes []string) string {
	of := make([]string, len(t.Of))
	for i, v := range t.Of {
		of[i] = v.say(classes)
	}
	needed := min(len(of), len(t.Field.Of)-t.Field.Omit)
	text := strings.NewReplacer("{of}", strings.Join(of[:needed], ", "), "{}", what).Replace(phrase)
	if needed < len(of) {
		text += " (" + strings.Join(of[needed:], ", ") + ")"
	}
	return text
}

// sayValues says a list; no class has words of its own.
func (t Term) sayValues(classes []string) string {
	list, none := t.Values, ""
	if t.Field.None && list[0] == Class(None) {
		list, none = list[1:], t.fillIn(map[bool]string{true: t.Field.No, false: t.Field.Yes}[t.Not], "", classes)
	}
	if len(list) == 0 {
		return none
	}
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.say(classes)
	}
	text := t.fill(strings.Join(names, " or "), classes)
	if none == "" {
		return text
	}
	return text + map[bool]string{true: " and ", false: " or "}[t.Not] + none
}

// say is the name of a class or a word.
func (v Value) say(classes []string) string {
	if !v.Indexed {
		return v.Name
	}
	if v.Index < len(classes) {
		return classes[v.Index]
	}
	return fmt.Sprintf("class %d", v.Index)
}

// sayBounds says a range.
func (t Term) sayBounds() string {
	low, high := printNumber(t.Low), printNumber(t.High)
	switch closed := t.High != nil && (*t.High >= 1 || t.Field.Kind == Whole); {
	case t.High == nil:
		return "at least " + low
	case low == high && t.Field.Kind == Whole:
		return low
	case t.Low != nil && closed:
		return low + " to " + high
	case t.Low != nil:
		return low + " to under " + high
	case closed:
		return "at most " + high
	}
	return "under " + high
}
