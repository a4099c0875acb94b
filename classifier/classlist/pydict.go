package classlist

import (
	"fmt"
	"strconv"
	"strings"
)

// Python reads the literal of a list of names or of a dictionary from index to name,
// as str() writes them: ['name', …] or {0: 'name', 1: "other", …}.
func Python(text string) ([]string, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		return parsePythonList(text)
	}
	entries, err := parsePythonDict(text)
	if err != nil {
		return nil, err
	}
	return ByIndex(entries)
}

// parsePythonList reads a list of names or numbers, as text.
func parsePythonList(text string) ([]string, error) {
	var names []string
	err := parsePython(text, "[", "]", func(p *pyParser) error {
		name, err := p.value()
		names = append(names, name)
		return err
	})
	return names, err
}

// parsePythonDict reads a dictionary. Keys are returned as their digits.
func parsePythonDict(text string) (map[string]any, error) {
	entries := map[string]any{}
	err := parsePython(text, "{", "}", func(p *pyParser) error {
		key, err := p.value()
		if err == nil && !p.take(":") {
			err = fmt.Errorf("want a colon before %.20q", p.rest)
		}
		if err != nil {
			return err
		}
		entries[key], err = p.value()
		return err
	})
	return entries, err
}

// parsePython reads entries divided by commas between two brackets.
func parsePython(text, open, end string, entry func(*pyParser) error) error {
	p := &pyParser{rest: strings.TrimSpace(text)}
	if !p.take(open) {
		return fmt.Errorf("want a list or a dictionary, have %.40q", text)
	}
	for !p.take(end) {
		if err := entry(p); err != nil {
			return err
		}
		if !p.take(",") && !strings.HasPrefix(p.rest, end) {
			return fmt.Errorf("want a comma or the end before %.20q", p.rest)
		}
	}
	return nil
}

type pyParser struct{ rest string }

// take removes token from the front, and reports whether it was there.
func (p *pyParser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = strings.TrimLeft(rest, " \t\r\n")
	}
	return ok
}

// value reads a quoted string or a number, as text.
func (p *pyParser) value() (string, error) {
	if p.rest == "" {
		return "", fmt.Errorf("it ends in the middle")
	}
	if quote := p.rest[0]; quote == '\'' || quote == '"' {
		return p.quoted(quote)
	}
	end := strings.IndexAny(p.rest, ":,}] ")
	if end < 1 {
		return "", fmt.Errorf("want a name before %.20q", p.rest)
	}
	text := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end:], " \t\r\n")
	return text, nil
}

func (p *pyParser) quoted(quote byte) (string, error) {
	var out strings.Builder
	s := p.rest[1:]
	for s != "" {
		if s[0] == quote {
			p.rest = strings.TrimLeft(s[1:], " \t\r\n")
			return out.String(), nil
		}
		r, _, tail, err := strconv.UnquoteChar(s, quote)
		if err != nil {
			return "", fmt.Errorf("string %.20q: %w", s, err)
		}
		out.WriteRune(r)
		s = tail
	}
	return "", fmt.Errorf("a string is not closed")
}
