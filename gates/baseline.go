package gates

import (
	"fmt"
	"math"
	"slices"
)

// significant is the corrected p-value from which on a class counts as worse.
const significant = 0.05

// worse fails for every class that is right less often than in the baseline, beyond chance.
func (f *Facts) worse(r *Rule, classes []int) (list []Check) {
	if f.Before.Images == 0 {
		return []Check{{Verdict: Unjudged, Text: fmt.Sprintf("%s and this evaluation have no labelled image in common", f.Before.ID)}}
	}
	for _, class := range classes {
		i := slices.IndexFunc(f.Before.Changes, func(c Change) bool { return c.Class == class })
		if i < 0 {
			if !r.each() {
				list = append(list, Check{Verdict: Unjudged, Class: f.Classes[class], Text: fmt.Sprintf("no image of both is labelled %s", f.Classes[class])})
			}
			continue
		}
		list = append(list, f.changed(r, &f.Before.Changes[i]))
	}
	if len(list) == 0 {
		list = []Check{{Verdict: Unjudged, Text: "no image of both evaluations has a label that is a class"}}
	}
	return list
}

// changed assesses one class. Of fewer than the fewest images a difference is assessed only where it
// is beyond chance already, or where nothing was broken and enough was right to see it.
func (f *Facts) changed(r *Rule, k *Change) Check {
	name := f.Classes[k.Class]
	c := Check{Verdict: Pass, Class: name, Figure: k.Difference, AtLeast: true, Slice: k.Slice}
	c.Text = fmt.Sprintf("recall of %s is %s, it was %s (%s; %d fixed, %d broken, p %s corrected)", name, percent(k.Recall), percent(k.Was), images(k.Images), k.Fixed, k.Broken, pText(k.Corrected))
	worse := k.Broken > k.Fixed
	switch {
	case worse && k.Corrected <= significant:
		c.Verdict = Fail
		c.Text += ": worse beyond chance"
	case k.Fixed > k.Broken && k.Corrected <= significant:
		c.Text += ": better beyond chance"
	case k.Images < r.Fewest:
		c.Verdict = Unjudged
		c.Text += fmt.Sprintf(": fewer than %d images cannot show that it is not worse", r.Fewest)
	case worse:
		c.Text += ": that may be chance"
	}
	return c
}

func pText(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return fmt.Sprintf("= %.3g", math.Min(1, p))
}
