package whatif

import (
	"cmp"
	"slices"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
)

// mattersAt is the share of screened samples from which on hiding a region counts as
// mattering: no control may cover it.
const mattersAt = 0.25

// test takes the strongest pairs of the screening to other samples.
func (d *designer) test() error {
	screened, passes, err := Screened(d.ctx, d)
	if err != nil {
		return err
	}
	d.plan.Screened = len(screened)
	elsewhere(screened)
	chosen := strongest(screened)
	classes := map[int]*tested{}
	var order []*tested
	for _, p := range chosen {
		t := classes[p.Class]
		if t == nil {
			t = &tested{class: p.Class, ids: d.others(p.Class), matter: mattering(screened, p.Class)}
			classes[p.Class], order = t, append(order, t)
		}
		t.pairs = append(t.pairs, p)
	}
	for _, t := range order {
		if err := d.join(t); err != nil {
			return err
		}
		if err := d.settle(t); err != nil {
			return err
		}
	}
	kept := min(pastePairs*pasteSamples*pasteCost, int(pasteShare*float64(d.plan.Basis.Budget)))
	d.share(order, d.plan.Basis.Budget-passes-kept)
	return nil
}

// tested is what is tested of a class.
type tested struct {
	class  int
	ids    []int64
	pairs  []Pair
	matter []string
	own    []int64 // samples to swap with for a control; nil: the right ones of the class
}

// elsewhere finds, of each pair, what the same area did in the other classes.
func elsewhere(screened []Pair) {
	sum, turned, n := map[string]float64{}, map[string]float64{}, map[string]int{}
	for _, p := range screened {
		sum[p.Region] += max(0, p.Score)
		turned[p.Region] += p.Turned
		n[p.Region]++
	}
	for i := range screened {
		p := &screened[i]
		others := float64(max(1, n[p.Region]-1))
		p.Elsewhere, p.Others = (sum[p.Region]-max(0, p.Score))/others, (turned[p.Region]-p.Turned)/others
	}
}

// others are the samples of a class that its pairs were not chosen by, or all of them where
// those are too few.
func (d *designer) others(class int) []int64 {
	of := d.right[class]
	if !d.reuses(class) {
		of = of[screenedOf(len(of)):]
	}
	return of[:min(len(of), mostTest)]
}

// reuses tells whether a class has too few right samples to test on others.
func (d *designer) reuses(class int) bool { return len(d.right[class]) < fewestScreen+fewestTest }

// mattering lists the regions of a class that turned a good part of the screened samples.
func mattering(screened []Pair, class int) (list []string) {
	for _, p := range screened {
		if p.Class == class && p.Turned >= mattersAt {
			list = append(list, p.Region)
		}
	}
	return list
}

// strongest chooses the pairs to test: of each class its strongest, of all of them the
// strongest, and besides the regions of the dataset, to say whether they are used. An area
// that does as much as a larger one goes first, and a region of the dataset that does at least half as much
// as the strongest place goes before all places: it has a meaning.
func strongest(screened []Pair) (chosen []Pair) {
	best := map[int]float64{}
	for _, p := range screened {
		best[p.Class] = max(best[p.Class], p.Score)
	}
	first := func(p Pair) int {
		if !p.Builtin && 2*p.Score >= best[p.Class] {
			return 0
		}
		return 1
	}
	byScore := slices.Clone(screened)
	slices.SortStableFunc(byScore, func(a, b Pair) int {
		return cmp.Or(first(a)-first(b), cmp.Compare(b.Score*(1-b.Area), a.Score*(1-a.Area)))
	})
	count, full := map[int]int{}, 0
	for _, p := range byScore {
		if p.Whole {
			continue
		}
		p.How = Alone
		if count[p.Class] < pairsPerClass && full < mostPairs && p.Score > 0 {
			p.How = Hidden
			count[p.Class]++
			full++
		} else if p.Builtin {
			continue
		}
		chosen = append(chosen, p)
	}
	return append(chosen, strongestProperties(screened)...)
}

// propertyScore is the score from which on a property is tested, and how much it has to be
// more than in the other classes.
const propertyScore = 0.1

// strongestProperties chooses, of each class, the property of the whole image that took most more
// of the margin than in the other classes. It is swapped for that of other samples.
func strongestProperties(screened []Pair) (chosen []Pair) {
	best := map[int]Pair{}
	for _, p := range screened {
		if more := p.Score - p.Elsewhere; p.Whole && more >= propertyScore && more > best[p.Class].Score-best[p.Class].Elsewhere {
			best[p.Class] = p
		}
	}
	for _, p := range best {
		p.How = Swapped
		chosen = append(chosen, p)
	}
	slices.SortFunc(chosen, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Score-b.Elsewhere, a.Score-a.Elsewhere), a.Class-b.Class)
	})
	return chosen
}

