package classlist

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A Matching relates labels to classes. Every label is in exactly one of its
// parts.
type Matching struct {
	Index     map[string]int `json:"index"`     // label → class index
	Ambiguous []Unmatched    `json:"ambiguous"` // labels that several classes are called
	Unknown   []Unmatched    `json:"unknown"`   // labels that no class is called
}

// An Unmatched label, and why no class was found for it.
type Unmatched struct {
	Label  string `json:"label"`
	Reason string `json:"reason"`
}

// MatchLabels finds the class of each label. A label in mapping is replaced by what
// it maps to first. It matches, in this order, a class's exact name; a name that
// differs only in case, spaces and underscores; or, being a number, a
// class's index, which the mapping may also give. A name that several classes have
// is ambiguous: an index in the mapping settles it. Nothing is guessed.
func MatchLabels(classes, labels []string, mapping map[string]string) Matching {
	m := Matching{Index: map[string]int{}}
	exact, loose := map[string][]int{}, map[string][]int{}
	for i, c := range classes {
		exact[c] = append(exact[c], i)
		loose[normalise(c)] = append(loose[normalise(c)], i)
	}
	for _, label := range labels {
		name, mapped := mapping[label]
		if !mapped {
			name = label
		}
		found := exact[name]
		if len(found) == 0 {
			found = loose[normalise(name)]
		}
		if len(found) == 0 {
			found = byIndex(name, len(classes))
		}
		m.add(label, name, found, classes)
	}
	return m
}

func (m *Matching) add(label, name string, found []int, classes []string) {
	switch len(found) {
	case 1:
		m.Index[label] = found[0]
	case 0:
		m.Unknown = append(m.Unknown, Unmatched{label, fmt.Sprintf("no class is called %q, and it is not an index below %d%s; name its class in a mapping file", name, len(classes), meant(name, classes))})
	default:
		m.Ambiguous = append(m.Ambiguous, Unmatched{label, fmt.Sprintf("%d classes are called %q (indices %s); give the index in a mapping file", len(found), name, join(found))})
	}
}

// meant names the class that differs in signs alone, hyphens above all. It is not taken unasked:
// "t-shirt" and "tshirt" are one, "x-5" and "x5" may be two.
func meant(name string, classes []string) string {
	plain := lettersOnly(name)
	for _, class := range classes {
		if plain != "" && lettersOnly(class) == plain {
			return fmt.Sprintf("; did you mean %q?", class)
		}
	}
	return ""
}

// lettersOnly leaves out of a name what is neither a letter nor a digit.
func lettersOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func join(indices []int) string {
	var s []string
	for _, i := range indices {
		s = append(s, strconv.Itoa(i))
	}
	return strings.Join(s, ", ")
}

// normalise folds what spellings of one name differ in.
func normalise(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' {
			return -1
		}
		return r
	}, s)
}

func byIndex(name string, classes int) []int {
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 || i >= classes {
		return nil
	}
	return []int{i}
}
