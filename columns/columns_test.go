package columns_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/columns"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

const evaluation = "synthetic~random"

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filled has 60 samples, and columns in which every fifth value is empty.
func filled(t *testing.T) (*stores.Stores, []results.Item, []dataset.Column) {
	t.Helper()
	s, err := stores.Open(ctx, t.TempDir(), workspace.Options{})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	_, err = synthetic.Fill(ctx, s, synthetic.Size{Samples: 60, Classes: 3}, nil)
	must(t, err)
	_, items, err := s.Results.Samples(ctx, evaluation, slice.Slice{}, results.ByPath, 0, 100)
	must(t, err)
	list := columnsOf(items)
	must(t, s.Columns.Put(ctx, "synthetic", list))
	return s, items, list
}

func columnsOf(items []results.Item) []dataset.Column {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"rain", "Rain", "snow", "empty", "~x", "1..2", "text:y", "it's, 5 % & more"}
	draw := map[string]func() string{
		dataset.Bool:   func() string { return strconv.FormatBool(r.IntN(2) == 0) },
		dataset.Int:    func() string { return strconv.Itoa(r.IntN(40) - 20) },
		dataset.Double: func() string { return strconv.FormatFloat(float64(r.IntN(9))/4, 'g', -1, 64) },
		dataset.Date: func() string {
			return time.Date(2024, 1, 1+r.IntN(40), r.IntN(3), 0, 0, 0, time.UTC).Format(dataset.TimeLayout)
		},
		dataset.PlainText: func() string { return texts[r.IntN(len(texts))] },
	}
	var list []dataset.Column
	for _, kind := range dataset.ColumnKinds {
		c := dataset.Column{Name: "a " + kind, Kind: kind, Source: "x.csv", Values: map[string]string{}}
		for i, it := range items {
			if i%5 > 0 {
				c.Values[it.Path] = draw[kind]()
			}
		}
		list = append(list, c)
	}
	return list
}

// meets says by hand whether a value, "" for none, meets a word.
func meets(kind, value, word string) bool {
	plain, said := strings.CutPrefix(word, "text:")
	low, high, ranged := strings.Cut(word, "..")
	switch {
	case word == "empty":
		return value == ""
	case value == "":
		return false
	case kind == dataset.PlainText && said:
		return value == plain
	case kind == dataset.PlainText && word[0] == '~':
		return strings.Contains(strings.ToLower(value), strings.ToLower(word[1:]))
	case kind == dataset.PlainText || kind == dataset.Bool:
		return value == word
	}
	number := func(text string) float64 {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
		for _, layout := range []string{dataset.TimeLayout, time.DateOnly} {
			if at, err := time.Parse(layout, text); err == nil {
				return float64(at.Unix())
			}
		}
		panic(text)
	}
	v := number(value)
	if ranged {
		return (low == "" || v >= number(low)) && (high == "" || v < number(high))
	}
	if _, err := time.Parse(time.DateOnly, word); err == nil {
		return v >= number(word) && v < number(word)+24*3600
	}
	return v == number(word)
}

