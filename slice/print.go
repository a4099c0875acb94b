package slice

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// String is the canonical text: Parse reads it back as the same slice, and equal
// slices have equal texts.
func (s Slice) String() string {
	parts := make([]string, len(s.terms))
	for i, t := range s.terms {
		parts[i] = t.String()
	}
	return strings.Join(parts, "&")
}

// String is the text of one condition.
func (t Term) String() string {
	not := ""
	if t.Not {
		not = "!"
	}
	return t.name() + "=" + not + t.value()
}

// name is the criterion with its arguments.
func (t Term) name() string {
	if len(t.Of) == 0 {
		return t.Field.Name
	}
	list := make([]string, len(t.Of))
	for i, v := range t.Of {
		list[i] = t.Field.Of[i].Kind.print(v)
	}
	return t.Field.Name + "(" + strings.Join(list, ",") + ")"
}

// value is what stands behind the sign of equality.
func (t Term) value() string {
	switch t.Field.Kind {
	case Level:
		return printNumber(t.Low)
	case Whole:
		if t.Low != nil && t.High != nil && *t.Low == *t.High && *t.Low >= 0 {
			return printNumber(t.Low)
		}
		fallthrough
	case Range:
		return printNumber(t.Low) + "-" + printNumber(t.High)
	}
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		list[i] = t.Field.Kind.print(v)
	}
	return strings.Join(list, ",")
}

// print writes a class or a word.
func (k Kind) print(v Value) string {
	if v.Indexed {
		return strconv.Itoa(v.Index)
	}
	if k == Classes && (v.Name == "" || wholeNumber.MatchString(v.Name) || strings.HasPrefix(v.Name, namePrefix)) {
		return namePrefix + escape(v.Name)
	}
	return escape(v.Name)
}

// printNumber writes the shortest decimal number that reads back as v, without an
// exponent.
func printNumber(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// MarshalText writes the canonical text.
func (s Slice) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a text.
func (s *Slice) UnmarshalText(text []byte) (err error) {
	*s, err = Parse(string(text))
	return err
}

// FromObject reads a slice that is stored as an object of parameters, as requests
// and jobs had it before there was a text: {"label": 2, "min_confidence": 0.7}. A
// string is one word, whatever signs are in it; null and "" restrict nothing.
func FromObject(object map[string]any) (Slice, error) {
	var parts []string
	for name, value := range object {
		switch v := value.(type) {
		case nil:
		case string:
			parts = append(parts, escape(name)+"="+escape(v))
		case bool, json.Number:
			parts = append(parts, escape(name)+"="+escape(fmt.Sprint(v)))
		case float64:
			parts = append(parts, escape(name)+"="+printNumber(&v))
		default:
			return Slice{}, mistake(name, "is %v: must be a number, a word, true or false", v)
		}
	}
	return Parse(strings.Join(parts, "&"))
}