// settle finds out, from where the regions of the samples lie, which pairs of a class have
// controls; the others are swapped.
func (d *designer) settle(t *tested) error {
	where, err := d.where(t.class, t.ids)
	if err != nil {
		return err
	}
	for i := range t.pairs {
		p := &t.pairs[i]
		p.Right = d.all[t.class]
		p.Reused = d.reuses(t.class)
		if p.Object, err = objectOf(p.Shape, t.ids, where); err != nil {
			return err
		}
		if p.How != Hidden {
			continue
		}
		with, has := 0, 0
		for _, id := range t.ids {
			region, controls, err := ControlsOf(where[id], p.Shape, t.matter, p.controls(), Seed(d.plan.Seed, id))
			if err != nil {
				return err
			}
			if region != nil {
				has++
			}
			if len(controls) >= leastControls {
				with++
			}
		}
		p.Matter = t.matter
		if with < fewestTest && with < has || 2*with < has {
			p.How, p.Matter = Swapped, nil
		}
	}
	return nil
}

// cost is how many forward passes a sample takes.
func (p Pair) cost() int {
	switch p.How {
	case Hidden:
		return fillCount * (1 + p.controls())
	case Swapped:
		return len(p.fills()) + 2*swapDraws
	}
	return fillCount
}

// controls is how many places an area is compared with.
func (p Pair) controls() int {
	if p.joint() {
		return jointControls
	}
	return wantControls
}

// fillCount is in how many ways an area is hidden.
const fillCount = 2

// share shares what is left of the budget out among the classes: first the number of
// samples goes down to enoughTest, then pairs are left out, the weakest first.
func (d *designer) share(order []*tested, left int) {
	needs := func(most int) (n int) {
		for _, t := range order {
			n += t.passes(most)
		}
		return n
	}
	most := mostTest
	for most > enoughTest && needs(most) > left {
		most--
	}
	for needs(most) > left && d.leaveOut(order) {
	}
	for _, t := range order {
		d.add(t, most)
	}
}

// passes is how many forward passes the pairs take on so many samples at most.
func (t *tested) passes(most int) int {
	if len(t.pairs) == 0 {
		return 0
	}
	n := min(most, len(t.ids))
	sum := n
	for _, p := range t.pairs {
		sum += p.cost() * min(n, mostCompared)
		if !p.joint() && !p.Whole {
			sum += fillCount * max(0, n-mostCompared)
		}
	}
	return sum
}

// leaveOut drops the weakest pair of all that have a control.
func (d *designer) leaveOut(order []*tested) bool {
	var weakest *tested
	at := -1
	for _, t := range order {
		for i, p := range t.pairs {
			if at < 0 || p.Score < weakest.pairs[at].Score {
				weakest, at = t, i
			}
		}
	}
	if at < 0 {
		return false
	}
	p := weakest.pairs[at]
	d.untested(p.Class, p.Region, "the budget of forward passes went to stronger candidates")
	weakest.pairs = slices.Delete(weakest.pairs, at, at+1)
	return true
}

// add puts a class's pairs and samples into the plan.
func (d *designer) add(t *tested, most int) {
	if len(t.pairs) == 0 {
		return
	}
	first := len(d.plan.Pairs)
	d.plan.Pairs = append(d.plan.Pairs, t.pairs...)
	for i, id := range t.ids[:min(most, len(t.ids))] {
		u := Unit{Sample: id, Class: t.class, Bare: i >= mostCompared}
		for j, p := range t.pairs {
			if u.Bare && (p.joint() || p.Whole) {
				continue
			}
			u.Pairs = append(u.Pairs, first+j)
			if p.How == Swapped && !u.Bare {
				u.Donors = append(u.Donors, d.swaps(first+j, t, i)...)
			}
		}
		d.plan.Units = append(d.plan.Units, u)
	}
	d.plan.Passes += t.passes(most)
}

// swaps chooses the samples that an area of a class's i-th sample is swapped for: some of
// other classes, and as many others of its own.
func (d *designer) swaps(pair int, t *tested, i int) (list []Given) {
	list = d.foreign(pair, t, i)
	own := t.own
	if own == nil {
		own = d.right[t.class]
	}
	for k := range swapDraws {
		if id := own[(slices.Index(own, t.ids[i])+1+k)%len(own)]; id != t.ids[i] {
			list = append(list, Given{Pair: pair, Sample: id, Class: t.class, Fill: FillSwap, Place: 1})
		}
	}
	return list
}

// foreign chooses samples of other classes that an area of a class's i-th sample is swapped for.
func (d *designer) foreign(pair int, t *tested, i int) (list []Given) {
	var others []int
	for c := range d.right {
		if c != t.class {
			others = append(others, c)
		}
	}
	slices.Sort(others)
	for k := range swapDraws {
		at := i*swapDraws + k
		if len(others) > 0 {
			c := others[at%len(others)]
			list = append(list, Given{Pair: pair, Sample: d.right[c][at/len(others)%len(d.right[c])], Class: c, Fill: FillSwap})
		}
	}
	return list
}

// Candidates are a sample's own regions and the places of every image.
func Candidates(where explain.Drawn) ([]regions.Named, error) {
	own, err := where.Own()
	return append(own, regions.Places(where.Width, where.Height)...), err
}

func find(list []regions.Named, name string) regions.Region {
	for _, r := range list {
		if r.Name == name {
			return r.Region
		}
	}
	return nil
}

// Seed is that of a sample's controls.
func Seed(of uint64, sample int64) uint64 { return of<<40 ^ uint64(sample) }
