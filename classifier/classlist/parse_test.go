package classlist

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"
)

func TestParseClasses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // nil: an error
	}{
		"lines":          {"a\nb b\n", []string{"a", "b b"}},
		"Windows":        {"\ufeffa\r\n b \r\n\r\n", []string{"a", "b"}},
		"list":           {` ["a", "b"]`, []string{"a", "b"}},
		"index to name":  {`{"1": "b", "0": "a"}`, []string{"a", "b"}},
		"name to index":  {`{"b": 1, "a": 0}`, []string{"a", "b"}},
		"Keras":          {`{"0": ["n01", "a"], "1": ["n02", "b"]}`, []string{"a", "b"}},
		"empty":          {" \n", nil},
		"gap":            {`{"0": "a", "2": "b"}`, nil},
		"twice":          {`{"a": 0, "b": 0}`, nil},
		"numbers":        {`[1, 2]`, nil},
		"damaged":        {`["a"`, nil},
		"negative":       {`{"a": -1}`, nil},
		"fractional":     {`{"a": 0, "b": 1.5, "c": 2}`, nil},
		"nothing inside": {`{"0": []}`, nil},
	} {
		got, err := Parse([]byte(c.text))
		if (err == nil) != (c.want != nil) || err == nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestParsePythonDict(t *testing.T) {
	for text, want := range map[string]map[string]any{
		`{0: 'a', 1: "it's"}`:       {"0": "a", "1": "it's"},
		` { 0 : 'a' , } `:           {"0": "a"},
		`{0: 'it\'s \u00e9 \\ \n'}`: {"0": "it's é \\ \n"},
		`{'0': 'a'}`:                {"0": "a"},
		`{}`:                        {},
		`{0: 'a'`:                   nil,
		`{0 'a'}`:                   nil,
		`{0: 'a' 1: 'b'}`:           nil,
		`{0: 'a}`:                   nil,
		`['a']`:                     nil,
		`{0: '\q'}`:                 nil,
		`{:}`:                       nil,
	} {
		got, err := parsePythonDict(text)
		if (err == nil) != (want != nil) || err == nil && !maps.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

// FuzzParseNames checks that what is read can be written and read again.
func FuzzParseNames(f *testing.F) {
	f.Add(`{0: 'a', 1: "it's"}`)
	f.Add("a\nb")
	f.Add(`{"b": 1, "a": 0}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // %q writes bytes that are no text as Python would not
		}
		if names, err := Parse([]byte(text)); err == nil && slices.Contains(names, "") && text[0] != '[' {
			t.Errorf("an empty name in %q", names)
		}
		entries, err := parsePythonDict(text)
		if err != nil {
			return
		}
		again := "{"
		for key, name := range entries {
			again += fmt.Sprintf("%q: %q, ", key, name)
		}
		if back, err := parsePythonDict(again + "}"); err != nil || !maps.Equal(back, entries) {
			t.Errorf("%q: %v, was %v (%v)", again, back, entries, err)
		}
	})
}
