package gates

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/stats"
)

// proportion is a share of images with Wilson's interval.
func proportion(right, of int) Figure {
	low, high := stats.Wilson(right, of, stats.Level)
	return Figure{float64(right) / math.Max(1, float64(of)), low, high, of}
}

func (f *Facts) accuracy(r *Rule) []Check {
	var all Count
	for _, c := range f.Counts {
		all.Images += c.Images
		all.Right += c.Right
	}
	list := r.limits("accuracy is", proportion(all.Right, all.Images))
	for i := range list {
		list[i].Slice = f.Slice
	}
	return list
}

// recall checks each class. One that no image is labelled with is left out unless it is named.
func (f *Facts) recall(r *Rule, classes []int) (list []Check) {
	for _, class := range classes {
		n := f.Counts[class]
		if n.Images == 0 && r.each() {
			continue
		}
		for _, c := range r.limits("recall of "+f.Classes[class]+" is", proportion(n.Right, n.Images)) {
			c.Class, c.Slice = f.Classes[class], f.door(class)
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		list = append(list, Check{Verdict: Unjudged, Text: "no image has a label that is a class"})
	}
	return list
}

// FewestCalibration is Fewest of the rule on calibration: its error is taken in bins.
const FewestCalibration = 100

const (
	eceBins = 15
	eceSeed = 1
)

// calibration assesses the expected calibration error. Of few images it is above zero even where
// confidence is honest: where honest answers show as much in one of twenty draws, an error beyond
// the limit does not count.
func (f *Facts) calibration(r *Rule) []Check {
	e := metrics.Honest(f.Confidence, f.Right, eceBins, eceSeed)
	c := r.assess("calibration error is", "", Figure{e.ECE, e.Low, e.High, len(f.Right)}, *r.Max, false)
	c.Slice = f.Slice
	if c.Verdict == Fail && e.ECE <= e.Honest {
		c.Verdict = Unjudged
		c.Text += fmt.Sprintf("; but so few images show up to %s even where confidence is honest", percent(e.Honest))
	}
	return []Check{c}
}

// leaks fails for every finding that measured images are in another split; where there is but one
// split, nothing can be said.
func (f *Facts) leaks() []Check {
	return f.apart(f.Leaks, "", "no measured file has the same bytes as one of the training split, or of another where none is called train")
}

// near does the same of images that show the same in files of different bytes.
func (f *Facts) near() []Check {
	return f.apart(f.Near, f.NearNot, "no measured image shows the same as one of the training split, or of another where none is called train, in a file of other bytes")
}

// apart fails for what is found in two splits; not is why nothing could be found.
func (f *Facts) apart(found []Leak, not, none string) (list []Check) {
	for _, l := range found {
		list = append(list, Check{Verdict: Fail, Figure: l.Images, Text: l.Text, Slice: l.Slice})
	}
	switch {
	case len(list) > 0:
		return list
	case f.Splits < 2:
		return []Check{{Verdict: Unjudged, Text: "the dataset has one split, and what the model was trained on is not among it"}}
	case not != "":
		return []Check{{Verdict: Unjudged, Text: not}}
	}
	return []Check{{Verdict: Pass, Text: none}}
}
