package whatif

import (
	"cmp"
	"context"
	"slices"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/properties"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
)

// Plan is what a stage tries: what a plan's row holds as JSON.
type Plan struct {
	Basis    Basis      `json:"basis"`
	Seed     uint64     `json:"seed"`
	Slice    string     `json:"slice"`  // the samples are of these
	Passes   int        `json:"passes"` // forward passes that it takes at most
	Units    []Unit     `json:"units"`
	Pairs    []Pair     `json:"pairs"`              // what is tried
	Screened int        `json:"screened,omitempty"` // of test: pairs that these were chosen from
	Untested []Untested `json:"untested,omitempty"` // what is not, and why
}

// Unit is a sample and the pairs of the plan that it is tried with.
type Unit struct {
	Sample int64   `json:"sample"`
	Class  int     `json:"class"` // of the sample
	Pairs  []int   `json:"pairs"` // in Plan.Pairs
	Donors []Given `json:"donors,omitempty"`
	Bare   bool    `json:"bare,omitempty"` // hidden without controls: enough other samples have them
}

// Given is a sample that an area of a pair is taken from.
type Given struct {
	Pair   int    `json:"pair"`
	Sample int64  `json:"sample"`
	Class  int    `json:"class"`
	Fill   string `json:"fill"`
	Place  int    `json:"place"`
}

// Pair is a class, and an area that may decide it.
type Pair struct {
	Class int `json:"class"`
	Shape
	Builtin bool     `json:"builtin,omitempty"`
	Area    float64  `json:"area"`            // mean share of the image, where it was screened
	Score   float64  `json:"score,omitempty"` // of the screening: margin lost ÷ the class's median margin
	Turned  float64  `json:"turned,omitempty"`
	How     string   `json:"how,omitempty"`    // of test: Hidden, Swapped or Alone; of paste: Put
	Matter  []string `json:"matter,omitempty"` // of Hidden: regions that controls must spare
	Reused  bool     `json:"reused,omitempty"` // tested on samples that it was chosen by
	Of      string   `json:"of,omitempty"`     // of tighten: the area that this is a part of

	Others    float64 `json:"others,omitempty"`    // of test: share of the other classes' screened samples that the same turned
	Elsewhere float64 `json:"elsewhere,omitempty"` // of test: mean score of the same area in the other classes, none below 0
	Right     int     `json:"right,omitempty"`     // of test: right samples of the class

	Object findings.Object `json:"object,omitzero"` // of test: how it lies to what the label names
}

// How a pair is tested.
const (
	Hidden  = "hidden"  // against places like it
	Swapped = "swapped" // against the same area of the same class, and hidden without a control
	Alone   = "alone"   // hidden without a control: enough to say that it is not used
	Put     = "put"     // pasted into samples of other classes
	Narrow  = "narrow"  // of tighten: hidden without a control
	Traded  = "traded"  // of tighten: swapped without a control
)

// Untested is what the budget, or the data, left out.
type Untested struct {
	Class  int    `json:"class"`            // -1: all
	Region string `json:"region,omitempty"` // "": all
	Reason string `json:"reason"`
}

// How samples are shared out.
const (
	screenSamples = 8  // a class
	fewestScreen  = 4  // where the budget is short
	fewestTest    = 12 // below it there is no p-value
	enoughTest    = 25 // a class
	mostCompared  = 26 // a class, with controls
	mostTest      = 40 // as many bound a rate of nothing below 0.1
	pairsPerClass = 3
	mostPairs     = 30
	wantControls  = 5
	jointControls = 3 // of several areas together
	leastControls = 2
	namedPerClass = 8 // regions of the dataset, the commonest
	swapDraws     = 2
	pastePairs    = 10
	pasteSamples  = 60
	pasteCost     = 3    // forward passes a sample: as it is, pasted, and the control
	screenShare   = 0.6  // of the budget, at most
	pasteShare    = 0.15 // of the budget, at most, that is kept for pasting
)

