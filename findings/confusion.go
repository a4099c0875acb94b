package findings

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// A confusion is dominant if its cell holds more errors than its part, corrected for all cells,
// and has size.
const (
	fewestConfused   = 5
	shareConfused    = 0.05 // of the label's images
	confusedOverEven = 2.0  // times its part
	mostConfusions   = 5
)

// confusions finds cells of the matrix that hold much more than their part of the errors: what
// they would have if each label's errors were as many as all others' and spread evenly. A
// cell's count is then binomial.
func confusions(t *inspection) ([]Statement, string) {
	cells := map[[2]int32][]*Answer{}
	for _, a := range t.rows {
		if a.wrong() {
			cells[[2]int32{a.Truth, a.Predicted}] = append(cells[[2]int32{a.Truth, a.Predicted}], a)
		}
	}
	others := len(t.Classes) - 1
	keys := make([][2]int32, 0, len(cells))
	for key := range cells {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
	p := make([]float64, len(keys))
	part := func(label int32) float64 { return float64(t.class[label].N) / float64(t.all.N*others) }
	for i, key := range keys {
		p[i] = stats.BinomialTail(len(cells[key]), t.all.Wrong, part(key[0]))
	}
	tests := 0
	for _, c := range t.class {
		if c.N > 0 {
			tests += others
		}
	}
	var dominant []int
	q := stats.BenjaminiHochbergOf(p, tests)
	more := func(i int) float64 { return float64(len(cells[keys[i]])) - float64(t.all.Wrong)*part(keys[i][0]) }
	for i, key := range keys {
		n, even := float64(len(cells[key])), float64(t.all.Wrong)*part(key[0])
		if q[i] <= significant && n >= fewestConfused && n >= shareConfused*float64(t.class[key[0]].N) && n >= confusedOverEven*even {
			dominant = append(dominant, i)
		}
	}
	slices.SortStableFunc(dominant, func(a, b int) int { return cmp.Compare(more(b), more(a)) })
	var list []Statement
	for _, i := range dominant[:min(len(dominant), mostConfusions)] {
		even := float64(t.all.Wrong) * part(keys[i][0])
		list = append(list, t.confusion(cells[keys[i]], len(cells[[2]int32{keys[i][1], keys[i][0]}]), even, q[i], tests))
	}
	return list, fmt.Sprintf("Confusions: of %s none holds much more than its part of the errors (%d).", plural(tests, "cell"), t.all.Wrong)
}

// confusion puts a cell in words. reverse is how often the two are confused the other way.
func (t *inspection) confusion(cell []*Answer, reverse int, even, q float64, tests int) Statement {
	label, predicted := int(cell[0].Truth), int(cell[0].Predicted)
	from, to, support := t.Classes[label], t.Classes[predicted], t.class[label].N
	low, high := stats.Wilson(len(cell), support, stats.Level)
	n := float64(support)
	s := Statement{Class: label, ClassName: from, Key: named(from, to), Effect: float64(len(cell)) / n, Low: low, High: high,
		Unit: "share of the label's images", N: support, Q: q, Tests: tests, Samples: surest(cell)}
	s.Won, s.WonLow, s.WonHigh = float64(len(cell))-even, math.Max(0, low*n-even), high*n-even
	s.Short = fmt.Sprintf("%s is taken for %s in %d of %d images", from, to, len(cell), support)
	s.Text = fmt.Sprintf("%s (%s). If errors spread evenly over all cells, it would be %s. ", capital(s.Short), between(low, high), about(even))
	if reverse == 0 {
		s.Text += "The reverse does not happen. "
	} else {
		s.Text += fmt.Sprintf("The reverse happens %s. ", times(reverse))
	}
	cell0 := fmt.Sprintf("label=%d&predicted=%d", label, predicted)
	s.Doors = []Door{{fmt.Sprintf("%s → %s", from, to), t.within(cell0)}, {"The reverse", t.within(fmt.Sprintf("label=%d&predicted=%d", predicted, label))}}
	if reverse == 0 {
		s.Doors = s.Doors[:1]
	}
	if wrong := t.culprit(cell); wrong > 0.5 {
		s.Text += fmt.Sprintf("The labels are the likelier culprit: the model is as sure of these answers as of right ones, and about %s of them may have a wrong label.", percent(wrong))
		s.Next = "Look at the images, and mend the labels first."
	} else {
		s.Text += "Nothing in the confidences speaks for wrong labels: the model is the likelier culprit."
		s.Next = fmt.Sprintf("Look at the images: collect, or enrich, %s that looks so, and compare what the maps speak for.", from)
	}
	return s
}

// culprit is the share of a cell's labels that are probably wrong. The image of a wrong label is
// one of the predicted class, so half of them are above the median confidence of its right
// answers; a model's errors seldom are, or, where it is too sure everywhere, as seldom in this
// cell as in others.
func (t *inspection) culprit(cell []*Answer) float64 {
	share := t.noise.share(cell)
	var right []float64
	for _, a := range t.rows {
		if !a.wrong() && a.Predicted == cell[0].Predicted {
			right = append(right, a.Confidence)
		}
	}
	if len(right) == 0 {
		return share
	}
	slices.Sort(right)
	median := right[len(right)/2]
	within, all := 0, stats.Stratum{N: t.all.Wrong, Part: len(cell)}
	for _, a := range t.rows {
		if !a.wrong() || a.Confidence < median {
			continue
		}
		all.Wrong++ // sure and wrong
		if a.Truth == cell[0].Truth && a.Predicted == cell[0].Predicted {
			within++
		}
	}
	low, _ := stats.Wilson(within, len(cell), stats.Level)
	if p, _ := stats.StrataTail(within, []stats.Stratum{all}); p <= significant && low > 0.25 {
		share = math.Max(share, math.Min(1, 2*float64(within)/float64(len(cell))))
	}
	return share
}

// within is a slice of those that the figures are of.
func (t *inspection) within(criteria string) string {
	if t.Of == "" {
		return criteria
	}
	return criteria + "&" + t.Of
}

// between writes the interval of a share.
func between(low, high float64) string {
	return fmt.Sprintf("95 %%: %s to %s", percent(low), percent(high))
}

// about puts a number of images that is no whole one in words.
func about(v float64) string {
	switch n := math.Round(v); {
	case v < 0.95:
		return "fewer than one image"
	case n == 1:
		return "about one image"
	default:
		return fmt.Sprintf("about %.0f images", n)
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
