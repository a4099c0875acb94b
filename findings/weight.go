package findings

import "math"

// Weight is what findings of one kind and word are ranked by: the product of three figures.
type Weight struct {
	Takes     float64 // margin that changing the area takes more than the control, of the class's median one: 0 to 1
	Exclusive float64 // 1 less what the area does in other classes ÷ what it does in this one: 0 to 1
	Stake     float64 // right answers of the class that hang on it: how many turn, more than at the control
}

// product is what is ranked by.
func (w Weight) product() float64 { return w.Takes * w.Exclusive * w.Stake }

// weigh finds what a pair's finding is ranked by. What an area does in other classes is known from
// the screening; of all classes together nothing is elsewhere.
func (f *Finding) weigh(p *Pair) {
	g := f.Main()
	f.Weight = Weight{Takes: clipped(math.Max(g.Lost, g.More)), Exclusive: 1, Stake: math.Max(0, g.More) * float64(p.Right)}
	if p.Class != All && p.Screened > 0 {
		f.Exclusive = clipped(1 - p.Elsewhere/p.Screened)
	}
}

func clipped(v float64) float64 { return math.Min(1, math.Max(0, finite(v))) }
