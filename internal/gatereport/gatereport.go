// Package gatereport writes what became of rules: for people, for continuous integration.
package gatereport

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/sightline/sightline/internal/markdown"
	"github.com/sightline/sightline/server/api"
)

// Formats of a report, but JSON, which is the answer of the API itself.
const (
	Text     = "text"
	Markdown = "markdown"
	JUnit    = "junit"
)

// Write writes a report in one of the formats.
func Write(w io.Writer, format string, c api.Check) error {
	switch format {
	case Markdown:
		return inMarkdown(w, c)
	case JUnit:
		return junit(w, c)
	}
	return text(w, c)
}

// headline is the verdict on all rules, in a sentence.
func headline(c api.Check) string {
	count := map[string]int{}
	for _, r := range c.Rules {
		count[r.Verdict]++
	}
	parts := []string{}
	for _, of := range []struct{ verdict, words string }{{"fail", "fail"}, {"unjudged", "cannot be decided"}, {"pass", "pass"}} {
		if n := count[of.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, of.words))
		}
	}
	of := c.SliceName
	if c.Slice == "" {
		of = "the whole dataset"
	}
	against := ""
	if c.Baseline != "" {
		against = ", baseline: " + c.Baseline
	}
	return fmt.Sprintf("%s, %s%s: of %d rules %s", c.Evaluation, of, against, len(c.Rules), strings.Join(parts, ", "))
}

// shown are the figures of a rule that are told: those that do not pass, or, where all
// do, the one nearest to its limit.
func shown(r api.RuleResult) (list []api.RuleFigure) {
	for _, c := range r.Checks {
		if c.Verdict != "pass" {
			list = append(list, c)
		}
	}
	if list != nil || len(r.Checks) == 0 {
		return list
	}
	nearest := r.Checks[0]
	for _, c := range r.Checks[1:] {
		if distance(c) < distance(nearest) {
			nearest = c
		}
	}
	return []api.RuleFigure{nearest}
}

// distance is how far a figure that passes is from its limit.
func distance(c api.RuleFigure) float64 {
	switch {
	case c.Value == nil:
		return 1
	case c.Limit == nil:
		return *c.Value // a difference from the baseline
	case c.AtLeast:
		return *c.Value - *c.Limit
	}
	return *c.Limit - *c.Value
}

// others tells how many figures pass beside the one that is shown.
func others(r api.RuleResult) string {
	if n := len(r.Checks); r.Verdict == "pass" && n > 1 {
		return fmt.Sprintf(" (the nearest of %d)", n)
	}
	return ""
}

var words = map[string]string{"pass": "pass", "fail": "FAIL", "unjudged": "cannot be decided"}

func text(w io.Writer, c api.Check) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", headline(c))
	for _, r := range c.Rules {
		fmt.Fprintf(&b, "\n%s: %s\n", words[r.Verdict], r.Rule)
		for _, one := range shown(r) {
			mark := ""
			if one.Verdict == "unjudged" && r.Verdict != "unjudged" {
				mark = "cannot be decided: "
			}
			fmt.Fprintf(&b, "  %s%s%s\n", mark, one.Text, others(r))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func inMarkdown(w io.Writer, c api.Check) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n| | rule | what was found |\n| --- | --- | --- |\n", markdown.Text(headline(c)))
	marks := map[string]string{"pass": "✅ pass", "fail": "❌ **fail**", "unjudged": "⚪ cannot be decided"}
	for _, r := range c.Rules {
		var found []string
		for _, one := range shown(r) {
			found = append(found, markdown.Text(one.Text+others(r)))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", marks[r.Verdict], markdown.Text(r.Rule), strings.Join(found, "<br>"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The elements of JUnit XML that its readers agree on.
type (
	suites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Suites   []suite  `xml:"testsuite"`
	}
	suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []tcase
	}
	tcase struct {
		XMLName xml.Name `xml:"testcase"`
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *message `xml:"failure"`
		Skipped *message `xml:"skipped"`
		Out     string   `xml:"system-out,omitempty"`
	}
	message struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit writes a suite with a test case for every figure: one that cannot be decided is skipped.
func junit(w io.Writer, c api.Check) error {
	s := suite{Name: c.Evaluation}
	for _, r := range c.Rules {
		for _, one := range r.Checks {
			t := tcase{Class: c.Evaluation, Name: r.Rule}
			if one.Class != "" {
				t.Name += ": " + one.Class
			}
			switch one.Verdict {
			case "fail":
				t.Failure = &message{one.Text, one.Text}
				s.Failures++
			case "unjudged":
				t.Skipped = &message{Message: one.Text}
				s.Skipped++
			default:
				t.Out = one.Text
			}
			s.Cases = append(s.Cases, t)
		}
	}
	s.Tests = len(s.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites{Tests: s.Tests, Failures: s.Failures, Skipped: s.Skipped, Suites: []suite{s}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
