package slice

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Mistake is an error of a text: the parameter and what is wrong with it.
type Mistake struct {
	Name    string // as written: label, score(cake)
	Message string
}

func (m *Mistake) Error() string { return m.Name + " " + m.Message }

func mistake(name, format string, args ...any) *Mistake {
	return &Mistake{name, fmt.Sprintf(format, args...)}
}

// escape writes a name or word so that no sign of the language is left in it.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// plain tells which bytes stand for themselves.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~/:", c) >= 0
}

// unescape reads what escape, a browser or a form wrote: + is a space.
func unescape(name, text string) (string, error) {
	read, err := url.QueryUnescape(text)
	if err != nil {
		return "", mistake(name, "has a %% that is none of %%00 to %%FF in %q: a percent sign itself is written %%25", text)
	}
	if !utf8.ValidString(read) {
		return "", mistake(name, "is not UTF-8 in %q", text)
	}
	return read, nil
}
