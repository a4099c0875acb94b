package gatereport

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/sightline/sightline/server/api"
)

func ref(v float64) *float64 { return &v }

func example() api.Check {
	return api.Check{Evaluation: "people~v1", Baseline: "people~v0", Slice: "split=test", SliceName: "test", Verdict: "fail", Rules: []api.RuleResult{
		{Rule: "recall of each class ≥ 0.5", Verdict: "pass", Checks: []api.RuleFigure{
			{Verdict: "pass", Class: "chef", Value: ref(0.9), Limit: ref(0.5), AtLeast: true, Text: "chef 90"},
			{Verdict: "pass", Class: "nurse", Value: ref(0.6), Limit: ref(0.5), AtLeast: true, Text: "nurse 60"}}},
		{Rule: "no shortcut", Verdict: "fail", Checks: []api.RuleFigure{{Verdict: "fail", Class: "chef", Text: "the <head> | it \"decides\" & more"}}},
		{Rule: "share of the head ≤ 0.3", Verdict: "unjudged", Checks: []api.RuleFigure{{Verdict: "unjudged", Text: "no maps"}}},
	}}
}

func written(t *testing.T, format string) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, format, example()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	want := `people~v1, test, baseline: people~v0: of 3 rules 1 fail, 1 cannot be decided, 1 pass

pass: recall of each class ≥ 0.5
  nurse 60 (the nearest of 2)

FAIL: no shortcut
  the <head> | it "decides" & more

cannot be decided: share of the head ≤ 0.3
  no maps
`
	if got := written(t, Text); got != want {
		t.Errorf("wrote\n%s", got)
	}
}

// A table stays one, whatever stands in a cell.
func TestMarkdown(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(written(t, Markdown)), "\n")
	if len(lines) != 7 || lines[5] != `| ❌ **fail** | no shortcut | the &lt;head&gt; \| it "decides" &amp; more |` {
		t.Errorf("wrote\n%s", strings.Join(lines, "\n"))
	}
}

// What readers of JUnit XML look for is there, and nothing breaks the document.
func TestJUnit(t *testing.T) {
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Class   string `xml:"classname,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(written(t, JUnit)), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 4 || read.Failures != 1 || read.Skipped != 1 || len(read.Cases) != 4 {
		t.Errorf("%+v", read)
	}
	failed := read.Cases[2]
	if failed.Name != "no shortcut: chef" || failed.Class != "people~v1" || failed.Failure == nil || failed.Failure.Message != `the <head> | it "decides" & more` || read.Cases[3].Skipped == nil {
		t.Errorf("%+v", read.Cases)
	}
}
