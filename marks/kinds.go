package marks

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a mark says.
type Kind string

// The kinds. A sample may have many tags, and one of each other kind.
const (
	Tag     Kind = "tag"     // it belongs to a group; the value is its name
	Note    Kind = "note"    // the value is a text
	Label   Kind = "label"   // another label is proposed, which the value is
	Exclude Kind = "exclude" // it should not count; without a value
	// Rename is no mark, but an action of the history: a tag has another name, which is the value. Its slice is that of
	// the former name.
	Rename Kind = "rename"
)

// most is how many characters the value of a kind may have.
var most = map[Kind]int{Note: 2000, Label: 1000}

// checkValue refuses values that a mark of a kind cannot have. Of what is taken away only tags have one.
func (r Request) checkValue() error {
	switch r.Kind {
	case Tag:
		return checkTag(r.Value)
	case Note, Label:
		if r.Remove && r.Value == "" {
			return nil
		}
		odd := func(c rune) bool { return unicode.IsControl(c) && (r.Kind == Label || c != '\n' && c != '\t') }
		if n := utf8.RuneCountInString(r.Value); strings.TrimSpace(r.Value) == "" || n > most[r.Kind] || !utf8.ValidString(r.Value) || strings.ContainsFunc(r.Value, odd) {
			return fmt.Errorf("%w, a %s of %d characters: it must be text of at most %d, without control characters", ErrAction, r.Kind, n, most[r.Kind])
		}
		return nil
	case Exclude:
		if r.Value != "" {
			return fmt.Errorf("%w that excludes has no value, and %q was given", ErrAction, r.Value)
		}
		return nil
	}
	return fmt.Errorf("%w of kind %q: there are tag, note, label and exclude", ErrAction, r.Kind)
}

// String says in words what was done: tagged 17 × relabel.
func (a Action) String() string {
	if a.Kind == Rename {
		return fmt.Sprintf("renamed the tag %s to %s", a.Former(), a.Value)
	}
	said := map[Kind][2]string{
		Tag: {"tagged %[1]d × %[2]s", "untagged %[1]d × %[2]s"}, Note: {"noted at %[1]d: %[2]s", "took %[1]d notes away"},
		Label: {"proposed the label %[2]s for %[1]d", "took %[1]d proposed labels away"}, Exclude: {"excluded %[1]d", "included %[1]d again"},
	}[a.Kind]
	format := said[0]
	if a.Remove {
		format = said[1]
	}
	value := a.Value
	if r := []rune(value); len(r) > 60 {
		value = string(r[:59]) + "…"
	}
	if !strings.Contains(format, "%[2]s") {
		return fmt.Sprintf(format, a.Changed)
	}
	return fmt.Sprintf(format, a.Changed, value)
}
