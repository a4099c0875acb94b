package gates

import (
	"fmt"
	"slices"
)

// share assesses what maps say of a region: of each class that is named, else of all images.
func (f *Facts) share(index int, r *Rule, classes []int) (list []Check) {
	if classes == nil {
		classes = []int{All}
	}
	for _, class := range classes {
		i := slices.IndexFunc(f.Shares[index], func(a AreaFact) bool { return a.Class == class && a.Share.N > 0 })
		if i < 0 {
			if !r.each() {
				list = append(list, Check{Verdict: Unjudged, Class: f.name(class), Limit: orLimit(r.Min, r.Max), Slice: f.door(class),
					Text: fmt.Sprintf("share of the %s%s cannot be told: no image there has the region and a map that counts (red ones do not)", r.Region, f.of(class))})
			}
			continue
		}
		a := f.Shares[index][i]
		for _, c := range r.limits(fmt.Sprintf("share of the %s%s is", r.Region, f.of(class)), a.Share) {
			c.Class, c.Slice = f.name(class), a.Slice
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		list = []Check{{Verdict: Unjudged, Text: fmt.Sprintf("share of the %s cannot be told: no image has the region and a map that counts (red ones do not)", r.Region)}}
	}
	return list
}

func orLimit(a, b *float64) *float64 {
	if a != nil {
		return a
	}
	return b
}

func (f *Facts) name(class int) string {
	if class < 0 {
		return ""
	}
	return f.Classes[class]
}

func (f *Facts) of(class int) string {
	if class < 0 {
		return ""
	}
	return " of " + f.Classes[class]
}

// flip assesses how many more right answers hiding, or swapping, a region turns than its control.
func (f *Facts) flip(r *Rule, classes []int) (list []Check) {
	if !f.Tests.Done {
		return []Check{f.untested()}
	}
	for _, class := range classes {
		t := f.Tests.of(class, r.Region)
		if t == nil {
			if f.Counts[class].Images > 0 || !r.each() {
				list = append(list, Check{Verdict: Unjudged, Class: f.Classes[class], Limit: r.Max, Slice: f.door(class),
					Text: fmt.Sprintf("hiding the %s of %s was not tested: too few right answers have it, or the budget went to others (sightline findings says which)", r.Region, f.Classes[class])})
			}
			continue
		}
		list = append(list, f.flipped(r, class, t))
	}
	if len(list) == 0 {
		list = []Check{{Verdict: Unjudged, Limit: r.Max, Text: fmt.Sprintf("the %s was tested on no class", r.Region)}}
	}
	return list
}

// flipped assesses one test. Without a control the share turned stands for the difference, which is
// no larger: that may pass, but not fail.
func (f *Facts) flipped(r *Rule, class int, t *AreaTest) Check {
	rest := " of right answers of " + f.Classes[class]
	if t.Class == All {
		rest = fmt.Sprintf(" of right answers of all classes together (%s has too few images)", f.Classes[class])
	}
	if t.Controlled {
		rest += " more than the control does"
	} else {
		rest += " (there is no control)"
	}
	c := r.assess(t.How+" turns", rest, t.More, *r.Max, false)
	c.Class, c.Slice = f.Classes[class], t.Slice
	if !t.Controlled && c.Verdict == Fail {
		c.Verdict = Unjudged
		c.Text += "; without a control it cannot fail"
	}
	return c
}

// of finds the test of a class and a region: where it has too few images, the one of all classes
// together, if there is one.
func (t *Tests) of(class int, region string) *AreaTest {
	find := func(class int) *AreaTest {
		i := slices.IndexFunc(t.Areas, func(a AreaTest) bool { return a.Class == class && a.Region == region })
		if i < 0 {
			return nil
		}
		return &t.Areas[i]
	}
	own, pooled := find(class), find(All)
	if own != nil && own.Few && pooled != nil {
		return pooled
	}
	return own
}

// untested is the check of a rule on tests that are not made.
func (f *Facts) untested() Check {
	return Check{Verdict: Unjudged, Text: "what the model decides by is not tested to the end: " + f.Tests.Next}
}

// shortcuts fails for every shortcut of the classes, or for every one that the baseline has not.
func (f *Facts) shortcuts(r *Rule, classes []int, fresh bool) (list []Check) {
	switch {
	case !f.Tests.Done:
		return []Check{f.untested()}
	case fresh && !f.Before.Tests.Done:
		return []Check{{Verdict: Unjudged, Text: "what the baseline decides by is not tested to the end: " + f.Before.Tests.Next}}
	case f.Tests.Pairs == 0:
		return []Check{{Verdict: Unjudged, Text: "no area could be tested against a control: there are too few right answers"}}
	}
	for _, s := range f.Tests.Shortcuts {
		if s.Class != All && !slices.Contains(classes, s.Class) || fresh && f.Before.had(s) {
			continue
		}
		list = append(list, Check{Verdict: Fail, Class: s.Name, Text: s.Text, Slice: s.Slice})
	}
	if len(list) == 0 {
		text := fmt.Sprintf("no shortcut among %d pairs of class and area that were tested", f.Tests.Pairs)
		if fresh {
			text = fmt.Sprintf("no shortcut that %s does not have, among %d pairs of class and area that were tested", f.Before.ID, f.Tests.Pairs)
		}
		list = []Check{{Verdict: Pass, Text: text}}
	}
	return list
}

// had tells whether the baseline had a shortcut too: by the same area, of the class or of all.
func (b *Before) had(s Shortcut) bool {
	return slices.ContainsFunc(b.Tests.Shortcuts, func(o Shortcut) bool {
		return o.Region == s.Region && (o.Name == s.Name || o.Class == All)
	})
}
