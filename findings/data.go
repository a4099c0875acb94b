package findings

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// A class lacks data if it has at most this part of the median class's training images, and errs
// more than those that have them.
const (
	littleData    = 0.5
	fewestOfClass = 10 // images to measure a class by
	moreErrors    = 0.10
	mostLacking   = 3
)

// lacking finds classes that fail for lack of training images: they have few, and err more
// often than the classes that have many (Fisher's exact test, one-sided, corrected).
func lacking(t *inspection) ([]Statement, string) {
	trained, ok := t.training()
	if !ok {
		return nil, "Lack of data: not looked for, as the dataset has no split train beside the measured images."
	}
	counts := slices.Clone(trained)
	slices.Sort(counts)
	median := (counts[(len(counts)-1)/2] + counts[len(counts)/2]) / 2
	var rich Tally
	var poor []int
	for c, n := range trained {
		switch {
		case t.class[c].N == 0:
		case n >= median:
			rich.N, rich.Wrong = rich.N+t.class[c].N, rich.Wrong+t.class[c].Wrong
		case float64(n) <= littleData*float64(median) && t.class[c].N >= fewestOfClass:
			poor = append(poor, c)
		}
	}
	none := fmt.Sprintf("Lack of data: %d of %d classes have at most half the training images of the median class (%d); none of them errs much more than the others for certain.", len(poor), len(trained), median)
	if len(poor) == 0 {
		none = fmt.Sprintf("Lack of data: no class has so few training images that it could be that: the median class has %d, none of the measured ones half as many or fewer.", median)
	}
	p := make([]float64, len(poor))
	for i, c := range poor {
		k := t.class[c]
		p[i], _ = stats.StrataTail(k.Wrong, []stats.Stratum{{N: k.N + rich.N, Part: k.N, Wrong: k.Wrong + rich.Wrong}})
	}
	var list []Statement
	for i, q := range stats.BenjaminiHochberg(p) {
		k := t.class[poor[i]]
		if q <= significant && k.rate()-rich.rate() >= moreErrors {
			list = append(list, t.lack(poor[i], trained[poor[i]], median, rich, q, len(poor)))
		}
	}
	slices.SortStableFunc(list, weight)
	return list[:min(len(list), mostLacking)], none
}

// training counts the training images of each class; ok is false where there are none, or they
// are what is measured.
func (t *inspection) training() (counts []int, ok bool) {
	counts = make([]int, len(t.Classes))
	at := int32(slices.Index(t.Splits, "train"))
	for i := range t.List {
		if a := &t.List[i]; a.Split == at {
			if a.Inside {
				return nil, false
			}
			counts[a.Truth]++
			ok = true
		}
	}
	return counts, ok
}

func (t *inspection) lack(class, trained, median int, rich Tally, q float64, tests int) Statement {
	k, name := t.class[class], t.Classes[class]
	low, high := stats.WilsonDifference(k.Wrong, k.N, rich.Wrong, rich.N, stats.Level)
	n := float64(k.N)
	s := Statement{Class: class, ClassName: name, Key: named(name), Effect: k.rate() - rich.rate(), Low: low, High: high,
		Unit: "share of wrong answers, more than classes with data", N: k.N, Q: q, Tests: tests}
	s.Won, s.WonLow, s.WonHigh = s.Effect*n, math.Max(0, low*n), high*n
	s.Short = fmt.Sprintf("%s has %d training images, half of the classes have %d or more, and it fails %s of the time", name, trained, median, percent(k.rate()))
	s.Text = fmt.Sprintf("%s; those with more fail %s (difference %s). So few images are a likely cause, not a certain one.", capital(s.Short), percent(rich.rate()), points(low, high))
	s.Next = fmt.Sprintf("Collect images of %s, or enrich those that are there, up to about %d.", name, median)
	s.Samples = surest(t.wrongOf(func(a *Answer) bool { return int(a.Truth) == class }))
	s.Doors = []Door{{"Its errors", t.within(fmt.Sprintf("label=%d&correct=false", class))}, {"Its training images", fmt.Sprintf("label=%d&split=train", class)}}
	return s
}

// wrongOf lists the wrong answers among some.
func (t *inspection) wrongOf(is func(*Answer) bool) []*Answer {
	var list []*Answer
	for _, a := range t.rows {
		if a.wrong() && is(a) {
			list = append(list, a)
		}
	}
	return list
}

// points writes the interval of a difference of shares.
func points(low, high float64) string {
	return fmt.Sprintf("95 %%: %.0f to %.0f points", 100*low, 100*high)
}
