package slice

import (
	"slices"
	"strings"
)

// Parse reads a text in the language of samples.
func Parse(text string) (Slice, error) { return Samples.Parse(text) }

// MustParse is Parse of a text that is known to be right.
func MustParse(text string) Slice {
	s, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return s
}

// Parse reads a text: name=value&name=value. An empty value, any for a flag and
// a level of 0 restrict nothing. Errors are *Mistake.
func (l Language) Parse(text string) (Slice, error) { return l.Query(text) }

// Query reads the query of an address, in which besides the criteria others, with
// the given names, may stand.
func (l Language) Query(query string, others ...string) (Slice, error) {
	var terms []Term
	old := map[string]string{}
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := openName(name)
		switch {
		case err != nil:
			return Slice{}, err
		case l.restrictsNothing(name, value), slices.Contains(others, name):
			continue
		case l.byOldName(name) != nil:
			if _, twice := old[name]; twice {
				return Slice{}, mistake(name, "is given twice")
			}
			old[name] = value
			continue
		}
		t, err := l.term(name, value)
		if err != nil {
			return Slice{}, err
		}
		if t.Field.Kind != Level || *t.Low != 0 {
			terms = append(terms, t)
		}
	}
	former, err := l.formerTerms(old)
	if err != nil {
		return Slice{}, err
	}
	return arrange(append(terms, former...))
}

// openName decodes a name that a program encoded as a whole, score%283%29; one with
// a parenthesis is left alone, since its arguments are encoded one by one.
func openName(name string) (string, error) {
	if strings.Contains(name, "(") {
		return name, nil
	}
	return unescape(name, name)
}

// restrictsNothing tells whether a parameter may be left out: an empty one, or a
// flag that is any.
func (l Language) restrictsNothing(name, value string) bool {
	if name == "" || l.byOldName(name) != nil {
		return value == ""
	}
	word, _, _ := strings.Cut(name, "(")
	f := l.find(word)
	return f != nil && (value == "" || f.Kind == Flag && value == "any")
}

// byOldName finds the criterion that a former parameter belongs to.
func (l Language) byOldName(name string) *Field {
	for _, f := range l {
		if slices.Contains(f.Old(), name) {
			return f
		}
	}
	return nil
}

// term reads one condition.
func (l Language) term(name, value string) (Term, error) {
	word, args, called := strings.Cut(name, "(")
	f := l.find(word)
	if name == "" {
		return Term{}, mistake("="+value, "has no name before it")
	}
	if f == nil || called && !strings.HasSuffix(args, ")") {
		return Term{}, mistake(name, "is no criterion: there are %s", l.patterns())
	}
	t := Term{Field: f}
	var err error
	if t.Of, err = f.arguments(name, strings.TrimSuffix(args, ")"), called); err != nil {
		return t, err
	}
	value, t.Not = strings.CutPrefix(value, "!")
	if t.Not && (f.Kind == Flag || f.Kind == Level || f.Changes) {
		return t, mistake(name, "cannot be turned round with !")
	}
	return t, t.read(name, value)
}

// arguments reads what stands in the parentheses.
func (f *Field) arguments(name, text string, called bool) ([]Value, error) {
	var list []Value
	if called {
		for part := range strings.SplitSeq(text, ",") {
			arg := f.Of[min(len(list), max(0, len(f.Of)-1)):]
			if len(arg) == 0 {
				return nil, mistake(name, "takes nothing in parentheses: write %s=…", f.Name)
			}
			v, err := arg[0].Kind.value(name, part, false)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
	}
	if len(list) > len(f.Of) || len(list) < len(f.Of)-f.Omit {
		return nil, mistake(name, "must be written %s=…", f.Pattern())
	}
	return list, nil
}

// read reads the value by the criterion's kind.
func (t *Term) read(name, text string) (err error) {
	switch t.Field.Kind {
	case Classes, Words:
		for part := range strings.SplitSeq(text, ",") {
			v, err := t.Field.Kind.value(name, part, t.Field.None)
			if err != nil {
				return err
			}
			if t.Field.Among != nil && !slices.Contains(t.Field.Among, v.Name) {
				return mistake(name, "is %s: there are %s", v.Name, strings.Join(t.Field.Among, ", "))
			}
			t.Values = append(t.Values, v)
		}
		t.Values = values(t.Values)
	case Text:
		word, err := unescape(name, text)
		if err != nil {
			return err
		}
		if word == "" {
			return mistake(name, "has nothing after !")
		}
		t.Values = []Value{Named(word)}
	case Flag:
		t.Values, err = flagValue(name, text)
	default:
		err = t.readNumbers(name, text)
	}
	return err
}
