package main

import (
	"bytes"
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/server/api"
)

func TestParseTakesFlagsAnywhere(t *testing.T) {
	tests := []struct {
		args, want string
		n          int
	}{
		{"a b", "a b", 0},
		{"--n 3 a b", "a b", 3},
		{"a --n 3 b", "a b", 3},
		{"a b --n=3", "a b", 3},
		{"a -- --n b", "a --n b", 0},
		{"-- a", "a", 0},
		{"", "", 0},
	}
	for _, test := range tests {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		n := flags.Int("n", 0, "")
		got, err := parse(flags, strings.Fields(test.args))
		if err != nil || strings.Join(got, " ") != test.want || *n != test.n {
			t.Errorf("parse(%q) = %q, n=%d, %v; want %q, n=%d", test.args, got, *n, err, test.want, test.n)
		}
	}
}

func TestChoose(t *testing.T) {
	for line, want := range map[string]string{"model add x.onnx": "model add", "serve --json": "serve", "help evaluate": "evaluate"} {
		v, _, err := choose(strings.Fields(line))
		if err != nil || v.name != want {
			t.Errorf("choose(%q) = %v, %v", line, v, err)
		}
	}
	if _, _, err := choose([]string{"model"}); err == nil || !strings.Contains(err.Error(), "add, list, show") {
		t.Errorf("choose(model) = %v", err)
	}
	if _, _, err := choose([]string{"frobnicate"}); err == nil || !strings.Contains(err.Error(), "frobnicate") {
		t.Errorf("choose(frobnicate) = %v", err)
	}
}

// Every verb explains itself, and the manual of the command names it.
func TestEveryVerbHasHelp(t *testing.T) {
	for _, v := range verbs() {
		var out bytes.Buffer
		if code := run(append(strings.Fields(v.name), "--help"), &out, io.Discard); code != 0 {
			t.Errorf("%s --help exits with %d", v.name, code)
		}
		for _, want := range []string{v.summary, "--workspace DIR", "--json"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s --help lacks %q", v.name, want)
			}
		}
	}
}

func TestProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out)
	p.now, p.printed = func() time.Time { return now }, now
	for i := range 100 { // 20 seconds of five updates each
		now = time.Unix(0, 0).Add(time.Duration(i) * 200 * time.Millisecond)
		p.update(api.Job{Title: "evaluate", Items: 100, Done: i, Rate: 5})
	}
	if lines := strings.Count(out.String(), "\n"); lines != 3 || strings.Contains(out.String(), "\r") {
		t.Errorf("20 seconds gave %d lines, want 3:\n%s", lines, out.String())
	}
}

func TestProgressOnTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.terminal, p.width = true, func() int { return 60 }
	p.update(api.Job{Title: "evaluate a long name", Items: 200, Done: 50, Rate: 12.5, ETASeconds: 12})
	got := out.String()
	if !strings.HasPrefix(got, "\r\x1b[K") || strings.Contains(got, "\n") {
		t.Errorf("not redrawn in place: %q", got)
	}
	if want := "evaluate a long…  █████░░░░░░░░░░░░░░░  50/200  12.5/s  ET…"; got[4:] != want {
		t.Errorf("drew %q, want %q", got[4:], want)
	}
	out.Reset()
	p.width = func() int { return 70 }
	p.update(api.Job{Title: "evaluate a rather long name", Items: 200, Done: 50, Rate: 12.5, ETASeconds: 12})
	if want := "evaluate a rather lo…  █████░░░░░░░░░░░░░░░  50/200  12.5/s  ETA 12 s"; out.String()[4:] != want {
		t.Errorf("drew %q, want %q", out.String()[4:], want)
	}
}

func TestTableAligns(t *testing.T) {
	var out bytes.Buffer
	tab := newTable("name", "\tcount")
	tab.row("é", 5)
	tab.row("longer", 1234)
	tab.write(&out)
	want := "name    count\né           5\nlonger   1234\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestClassIndex(t *testing.T) {
	e := api.Evaluation{Classes: []string{"crane", "cake", "Ice_Cream", "crane", "0"}}
	index := func(i int) *int { return &i }
	tests := []struct {
		name, message string
		want          *int
	}{
		{name: "cake", want: index(1)},
		{name: "ice cream", want: index(2)},
		{name: "0", want: index(4)},
		{name: ""},
		{name: "crane", message: "2 classes"},
		{name: "tart", message: "no such class; it has crane, cake"},
	}
	for _, test := range tests {
		got, err := classIndex(e, "--label", test.name)
		if !reflect.DeepEqual(got, test.want) || (err == nil) != (test.message == "") || err != nil && !strings.Contains(err.Error(), test.message) {
			t.Errorf("classIndex(%q) = %v, %v", test.name, got, err)
		}
	}
}

func TestBriefKeepsShortNamesAndCutsLongOnesAtACharacter(t *testing.T) {
	for name, want := range map[string]string{
		"cake":                  "cake",
		strings.Repeat("é", 36): strings.Repeat("é", 36),
		strings.Repeat("é", 37): strings.Repeat("é", 35) + "…",
	} {
		if got := brief(name); got != want {
			t.Errorf("brief(%q) = %q, want %q", name, got, want)
		}
	}
}
