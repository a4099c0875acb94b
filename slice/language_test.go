package slice_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

// row is a sample in the tables of testdata. Scores are what is stored, float32.
type row struct {
	name, split, path string
	label             int
	scores            []float32
	maps              []storedMap
	tags              []string
}

// predicted is the first class with the largest score.
func (r row) predicted() (class int, confidence float32) {
	for c, v := range r.scores {
		if v > r.scores[class] {
			class = c
		}
	}
	return class, r.scores[class]
}

// rank counts the classes that stand before the label's, those with larger scores,
// and of equal ones those that come later; nil without a label.
func (r row) rank() any {
	if r.label < 0 {
		return nil
	}
	rank := 0
	for c, v := range r.scores {
		if v > r.scores[r.label] || v == r.scores[r.label] && c > r.label {
			rank++
		}
	}
	return rank
}

// command is one line of a test file that is not indented, and the lines under it.
type command struct {
	place      string // file:line
	verb, text string
	lines      []string
}

// commands reads a test file: a verb and a text, what is expected of it indented
// under it, comments after #.
func commands(t *testing.T, path string) (list []command) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(content), "\n") {
		indented := strings.HasPrefix(line, " ")
		switch line = strings.TrimSpace(line); {
		case line == "" || strings.HasPrefix(line, "#"):
		case indented:
			last := &list[len(list)-1]
			last.lines = append(last.lines, line)
		default:
			verb, text, _ := strings.Cut(line, " ")
			list = append(list, command{place: fmt.Sprintf("%s:%d", filepath.Base(path), i+1), verb: verb, text: text})
		}
	}
	return list
}

// readRow reads "name split label score… path".
func readRow(t *testing.T, line string, classes []string) row {
	t.Helper()
	words := strings.Fields(line)
	r := row{name: words[0], split: strings.Trim(words[1], "-"), label: slices.Index(classes, words[2])}
	if r.label < 0 && words[2] != "-" {
		t.Fatalf("%q: %s is none of the classes", line, words[2])
	}
	for _, word := range words[3 : 3+len(classes)] {
		v, err := strconv.ParseFloat(word, 32)
		if err != nil {
			t.Fatal(err)
		}
		r.scores = append(r.scores, float32(v))
	}
	r.path = strings.Join(words[3+len(classes):], " ")
	return r
}

// TestLanguage runs testdata. The rows that eval expects are compared with a plain
// loop over the table and with what DuckDB selects.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatalf("test files: %v, %v", files, err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := &session{}
			for _, c := range commands(t, path) {
				if !s.prepare(t, c) {
					t.Run(c.place, func(t *testing.T) { s.run(t, c) })
				}
			}
		})
	}
}

// session is the state of a test file.
type session struct {
	classes []string
	rows    []row
	store   *store
}

// prepare runs the commands that others rest on.
func (s *session) prepare(t *testing.T, c command) bool {
	t.Helper()
	switch c.verb {
	case "classes":
		s.classes = strings.Split(c.text, ", ")
	case "load":
		for _, line := range c.lines {
			s.rows = append(s.rows, readRow(t, line, s.classes))
		}
		s.store = newStore(t, s.rows)
	case "maps":
		readMaps(t, c.lines, s.rows)
		s.store.putMaps(t, s.rows)
	case "tags":
		readTags(c.lines, s.rows)
		s.store.putTags(t, s.rows)
	default:
		return false
	}
	return true
}

func (s *session) run(t *testing.T, c command) {
	want := strings.Join(c.lines, "\n")
	switch c.verb {
	case "eval":
		s.eval(t, c.text, want)
	case "fail":
		x, err := slice.Parse(c.text)
		if err == nil && s.classes != nil {
			_, err = x.Resolve(s.classes)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", c.text, err, want)
		}
	case "same":
		x := parse(t, c.text)
		if got := x.String(); got != strings.Replace(want, "(empty)", "", 1) {
			t.Errorf("%s is written %s, want %s", c.text, got, want)
		}
		checkRound(t, x)
	case "say":
		if got := parse(t, c.text).Sentence(s.classes); got != want {
			t.Errorf("%s is said %q, want %q", c.text, got, want)
		}
	default:
		t.Fatalf("%s: unknown command %s", c.place, c.verb)
	}
}

// eval compares the expected rows with a plain loop and with DuckDB.
func (s *session) eval(t *testing.T, text, want string) {
	x, err := parse(t, text).Resolve(s.classes)
	if err != nil {
		t.Fatal(err)
	}
	checkRound(t, x)
	want = strings.TrimPrefix(want, "nothing")
	if got := strings.Join(loop(s.rows, x), " "); got != want {
		t.Errorf("%s: the loop selects %s, want %s", text, got, want)
	}
	if got := strings.Join(s.store.names(t, x), " "); got != want {
		t.Errorf("%s: DuckDB selects %s, want %s", text, got, want)
	}
}

func parse(t *testing.T, text string) slice.Slice {
	t.Helper()
	s, err := slice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// loop names the rows that a slice selects, by the documentation.
func loop(rows []row, s slice.Slice) (names []string) {
	for _, r := range rows {
		if keeps(rows, r, s) {
			names = append(names, r.name)
		}
	}
	return names
}

// keeps says whether a slice with resolved classes selects a row.
func keeps(rows []row, r row, s slice.Slice) bool {
	for _, t := range s.Terms() {
		if t.Field.Kind != slice.Level && meets(rows, r, t, s.Threshold()) == t.Not {
			return false
		}
	}
	return true
}

func meets(rows []row, r row, t slice.Term, threshold float64) bool {
	class, confidence := r.predicted()
	word := func(text string) bool { return slices.Contains(t.Values, slice.Named(text)) }
	switch t.Field.Name {
	case "label":
		return slices.Contains(t.Values, slice.Class(r.label))
	case "predicted":
		if float64(confidence) < threshold {
			class = slice.None
		}
		return slices.Contains(t.Values, slice.Class(class))
	case "correct":
		return r.label >= 0 && float64(confidence) >= threshold && word(strconv.FormatBool(class == r.label))
	case "confidence":
		return within(float64(confidence), t)
	case "rank":
		rank, labelled := r.rank().(int)
		return labelled && within(float64(rank+1), t)
	case "score":
		return within(float64(r.scores[t.Of[0].Index]), t)
	case "q":
		return strings.Contains(strings.ToLower(r.path), strings.ToLower(t.Values[0].Name))
	case "split":
		return word(r.split)
	case "share", "hottest", "verdict":
		return mapMeets(rows, r, t)
	case "tag":
		return tagMeets(r, t)
	case "saved", "sel":
		return slices.ContainsFunc(t.Values, func(v slice.Value) bool { return slices.Contains(r.tags, "@"+v.Name) })
	case "marked":
		return slices.ContainsFunc(t.Values, func(v slice.Value) bool { return slices.Contains(r.tags, "*"+v.Name) })
	case "without":
		return !slices.Contains(r.tags, "*excluded")
	case "column":
		return columnMeets(r, t)
	case "labels":
		return true
	}
	panic("the loop does not know " + t.Field.Name)
}

// within tells whether a value lies in bounds.
func within(v float64, t slice.Term) bool {
	low, high := math.Inf(-1), math.Inf(1)
	if t.Low != nil {
		low = *t.Low
	}
	if t.High != nil {
		high = *t.High
	}
	return v >= low && (v < high || v == high && high >= 1)
}
