package gates

import (
	"fmt"
	"math"
)

// Verdict is what became of a rule, or of one of its checks.
type Verdict string

// The verdicts.
const (
	Pass     Verdict = "pass"
	Fail     Verdict = "fail"
	Unjudged Verdict = "unjudged" // too little is known
)

// worst is the verdict of several together: one that fails fails all.
func worst(list []Verdict) Verdict {
	v := Pass
	for _, one := range list {
		if one == Fail || one == Unjudged && v == Pass {
			v = one
		}
	}
	return v
}

// Figure is a number with its interval of 95 %, and the images that it is of.
type Figure struct {
	Value, Low, High float64 // NaN for none
	N                int
}

// Check is one figure of a rule, such as the recall of one class.
type Check struct {
	Verdict Verdict
	Class   string // "" for all together
	Figure  Figure
	AtLeast bool     // which side of the limit is right
	Limit   *float64 // nil for a rule that has none
	Text    string   // what was found, and what was asked for
	Slice   string   // selects the images it is about
}

// Result is what became of a rule.
type Result struct {
	Rule    Rule
	Verdict Verdict
	Checks  []Check
}

// Report is what became of all rules.
type Report struct {
	Verdict Verdict
	Results []Result
}

// Assess assesses the rules of a file. An error is a *Mistake: a rule asks for a class, a region or
// a baseline that is not there.
func Assess(name string, f File, facts *Facts) (Report, error) {
	var out Report
	var verdicts []Verdict
	for i := range f.Rules {
		r := &f.Rules[i]
		if r.NeedsBaseline() && facts.Before == nil {
			return out, r.Wrong(name, fmt.Sprintf("%s compares with an earlier evaluation: name it with --baseline", r.Kind))
		}
		classes, err := facts.classes(name, r)
		if err != nil {
			return out, err
		}
		checks := facts.check(i, r, classes)
		var each []Verdict
		for _, c := range checks {
			each = append(each, c.Verdict)
		}
		result := Result{Rule: *r, Verdict: worst(each), Checks: checks}
		out.Results, verdicts = append(out.Results, result), append(verdicts, result.Verdict)
	}
	out.Verdict = worst(verdicts)
	return out, nil
}

// check makes the checks of a rule; index is its place in the file.
func (f *Facts) check(index int, r *Rule, classes []int) []Check {
	switch r.Kind {
	case Accuracy:
		return f.accuracy(r)
	case Recall:
		return f.recall(r, classes)
	case Calibration:
		return f.calibration(r)
	case Share:
		return f.share(index, r, classes)
	case Flip:
		return f.flip(r, classes)
	case NoLeak:
		return f.leaks()
	case NoNear:
		return f.near()
	case NoShortcut:
		return f.shortcuts(r, classes, false)
	case NoNewShortcut:
		return f.shortcuts(r, classes, true)
	default:
		return f.worse(r, classes)
	}
}

// sides of a limit.
func beyond(v, limit float64, atLeast bool) bool {
	if atLeast {
		return v < limit
	}
	return v > limit
}

// decide assesses a figure by a limit. Of fewer than so many images it is assessed only where the
// whole interval lies on one side of the limit. sure tells whether it does.
func decide(g Figure, limit float64, atLeast bool, fewest int) (v Verdict, sure bool) {
	if g.N == 0 || math.IsNaN(g.Value) {
		return Unjudged, false
	}
	out := beyond(g.Value, limit, atLeast)
	sure = beyond(g.Low, limit, atLeast) == out && beyond(g.High, limit, atLeast) == out
	switch {
	case g.N < fewest && !sure:
		return Unjudged, false
	case out:
		return Fail, sure
	}
	return Pass, sure
}

// assess makes the check of a figure that has a limit. what and rest are the words before and
// behind the number.
func (r *Rule) assess(what, rest string, g Figure, limit float64, atLeast bool) Check {
	v, sure := decide(g, limit, atLeast, r.Fewest)
	c := Check{Verdict: v, Figure: g, AtLeast: atLeast, Limit: &limit}
	asked := "at most " + percent(limit)
	if atLeast {
		asked = "at least " + percent(limit)
	}
	if g.N == 0 {
		c.Text = fmt.Sprintf("%s not known: there are no images; %s is asked for", what, asked)
		return c
	}
	c.Text = fmt.Sprintf("%s %s%s (95 %%: %s to %s; %s), %s is asked for", what, percent(g.Value), rest, percent(g.Low), percent(g.High), images(g.N), asked)
	switch {
	case v == Unjudged:
		c.Text += fmt.Sprintf(": fewer than %d images, and the interval holds the limit", r.Fewest)
	case v == Fail && !sure:
		c.Text += "; the interval holds the limit, so chance may have a part in it"
	}
	return c
}

// limits makes the checks of a figure by one or both limits.
func (r *Rule) limits(what string, g Figure) (list []Check) {
	if r.Min != nil {
		list = append(list, r.assess(what, "", g, *r.Min, true))
	}
	if r.Max != nil {
		list = append(list, r.assess(what, "", g, *r.Max, false))
	}
	return list
}

// percent writes a share for people.
func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

func images(n int) string {
	if n == 1 {
		return "1 image"
	}
	return fmt.Sprintf("%d images", n)
}