// Every operator on every kind selects what a plain loop selects, also turned round.
func TestCriterion(t *testing.T) {
	s, items, list := filled(t)
	words := map[string][]string{
		dataset.Bool: {"true", "false", "empty"}, dataset.Int: {"5", "-3..8", "2.5..", "..0", "empty", "7.5"}, dataset.Double: {"0.25", "0.5..1.25", "1..", "empty"},
		dataset.Date:      {"2024-01-05", "2024-01-05..2024-01-09", "2024-01-20 01:00:00..", "..2024-01-03", "empty", "2024-01-07 01:00:00"},
		dataset.PlainText: {"rain", "~RAIN", "empty", "text:empty", "text:~x", "text:1..2", "text:text:y", "it's, 5 % & more", "~5 %"},
	}
	for _, c := range list {
		for i, word := range words[c.Kind] {
			other := words[c.Kind][(i+1)%len(words[c.Kind])]
			for _, not := range []string{"", "!"} {
				named := slice.EqualOf("column", []slice.Value{slice.Named(c.Name)}, slice.Named(word), slice.Named(other)).String()
				text := strings.Replace(named, "=", "="+not, 1)
				want := 0
				for _, it := range items {
					if v := c.Values[it.Path]; (meets(c.Kind, v, word) || meets(c.Kind, v, other)) == (not == "") {
						want++
					}
				}
				n, _, err := s.Results.Samples(ctx, evaluation, slice.MustParse(text), "", 0, 1)
				if err != nil || n != want {
					t.Errorf("%s selects %d, the loop %d: %v", text, n, want, err)
				}
			}
		}
	}
	for text, want := range map[string]string{
		"column(colour)=red": "no such column; it has a bool, a int", "column(a%20int)=five": `is "five": this is a column of kind int`, "column(a%20int)=~5": "only texts contain",
		"column(a%20text)=a..b": "written text:a..b", "column(a%20date)=..": "needs a bound", "column(a%20bool)=1..": "ranges are of numbers and dates",
	} {
		var m *slice.Mistake
		if _, _, err := s.Results.Samples(ctx, evaluation, slice.MustParse(text), "", 0, 1); !errors.As(err, &m) || !strings.Contains(m.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Groups share no sample, leave none out, count as a loop does, and their word selects them.
func TestGroups(t *testing.T) {
	s, items, list := filled(t)
	of := slice.MustParse("threshold=0.6")
	for _, c := range list {
		g, err := s.Columns.GroupBy(ctx, evaluation, of, c.Name, 100)
		must(t, err)
		sum := 0
		for _, group := range g.Groups {
			sum += group.Samples
			var want results.Tally
			for _, it := range items {
				if meets(c.Kind, c.Values[it.Path], group.Word) {
					want.Samples++
					if it.Label >= 0 {
						want.Labelled++
					}
					if it.Confidence < 0.6 && it.Label >= 0 {
						want.Undecided++
					} else if it.Label == it.Predicted {
						want.Correct++
					}
				}
			}
			selected, err := of.And(slice.EqualOf("column", []slice.Value{slice.Named(c.Name)}, slice.Named(group.Word)))
			must(t, err)
			n, _, err := s.Results.Samples(ctx, evaluation, selected, "", 0, 1)
			if err != nil || n != group.Samples || group.Tally != want {
				t.Errorf("%s %s: %+v, the loop %+v, selects %d (%v)", c.Name, group.Word, group.Tally, want, n, err)
			}
		}
		if sum != len(items) || len(g.Groups) < 3 || g.Left != 0 {
			t.Errorf("%s: %d groups of %d samples: %+v", c.Name, len(g.Groups), sum, g.Groups)
		}
	}
	g, err := s.Columns.GroupBy(ctx, evaluation, of, "a text", 3)
	if err != nil || len(g.Groups) != 3 || g.Left != 6 || g.Groups[2].Word != columns.Empty {
		t.Errorf("the first three: %+v, %v", g, err)
	}
}

// Another import adds, changes and empties; none leaves them; they go with the dataset.
func TestImportedAgain(t *testing.T) {
	s, items, _ := filled(t)
	must(t, s.Columns.Put(ctx, "synthetic", nil))
	if list, err := s.Columns.List(ctx, "synthetic"); err != nil || len(list) != 5 || list[1].Samples != 48 {
		t.Errorf("%+v, %v", list, err)
	}
	must(t, s.Columns.Put(ctx, "synthetic", []dataset.Column{{Name: "lux", Kind: dataset.Int, Source: "y.csv", Values: map[string]string{items[0].Path: "7", "not there": "8"}}}))
	list, err := s.Columns.List(ctx, "synthetic")
	if err != nil || fmt.Sprint(list) != "[{lux int y.csv 1 1 0}]" {
		t.Errorf("%v, %v", list, err)
	}
	_, err = s.Remove(ctx, stores.Dataset, "synthetic")
	must(t, err)
	if left, err := workspace.QueryAll[string](ctx, s.Workspace, `SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'column_values%'`); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
