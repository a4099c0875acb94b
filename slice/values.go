package slice

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// namePrefix says that a name follows, whatever it looks like.
const namePrefix = "name:"

var (
	wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)
	number      = `[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?`
	oneNumber   = regexp.MustCompile(`^` + number + `$`)
	bounds      = regexp.MustCompile(`^(` + number + `)?-(` + number + `)?$`)
)

// value reads one class or word of a list.
func (k Kind) value(name, text string, none bool) (Value, error) {
	word, err := unescape(name, text)
	if err != nil {
		return Value{}, err
	}
	if k == Classes {
		return classValue(name, word, none)
	}
	if word == "" {
		return Value{}, mistake(name, "has an empty value in its list")
	}
	return Named(word), nil
}

// classValue tells an index from a name.
func classValue(name, word string, none bool) (Value, error) {
	if class, named := strings.CutPrefix(word, namePrefix); named {
		return Named(class), nil
	}
	if word == "" {
		return Value{}, mistake(name, "has an empty value in its list: the class without a name is written %s", namePrefix)
	}
	if !wholeNumber.MatchString(word) {
		return Named(word), nil
	}
	index, err := strconv.ParseInt(word, 10, 32)
	least := int64(0)
	if none {
		least = None
	}
	if err != nil || index < least {
		return Value{}, mistake(name, "is %s: a number is the index of a class, from %d; a class with this name is written %s%s", word, least, namePrefix, word)
	}
	return Class(int(index)), nil
}

// flagValue reads true and false, in all ways that Go knows.
func flagValue(name, text string) ([]Value, error) {
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return nil, mistake(name, "is %q: must be true, false or any", text)
	}
	return []Value{Named(strconv.FormatBool(yes))}, nil
}

// ranges is how bounds are written.
var ranges = map[Kind]string{Range: "0.7- (at least), -0.7 (under) or 0.5-0.7", Whole: "5, 5- (at least), -5 (at most) or 2-5"}

// readNumbers reads a level, or bounds: 0.7-, -0.7, 0.5-0.7; of whole numbers also
// one that is both.
func (t *Term) readNumbers(name, text string) error {
	text, err := unescape(name, text)
	if err != nil {
		return err
	}
	if t.Field.Kind == Level {
		t.Low, err = t.number(name, text)
		if err == nil && !(*t.Low >= 0 && *t.Low <= 1) {
			return mistake(name, "is %s: must be a number from 0 to 1", text)
		}
		return err
	}
	if t.Field.Kind == Whole && wholeNumber.MatchString(text) && text[0] != '-' {
		text += "-" + text
	}
	found := bounds.FindStringSubmatch(text)
	if found == nil || found[1] == "" && found[2] == "" {
		return mistake(name, "is %q: a range is written %s", text, ranges[t.Field.Kind])
	}
	if t.Low, err = t.number(name, found[1]); err != nil {
		return err
	}
	t.High, err = t.number(name, found[2])
	return err
}

// number reads a number; "" is none.
func (t *Term) number(name, text string) (*float64, error) {
	if text == "" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !oneNumber.MatchString(text) {
		return nil, mistake(name, "is %q: must be a number", text)
	}
	if t.Field.Kind == Whole && v != math.Trunc(v) {
		return nil, mistake(name, "is %q: must be a whole number", text)
	}
	v += 0 // −0 is 0
	return &v, nil
}

// formerTerms makes conditions of parameters with former names: bounds that stand
// by themselves, and the class that min_score speaks of.
func (l Language) formerTerms(old map[string]string) ([]Term, error) {
	var terms []Term
	for _, f := range l {
		low, high, of := old[f.OldLow], old[f.OldHigh], old[f.OldOf]
		if low == "" && high == "" {
			continue
		}
		t := Term{Field: f}
		if f.OldOf != "" {
			if of == "" {
				return nil, mistake(f.OldLow+" and "+f.OldHigh, "need %s: whose %s to compare", f.OldOf, f.Name)
			}
			arg, err := f.Of[0].Kind.value(f.OldOf, of, false)
			if err != nil {
				return nil, err
			}
			t.Of = []Value{arg}
		}
		var err error
		if t.Low, err = t.former(f.OldLow, low); err != nil {
			return nil, err
		}
		if t.High, err = t.former(f.OldHigh, high); err != nil {
			return nil, err
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// former reads a bound that stands by itself.
func (t *Term) former(name, text string) (*float64, error) {
	text, err := unescape(name, text)
	if err != nil {
		return nil, err
	}
	return t.number(name, text)
}
