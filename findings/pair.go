package findings

import (
	"math"
	"slices"
)

// Outcome is what the model said of a sample, seen from a class.
type Outcome struct {
	Winner int     // the class with the largest logit
	Margin float64 // logit of the class less the largest other one
}

// OutcomeOf reads logits from the point of view of a class. A model of one class has an
// infinite margin.
func OutcomeOf(logits []float32, class int) Outcome {
	best, other := 0, math.Inf(-1)
	for c, v := range logits {
		if v > logits[best] {
			best = c
		}
		if c != class {
			other = math.Max(other, float64(v))
		}
	}
	return Outcome{best, float64(logits[class]) - other}
}

// Fill is what changing an area, in one way, did to a sample: once or several times, and as
// often at the controls.
type Fill struct {
	Name     string
	Changed  []Outcome
	Controls []Outcome
}

// Sample is one that the model gets right.
type Sample struct {
	ID     int64
	Before Outcome
	Fills  []Fill
}

// Pasted is a sample of another class into which the area was pasted from one of the class,
// and from one of a third class at the same place.
type Pasted struct {
	ID            int64
	Class         int // of the sample
	Donor         int64
	Turned        bool // to the class
	ControlTurned bool // to the class, too
	Controlled    bool // whether there was a control
}

// Pair is a class and an area that may decide it.
type Pair struct {
	Class   int
	Region  string
	Parts   []string // the regions, where it is several together
	Whole   bool     // no area, but a property of the whole image
	Builtin bool
	Edge    bool    // lies along the edge of the image
	Object  Object  // how it lies to what the label names
	Area    float64 // mean share of the image
	Alone   bool    // tested without controls: only whether it is used can be said
	Reused  int     // pairs that it was chosen from by these very samples; 0: by others
	Samples []Sample

	Screened  float64 // of the screening: margin lost ÷ the class's median margin
	Others    float64 // share of the other classes' screened images that the same turned
	Elsewhere float64 // the same of the other classes, none below 0
	Right     int     // images of the class that the model gets right

	Tight  *Tight // nil: not found, or not looked for
	Pasted []Pasted
}

// fillNames lists the fills of a pair, in the order in which they come.
func (p *Pair) fillNames() (names []string) {
	for _, s := range p.Samples {
		for _, f := range s.Fills {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// share is how many of the outcomes are not the class.
func share(list []Outcome, class int) float64 {
	n := 0.0
	for _, o := range list {
		if o.Winner != class {
			n++
		}
	}
	return n / float64(len(list))
}

// mean is the mean margin of outcomes.
func mean(list []Outcome) float64 {
	sum := 0.0
	for _, o := range list {
		sum += o.Margin
	}
	return sum / float64(len(list))
}

// medianMargin is the median margin of the samples as they are.
func (p *Pair) medianMargin() float64 {
	var list []float64
	for _, s := range p.Samples {
		list = append(list, s.Before.Margin)
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}
