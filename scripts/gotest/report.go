package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sightline/sightline/internal/testdata"
)

// event is one line of go test -json (see `go doc test2json`); build output has
// ImportPath instead of Package.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64 // seconds
}

// A report keeps what tests say until it is known whether they fail.
type report struct {
	out     io.Writer
	said    map[string][]string // output lines by package and test
	skipped map[string]int      // tests by reason
	looking map[string]bool     // package and name of the tests that looked for the test material
	times   []timed
}

type timed struct {
	name    string
	seconds float64
}

func newReport(out io.Writer) *report {
	return &report{out: out, said: map[string][]string{}, skipped: map[string]int{}, looking: map[string]bool{}}
}

// read takes events until the end. Lines that are none (go's own messages) are printed.
func (r *report) read(events io.Reader) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(r.out, "%s", line)
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		if e.Test == "" {
			r.packageLine(e.Output)
		} else {
			r.said[key] = append(r.said[key], e.Output)
			r.look(e)
		}
	case "skip", "pass", "fail":
		if e.Test == "" {
			r.endPackage(e)
			return
		}
		r.end(e, r.said[key])
		delete(r.said, key)
	}
}

// look notes a test, by its name without those of subtests, that looks for the test material.
func (r *report) look(e event) {
	if strings.Contains(e.Output, testdata.Looks) {
		name, _, _ := strings.Cut(e.Test, "/")
		r.looking[e.Package+" "+name] = true
	}
}

// lookingLines lists the tests that looked for the test material, a line each.
func (r *report) lookingLines() string {
	lines := slices.Sorted(maps.Keys(r.looking))
	return strings.Join(append(lines, ""), "\n")
}

// aside is what go test says of a package that nobody needs to read.
var aside = regexp.MustCompile(`^PASS$|\[no test files\]$`)

// packageLine prints what go test says of a package: its closing line, and
// whatever a program wrote outside of a test.
func (r *report) packageLine(line string) {
	if !aside.MatchString(strings.TrimSuffix(line, "\n")) {
		fmt.Fprint(r.out, line)
	}
}

// endPackage prints what tests said that never ended, of a package that failed:
// a crash or a timeout leaves its trace there.
func (r *report) endPackage(e event) {
	for key, said := range r.said {
		if strings.HasPrefix(key, e.Package+" ") {
			if e.Action == "fail" {
				fmt.Fprint(r.out, strings.Join(said, ""))
			}
			delete(r.said, key)
		}
	}
}

// end files one ended test. A subtest is named by itself; the time of its parent
// includes it, so only top-level tests are timed.
func (r *report) end(e event, said []string) {
	switch e.Action {
	case "fail":
		fmt.Fprint(r.out, strings.Join(said, ""))
	case "skip":
		r.skipped[reason(said)]++
	}
	if !strings.Contains(e.Test, "/") {
		r.times = append(r.times, timed{e.Package + " " + e.Test, e.Elapsed})
	}
}

var position = regexp.MustCompile(`^\s+[\w./-]+\.go:\d+: `)

// reason is the first line a test gave for being skipped, up to the first colon
// or "(": what follows differs from test to test.
func reason(said []string) string {
	for _, line := range said {
		if at := position.FindStringIndex(line); at != nil {
			text := strings.TrimSpace(line[at[1]:])
			if text == testdata.Looks {
				continue
			}
			if end := strings.IndexAny(text, ":;("); end > 0 {
				text = strings.TrimSpace(text[:end])
			}
			return text
		}
	}
	return "no reason given"
}

// skipLine is one sentence about all that was skipped, the most frequent reason first.
func (r *report) skipLine() string {
	total := 0
	var reasons []string
	for reason, count := range r.skipped {
		total += count
		reasons = append(reasons, reason)
	}
	if total == 0 {
		return "Skipped: no Go test."
	}
	slices.SortFunc(reasons, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.skipped[b], r.skipped[a]), cmp.Compare(a, b))
	})
	for i, reason := range reasons {
		reasons[i] = fmt.Sprintf("%d %s", r.skipped[reason], reason)
	}
	return fmt.Sprintf("Skipped: %d Go tests (%s).", total, strings.Join(reasons, "; "))
}

// printSlowest names the tests that took longest.
func (r *report) printSlowest(n int) {
	slices.SortFunc(r.times, func(a, b timed) int { return cmp.Compare(b.seconds, a.seconds) })
	for i, t := range r.times[:min(n, len(r.times))] {
		if i == 0 {
			fmt.Fprintln(r.out, "slowest tests:")
		}
		fmt.Fprintf(r.out, "%8.1f s  %s\n", t.seconds, strings.TrimPrefix(t.name, "github.com/sightline/sightline/"))
	}
}
