package slice

import (
	"fmt"
	"slices"
	"strings"
)

// Resolve turns the names of classes into indices and refuses what a model with
// these classes does not have. A name also fits when it differs in case, spaces,
// hyphens and underscores only. Errors are *Mistake.
func (s Slice) Resolve(classes []string) (Slice, error) {
	terms := s.Terms()
	for i := range terms {
		t := &terms[i]
		name := t.name()
		t.Of, t.Values = slices.Clone(t.Of), slices.Clone(t.Values)
		for j := range t.Of {
			if t.Field.Of[j].Kind == Classes {
				if err := t.Of[j].resolve(name, classes); err != nil {
					return Slice{}, err
				}
			}
		}
		for j := range t.Values {
			if t.Field.Kind == Classes {
				if err := t.Values[j].resolve(name, classes); err != nil {
					return Slice{}, err
				}
			}
		}
		t.Values = values(t.Values)
	}
	return arrange(terms)
}

// resolve gives the value its index.
func (v *Value) resolve(name string, classes []string) error {
	if v.Indexed {
		if v.Index >= len(classes) {
			return mistake(name, "is %d: the classes are 0 to %d", v.Index, len(classes)-1)
		}
		return nil
	}
	index, err := FindClass(classes, v.Name)
	if err != nil {
		return mistake(name, "is %s: %v", v.Name, err)
	}
	*v = Class(index)
	return nil
}

// Unknown returns the words of a criterion of kind Words that are none of known.
func (s Slice) Unknown(criterion string, known []string) (unknown []string) {
	for _, t := range s.terms {
		for _, v := range t.Values {
			if t.Field.Name == criterion && !slices.Contains(known, v.Name) {
				unknown = append(unknown, v.Name)
			}
		}
	}
	return unknown
}

// NoSplit is the mistake of naming a split that a dataset does not have.
func NoSplit(name string, known []string) error {
	known = slices.DeleteFunc(slices.Clone(known), func(s string) bool { return s == "" })
	if len(known) == 0 {
		return mistake("split", "is %s: the dataset has no splits", name)
	}
	return mistake("split", "is %s: the dataset has no such split; it has %s", name, ShortList(known))
}

// FindClass finds a class by its name, or by a name that differs in case, spaces,
// hyphens and underscores only.
func FindClass(classes []string, name string) (int, error) {
	alike := indices(classes, func(class string) bool { return class == name })
	if len(alike) == 0 {
		alike = indices(classes, func(class string) bool { return plainName(class) == plainName(name) })
	}
	switch len(alike) {
	case 1:
		return alike[0], nil
	case 0:
		return 0, fmt.Errorf("the model has no such class; it has %s%s", ShortList(classes), hint(name))
	}
	return 0, fmt.Errorf("%d classes of the model have this name, so it names none: give an index, %s", len(alike), strings.Trim(fmt.Sprint(alike), "[]"))
}

// hint guesses that signs of the language were encoded by a program.
func hint(name string) string {
	if strings.Contains(name, ",") || strings.HasPrefix(name, "!") {
		return ". A comma between several classes and ! are written as they are, not percent-encoded"
	}
	return ""
}

func indices(list []string, is func(string) bool) (found []int) {
	for i, s := range list {
		if is(s) {
			found = append(found, i)
		}
	}
	return found
}

var unspaced = strings.NewReplacer(" ", "", "_", "", "-", "")

func plainName(name string) string { return strings.ToLower(unspaced.Replace(name)) }

// ShortList writes a few names of classes, and how many more there are. Names that
// contain commas, as ImageNet's do, are set apart by semicolons.
func ShortList(names []string) string {
	const most = 25
	separator := ", "
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ",") }) {
		separator = "; "
	}
	shown, length := 0, 0
	for shown < min(most, len(names)) && length < 400 {
		length += len(names[shown])
		shown++
	}
	text := strings.Join(names[:shown], separator)
	if shown < len(names) {
		text += fmt.Sprintf("%sand %d more", separator, len(names)-shown)
	}
	return text
}
