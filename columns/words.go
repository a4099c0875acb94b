package columns

import (
	"fmt"
	"strings"
	"time"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/slice"
)

// Words of the criterion column(NAME).
const (
	Empty    = "empty" // samples without a value
	contains = "~"     // in front: the text contains the rest, in upper or lower case
	between  = ".."    // low..high, low.. and ..high; the upper bound is not included
	plain    = "text:" // in front: the rest, whatever it looks like
)

// word writes a value of a column so that it selects the value.
func (c Column) word(value string) string {
	if c.Kind == dataset.PlainText && (value == Empty || strings.HasPrefix(value, contains) || strings.HasPrefix(value, plain) || strings.Contains(value, between)) {
		return plain + value
	}
	return value
}

// condition is SQL over v for one word.
func (c Column) condition(word string) (string, []any, error) {
	if word == Empty {
		return "v IS NULL", nil, nil
	}
	low, high, ranged := strings.Cut(word, between)
	part, within := strings.CutPrefix(word, contains)
	if value, ok := strings.CutPrefix(word, plain); ok {
		return c.equal(value)
	}
	switch {
	case within && c.Kind != dataset.PlainText:
		return "", nil, c.mistake("is %s: only texts contain something, and this is a column of kind %s", word, c.Kind)
	case within:
		return "contains(lower(v), lower(?))", []any{part}, nil
	case ranged && (c.Kind == dataset.PlainText || c.Kind == dataset.Bool):
		return "", nil, c.mistake("is %s: ranges are of numbers and dates, and this is a column of kind %s; a text with two dots is written %s%s", word, c.Kind, plain, word)
	case ranged:
		return c.between(low, high)
	}
	return c.equal(word)
}

func (c Column) mistake(format string, args ...any) error {
	return &slice.Mistake{Name: "column(" + c.Name + ")", Message: fmt.Sprintf(format, args...)}
}

// value reads a value; a day is all of it.
func (c Column) value(text string) (string, error) {
	kind := c.Kind
	if kind == dataset.Int {
		kind = dataset.Double // bounds may lie between
	}
	written, ok := dataset.ColumnValue(kind, text)
	if !ok {
		return "", c.mistake("is %q: this is a column of kind %s", text, c.Kind)
	}
	return written, nil
}

// cast is a parameter of the type that values are compared in.
func (c Column) cast() string {
	if c.Kind == dataset.Int {
		return "?::DOUBLE"
	}
	return "?::" + sqlTypes[c.Kind]
}

// between is the condition of bounds.
func (c Column) between(low, high string) (string, []any, error) {
	var conditions []string
	var args []any
	for _, bound := range []struct{ text, op string }{{low, "v >= "}, {high, "v < "}} {
		if bound.text == "" {
			continue
		}
		value, err := c.value(bound.text)
		if err != nil {
			return "", nil, err
		}
		conditions, args = append(conditions, bound.op+c.cast()), append(args, value)
	}
	if len(conditions) == 0 {
		return "", nil, c.mistake("is %s: a range needs a bound, as in 18.., ..18 or 18..65", between)
	}
	return "(" + strings.Join(conditions, " AND ") + ")", args, nil
}

// equal is the condition of one value; a date without a time is the whole day.
func (c Column) equal(text string) (string, []any, error) {
	value, err := c.value(text)
	if err != nil {
		return "", nil, err
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil && c.Kind == dataset.Date {
		return "(v >= ?::TIMESTAMP AND v < ?::TIMESTAMP + INTERVAL 1 DAY)", []any{value, value}, nil
	}
	if c.Kind == dataset.Int {
		if whole, ok := dataset.ColumnValue(dataset.Int, text); ok {
			return "v = ?::BIGINT", []any{whole}, nil
		}
	}
	return "v = " + c.cast(), []any{value}, nil
}
