package compare

import (
	"math"

	"github.com/sightline/sightline/stats"
)

// Transition is what became of an image from the earlier evaluation to the later one.
type Transition string

// The transitions, as the criterion transition of package slice names them.
const (
	Fixed      Transition = "fixed"       // wrong before, right now
	Broken     Transition = "broken"      // right before, wrong now
	StillRight Transition = "still-right" //
	StillWrong Transition = "still-wrong" // for the same class
	Changed    Transition = "changed"     // wrong in both, for different classes
)

// Transitions lists them in the order in which they are shown.
func Transitions() []Transition {
	return []Transition{Fixed, Broken, StillRight, StillWrong, Changed}
}

// transition tells which one the images of a cell are.
func (c Cell) transition() Transition {
	switch now, before := c.rightNow(), c.rightBefore(); {
	case now && before:
		return StillRight
	case now:
		return Fixed
	case before:
		return Broken
	case c.Now == c.Before:
		return StillWrong
	}
	return Changed
}

// A Difference is a figure of both evaluations over the same images. Difference is
// later − earlier with an interval of confidence stats.Level, which takes into account
// that both saw the same images and lies in [-1, 1]; it is not Known under two images.
type Difference struct {
	Before, Now float64
	Difference  stats.Estimate
}

// Class is what became of the images with one label.
type Class struct {
	Class         int
	Images        int
	Recall        Difference
	Fixed, Broken int
	// P is McNemar's, Corrected that after Benjamini and Hochberg over the classes.
	P, Corrected float64
}

// Figures compare two evaluations over the labelled images that both have.
type Figures struct {
	Images     int
	Relabelled int // images whose label is not the same class in both
	Counts     map[Transition]int
	Accuracy   Difference
	MacroF1    Difference
	// P is of the exact test of McNemar whether both are right equally often.
	P float64
	// PerClass has the labels that occur, by index.
	PerClass []Class
}

// Of computes the figures of pairs.
func Of(p *Pairs) *Figures {
	f := &Figures{Counts: map[Transition]int{}}
	classes := make([]Class, len(p.Classes))
	var now, before counts
	for _, c := range p.Cells {
		f.Images += c.Count
		f.Counts[c.transition()] += c.Count
		if c.Truth != c.TruthBefore {
			f.Relabelled += c.Count
		}
		classes[c.Truth].add(c)
		now.add(c.Truth, c.Now, c.Count)
		before.add(c.TruthBefore, c.Before, c.Count)
	}
	f.Accuracy = difference(f.Images, f.Counts[StillRight], f.Counts[Fixed], f.Counts[Broken])
	f.MacroF1 = macroF1(p.Cells, f.Images, now, before)
	f.P = stats.McNemar(f.Counts[Fixed], f.Counts[Broken])
	f.PerClass = perClass(classes)
	return f
}

func (k *Class) add(c Cell) {
	k.Images += c.Count
	switch c.transition() {
	case Fixed:
		k.Fixed += c.Count
	case Broken:
		k.Broken += c.Count
	case StillRight:
		k.Recall.Now += float64(c.Count) // still a count
	}
}

// perClass finishes the classes that have images.
func perClass(all []Class) []Class {
	var list []Class
	var p []float64
	for i, k := range all {
		if k.Images == 0 {
			continue
		}
		k.Class = i
		k.Recall = difference(k.Images, int(k.Recall.Now), k.Fixed, k.Broken)
		k.P = stats.McNemar(k.Fixed, k.Broken)
		list, p = append(list, k), append(p, k.P)
	}
	for i, v := range stats.BenjaminiHochberg(p) {
		list[i].Corrected = v
	}
	return list
}

// difference is that of two shares of right answers of the same n images; see stats.PairedProportions.
func difference(n, both, fixed, broken int) Difference {
	if n == 0 {
		return Difference{}
	}
	m := float64(n)
	e := stats.Estimate{Mean: float64(fixed-broken) / m, N: n, Known: n > 1}
	e.Low, e.High = e.Mean, e.Mean
	if e.Known {
		e.Low, e.High = stats.PairedProportions(both, fixed, broken, n, stats.Level)
	}
	return Difference{float64(both+broken) / m, float64(both+fixed) / m, e}
}

// within is the estimate of a difference between −1 and 1, of n images whose squared influences on it sum
// to square: Student's interval on the scale of the inverse hyperbolic tangent (Fisher 1921), so that it
// cannot pass the ends. At an end itself the influences tell no width, and there is none.
func within(mean, square float64, n int) stats.Estimate {
	e := stats.Estimate{Mean: mean, Low: mean, High: mean, N: n, Known: n > 1 && math.Abs(mean) < 1}
	if e.Known {
		m := float64(n)
		half := stats.StudentQuantile((1+stats.Level)/2, m-1) * math.Sqrt(max(0, square)/(m-1)/m)
		at, slope := math.Atanh(mean), 1/(1-mean*mean)
		e.Low, e.High = min(mean, math.Tanh(at-slope*half)), max(mean, math.Tanh(at+slope*half)) // whatever is rounded
	}
	return e
}
