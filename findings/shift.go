package findings

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// Two splits differ if some property does, corrected for all that were compared, and by so much.
const (
	shiftedShare    = 0.15 // of the labels or formats would have to be another one
	shiftedDistance = 0.2  // largest distance of the cumulative shares
	fewestOfSplit   = 30
	splitsCompared  = 5
)

// difference of two splits in one property.
type shifted struct {
	property   string
	size, p, q float64
	large      bool
	text       string
}

// shifts compares the measured images with the training split, or where there is none every
// two splits: in labels and formats (Pearson's chi-square), sizes, shapes and compression
// (Kolmogorov & Smirnov). Copies count as well.
func shifts(t *inspection) ([]Statement, string) {
	groups := map[int32][]*Answer{}
	for i := range t.List {
		a := &t.List[i]
		groups[a.Split] = append(groups[a.Split], a)
	}
	pairs := t.pairsOfSplits(groups)
	if len(pairs) == 0 {
		return nil, fmt.Sprintf("Shift: not looked for, as no two splits have %d labelled images.", fewestOfSplit)
	}
	var all []shifted
	for _, pair := range pairs {
		all = append(all, t.compareSplits(groups[pair[0]], groups[pair[1]])...)
	}
	p := make([]float64, len(all))
	for i, d := range all {
		p[i] = d.p
	}
	for i, q := range stats.BenjaminiHochberg(p) {
		all[i].q = q
	}
	var list []Statement
	each := len(all) / len(pairs)
	for i, pair := range pairs {
		if s, ok := t.shift(pair, groups, all[i*each:(i+1)*each], len(all)); ok {
			list = append(list, s)
		}
	}
	return list, fmt.Sprintf("Shift: labels, formats, sizes, shapes and compression of %s of splits differ by nothing that matters.", plural(len(pairs), "pair"))
}

// pairsOfSplits are the splits to be compared, which have enough images.
func (t *inspection) pairsOfSplits(groups map[int32][]*Answer) (pairs [][2]int32) {
	names := slices.DeleteFunc(seq(len(t.Splits)), func(s int32) bool { return len(groups[s]) < fewestOfSplit })
	names = names[:min(len(names), splitsCompared)]
	for i, a := range names {
		for _, b := range names[i+1:] {
			switch "train" {
			case t.Splits[a]:
				pairs = append(pairs, [2]int32{a, b})
			case t.Splits[b]:
				pairs = append(pairs, [2]int32{b, a})
			default:
				if !slices.Contains(t.Splits, "train") {
					pairs = append(pairs, [2]int32{a, b})
				}
			}
		}
	}
	return pairs
}

func seq(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

// compareSplits compares two splits in every property.
func (t *inspection) compareSplits(a, b []*Answer) []shifted {
	return []shifted{
		shares("labels", a, b, t.Classes, func(x *Answer) int32 { return x.Truth }),
		shares("formats", a, b, t.Formats, func(x *Answer) int32 { return x.Format }),
		distribution("sizes", a, b, "%.0f pixels", func(x *Answer) float64 { return math.Sqrt(x.Width * x.Height) }),
		distribution("shapes", a, b, "%.2f width ÷ height", func(x *Answer) float64 { return x.Width / math.Max(1, x.Height) }),
		distribution("compression", a, b, "%.2f bytes a pixel", func(x *Answer) float64 { return x.Bytes / math.Max(1, x.Width*x.Height) }),
	}
}

// shares compares how often each of some names occurs.
func shares(property string, a, b []*Answer, names []string, of func(*Answer) int32) shifted {
	x, y := make([]int, len(names)), make([]int, len(names))
	for _, r := range a {
		x[of(r)]++
	}
	for _, r := range b {
		y[of(r)]++
	}
	d := shifted{property: property, p: stats.ChiSquare(x, y)}
	most, at := 0.0, 0
	for i := range x {
		gap := float64(y[i])/float64(len(b)) - float64(x[i])/float64(len(a))
		d.size += math.Abs(gap) / 2
		if math.Abs(gap) > math.Abs(most) {
			most, at = gap, i
		}
	}
	d.large = d.size >= shiftedShare
	if len(names) > 0 {
		d.text = fmt.Sprintf("%s is %s of the one, %s of the other", names[at], percent(float64(x[at])/float64(len(a))), percent(float64(y[at])/float64(len(b))))
	}
	return d
}

// distribution compares a number.
func distribution(property string, a, b []*Answer, unit string, of func(*Answer) float64) shifted {
	values := func(list []*Answer) []float64 {
		v := make([]float64, len(list))
		for i, r := range list {
			v[i] = of(r)
		}
		return v
	}
	x, y := values(a), values(b)
	d := shifted{property: property}
	d.size, d.p = stats.KolmogorovSmirnov(x, y)
	d.large = d.size >= shiftedDistance
	d.text = fmt.Sprintf("medians "+unit+" and "+unit, x[len(x)/2], y[len(y)/2])
	return d
}

// shift puts what differs between two splits in words, the largest difference first.
func (t *inspection) shift(pair [2]int32, groups map[int32][]*Answer, list []shifted, tests int) (Statement, bool) {
	list = slices.DeleteFunc(slices.Clone(list), func(d shifted) bool { return !d.large || d.q > significant })
	if len(list) == 0 {
		return Statement{}, false
	}
	slices.SortStableFunc(list, func(a, b shifted) int { return int(one(a.size < b.size)) - int(one(b.size < a.size)) })
	a, b := t.Splits[pair[0]], t.Splits[pair[1]]
	n, m := len(groups[pair[0]]), len(groups[pair[1]])
	// The distance has no simple interval: Dvoretzky, Kiefer & Wolfowitz bound it (Massart 1990).
	slack := math.Sqrt(math.Log(2/(1-stats.Level))/2) * (math.Sqrt(1/float64(n)) + math.Sqrt(1/float64(m)))
	s := Statement{Class: All, Key: named(a, b), Effect: list[0].size, Low: math.Max(0, list[0].size-slack), High: math.Min(1, list[0].size+slack),
		Unit: "largest distance of the shares in " + list[0].property, N: n + m, Q: list[0].q, Tests: tests}
	s.Short = fmt.Sprintf("%s differs from %s in %s", b, a, list[0].property)
	s.Text = capital(s.Short) + " (" + list[0].text + ")"
	for _, d := range list[1:] {
		s.Text += fmt.Sprintf(", and in %s (%s)", d.property, d.text)
	}
	s.Text += fmt.Sprintf("; the first is %s, the second %s.", a, b)
	s.Next = "Find out which of the two is like what the model will see, and draw both splits from that."
	for i := range min(len(groups[pair[0]]), len(groups[pair[1]]), shownSamples/2) {
		s.Samples = append(s.Samples, groups[pair[0]][i*n/(shownSamples/2)%n].Sample, groups[pair[1]][i*m/(shownSamples/2)%m].Sample)
	}
	s.Pairs = true
	for _, name := range []string{a, b} {
		if name != "" {
			s.Doors = append(s.Doors, Door{"Images of " + name, "split=" + plain(name)})
		}
	}
	return s, true
}