// Design plans a stage. Former stages are read from the source.
func Design(ctx context.Context, from Source, stage string, basis Basis) (*Plan, error) {
	right, all, of, err := from.Right(ctx, screenSamples+mostTest+pasteSamples)
	if err != nil {
		return nil, err
	}
	d := &designer{ctx: ctx, Source: from, right: right, all: all, plan: &Plan{Basis: basis, Seed: 1, Slice: of}}
	switch stage {
	case Screen:
		err = d.screen()
	case Test:
		err = d.test()
	case Paste:
		err = d.paste()
	default:
		err = d.tighten(stage)
	}
	return d.plan, err
}

// designer makes one plan.
type designer struct {
	Source
	ctx   context.Context
	right map[int][]int64 // by class: samples that are predicted right, in the order to take them
	all   map[int]int     // by class: how many there are
	plan  *Plan
}

// classes lists the classes with right samples, those with most of them first.
func (d *designer) classes() []int {
	var list []int
	for c := range d.right {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(len(d.right[b])-len(d.right[a]), a-b) })
	return list
}

// untested notes what is left out.
func (d *designer) untested(class int, region, reason string) {
	d.plan.Untested = append(d.plan.Untested, Untested{class, region, reason})
}

// screen takes every place, every property of the whole image, and the commonest regions of the dataset, to a few samples of
// each class.
func (d *designer) screen() error {
	places := len(regions.Places(1, 1)) + len(properties.Names())
	each := screenSamples
	passes := func(n int) int { return n * (1 + places + namedPerClass) }
	most := int(screenShare * float64(d.plan.Basis.Budget))
	if passes(each*len(d.right)) > most {
		each = fewestScreen
	}
	for i, class := range d.classes() {
		if passes(each*(i+1)) > most {
			d.untested(class, "", "the budget of forward passes went to classes with more right samples")
			continue
		}
		of := d.right[class]
		if err := d.screenClass(class, of[:min(each, screenedOf(len(of)))]); err != nil {
			return err
		}
	}
	return nil
}

// screenedOf is how many of the right samples of a class may be screened: enough are left to
// test others, where there are so many.
func screenedOf(right int) int {
	if right < fewestScreen+fewestTest {
		return right
	}
	return min(screenSamples, right-fewestTest)
}

// screenClass adds the pairs of a class and its samples.
func (d *designer) screenClass(class int, ids []int64) error {
	where, err := d.where(class, ids)
	if err != nil {
		return err
	}
	first := len(d.plan.Pairs)
	for _, name := range commonest(where, namedPerClass) {
		d.plan.Pairs = append(d.plan.Pairs, Pair{Class: class, Shape: Shape{Region: name}})
	}
	for _, place := range regions.Places(1, 1) {
		d.plan.Pairs = append(d.plan.Pairs, Pair{Class: class, Shape: Shape{Region: place.Name}, Builtin: true})
	}
	whole := len(d.plan.Pairs)
	for _, name := range properties.Names() {
		d.plan.Pairs = append(d.plan.Pairs, Pair{Class: class, Shape: Shape{Region: name, Whole: true}, Builtin: true})
	}
	var all []int
	for i := first; i < len(d.plan.Pairs); i++ {
		all = append(all, i)
	}
	t := &tested{class: class, ids: ids}
	for i, id := range ids {
		u := Unit{Sample: id, Class: class, Pairs: all}
		for pair := whole; pair < len(d.plan.Pairs); pair++ {
			u.Donors = append(u.Donors, once(d.foreign(pair, t, i))...)
		}
		d.plan.Units = append(d.plan.Units, u)
		d.plan.Passes += 1 + len(all)
	}
	return nil
}

// commonest lists the names of regions by how many samples have them.
func commonest(where map[int64]explain.Drawn, most int) []string {
	count := map[string]int{}
	for _, drawn := range where {
		seen := map[string]bool{}
		for _, r := range drawn.Regions {
			if !seen[r.Name] {
				seen[r.Name] = true
				count[r.Name]++
			}
		}
	}
	names := make([]string, 0, len(count))
	for name := range count {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	return names[:min(len(names), most)]
}
