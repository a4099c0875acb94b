package whatif

import (
	"context"
	"slices"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/trials"
)

// Table is what the trials of an evaluation showed so far.
type Table struct {
	Names    []string // of the classes
	Pairs    []findings.Pair
	Declared []trials.Declaration
}

// Findings puts what the trials showed in words.
func (t *Table) Findings() []findings.Finding {
	return findings.Analyse(t.Pairs, t.Names, t.declared)
}

// declared is what was declared of a region: of the class first, then of all.
func (t *Table) declared(class int, region string) string {
	word := ""
	for _, d := range t.Declared { // those of all classes come first
		if d.Region == region && (d.Class == "" || class >= 0 && d.Class == t.Names[class]) {
			word = d.Word
		}
	}
	return word
}

// claims are the strongest findings that something decides a class, at most so many, and
// properties of the whole image that may.
func (t *Table) claims(most int) (list []findings.Finding) {
	for _, f := range t.Findings() {
		if (f.Claims() || f.Whole && f.Hints) && f.Class >= 0 && len(list) < most {
			list = append(list, f)
		}
	}
	return list
}

// Table reads what the trials showed.
func (p Service) Table(ctx context.Context, evaluation string) (*Table, error) {
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	declared, err := p.Store.Trials.Declarations(ctx, ev.Dataset)
	if err != nil {
		return nil, err
	}
	return TableOf(ctx, &stored{p, ev}, declared)
}

// TableOf puts together what the trials of a source showed.
func TableOf(ctx context.Context, of Source, declared []trials.Declaration) (*Table, error) {
	return tableBefore(ctx, of, declared, "")
}

// tableBefore is what the stages before one showed, of all if it is "".
func tableBefore(ctx context.Context, of Source, declared []trials.Declaration, stage string) (*Table, error) {
	t := &Table{Names: of.Classes(), Declared: declared}
	plan, list, err := of.Made(ctx, Test)
	if err != nil || plan == nil {
		return t, err
	}
	at := map[pairKey]*findings.Pair{}
	t.Pairs = testedPairs(plan, list, at)
	for _, next := range Stages()[2:] {
		if next == stage {
			break
		}
		if plan, list, err = of.Made(ctx, next); err != nil || plan == nil {
			return t, err
		}
		if next != Paste {
			addTightened(at, plan, list)
			continue
		}
		for _, unit := range byUnit(list) {
			addPasted(at, unit)
		}
	}
	return t, nil
}

// testedPairs reads what hiding and swapping showed of the pairs of a plan; at finds them.
func testedPairs(plan *Plan, list []trials.Trial, at map[pairKey]*findings.Pair) []findings.Pair {
	pairs := make([]findings.Pair, len(plan.Pairs))
	for i, pair := range plan.Pairs {
		pairs[i] = findings.Pair{Class: pair.Class, Region: pair.Region, Parts: pair.Parts, Whole: pair.Whole, Builtin: pair.Builtin, Edge: pair.edge(), Area: pair.Area, Object: pair.Object,
			Screened: pair.Score, Others: pair.Others, Elsewhere: pair.Elsewhere, Right: pair.Right}
		if pair.Reused {
			pairs[i].Reused = max(1, plan.Screened)
		}
		at[pairKey{pair.Class, pair.Region}] = &pairs[i]
	}
	for _, unit := range byUnit(list) {
		addTested(at, unit)
	}
	return pairs
}

// edge tells whether all of an area lies along the edge of the image.
func (p Pair) edge() bool {
	return p.Builtin && !slices.ContainsFunc(p.names(), func(name string) bool { return !regions.Edge(name) })
}

type pairKey struct {
	class  int
	region string
}

// byUnit cuts trials, which are in order of their units, into those of each.
func byUnit(list []trials.Trial) (units [][]trials.Trial) {
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(t trials.Trial) bool { return t.Unit != list[0].Unit })
		if n < 0 {
			n = len(list)
		}
		units, list = append(units, list[:n]), list[n:]
	}
	return units
}

// asIs is the trial of a unit in which nothing was changed; its region is "", the first.
func asIs(unit []trials.Trial) (trials.Trial, bool) { return unit[0], unit[0].Region == "" }

// addTested adds a sample that was hidden or swapped in to its pairs.
func addTested(at map[pairKey]*findings.Pair, unit []trials.Trial) {
	before, ok := asIs(unit)
	if !ok || findings.OutcomeOf(before.Scores(), before.Class).Winner != before.Class {
		return
	}
	samples := map[pairKey]*findings.Sample{}
	for _, t := range unit[1:] {
		key := pairKey{t.Class, t.Region}
		if at[key] == nil {
			continue
		}
		s := samples[key]
		if s == nil {
			s = &findings.Sample{ID: t.Sample, Before: findings.OutcomeOf(before.Scores(), t.Class)}
			samples[key] = s
		}
		if len(s.Fills) == 0 || s.Fills[len(s.Fills)-1].Name != t.Fill {
			s.Fills = append(s.Fills, findings.Fill{Name: t.Fill})
		}
		f := &s.Fills[len(s.Fills)-1]
		if after := findings.OutcomeOf(t.Scores(), t.Class); t.Place == 0 {
			f.Changed = append(f.Changed, after)
		} else {
			f.Controls = append(f.Controls, after)
		}
	}
	for key, s := range samples {
		s.Fills = ordered(s.Fills)
		at[key].Samples = append(at[key].Samples, *s)
	}
}

// ordered puts fills in the order of what they say, and drops controls that are too few.
func ordered(fills []findings.Fill) []findings.Fill {
	rank := []string{string(regions.Pyramid), string(regions.Blur), FillSwap}
	slices.SortFunc(fills, func(a, b findings.Fill) int { return slices.Index(rank, a.Name) - slices.Index(rank, b.Name) })
	for i := range fills {
		if fills[i].Name != FillSwap && len(fills[i].Controls) < leastControls {
			fills[i].Controls = nil
		}
	}
	return fills
}

// addPasted adds a sample that an area was pasted into.
func addPasted(at map[pairKey]*findings.Pair, unit []trials.Trial) {
	before, ok := asIs(unit)
	if !ok || len(unit) < 2 || findings.OutcomeOf(before.Scores(), before.Class).Winner != before.Class {
		return
	}
	p := findings.Pasted{ID: before.Sample, Class: before.Class}
	pair := at[pairKey{unit[1].Class, unit[1].Region}]
	for _, t := range unit[1:] {
		turned := findings.OutcomeOf(t.Scores(), t.Class).Winner == t.Class
		if t.Place == 0 {
			p.Turned, p.Donor = turned, t.Donor
		} else {
			p.ControlTurned, p.Controlled = turned, true
		}
	}
	if pair != nil && p.Donor != 0 {
		pair.Pasted = append(pair.Pasted, p)
	}
}

// Screened reads what the screening showed of every pair, and how many forward passes it took.
func Screened(ctx context.Context, of Source) (list []Pair, passes int, err error) {
	plan, made, err := of.Made(ctx, Screen)
	if err != nil || plan == nil {
		return nil, 0, err
	}
	at := map[pairKey]*screened{}
	for _, unit := range byUnit(made) {
		addScreened(at, unit)
	}
	for _, pair := range plan.Pairs {
		if s := at[pairKey{pair.Class, pair.Region}]; s != nil {
			s.into(&pair)
			list = append(list, pair)
		}
	}
	return list, plan.Passes, nil
}

// screened adds up the screening of a pair.
type screened struct {
	before, after, areas []float64
	turned               int
}

func addScreened(at map[pairKey]*screened, unit []trials.Trial) {
	before, ok := asIs(unit)
	if !ok {
		return
	}
	was := findings.OutcomeOf(before.Scores(), before.Class)
	if was.Winner != before.Class {
		return
	}
	for _, t := range unit[1:] {
		key := pairKey{t.Class, t.Region}
		if at[key] == nil {
			at[key] = &screened{}
		}
		s, is := at[key], findings.OutcomeOf(t.Scores(), t.Class)
		s.before, s.after, s.areas = append(s.before, was.Margin), append(s.after, is.Margin), append(s.areas, t.Area)
		if is.Winner != t.Class {
			s.turned++
		}
	}
}

// into fills in what a pair is chosen by.
func (s *screened) into(p *Pair) {
	n := float64(len(s.before))
	lost, area := 0.0, 0.0
	for i := range s.before {
		lost += (s.before[i] - s.after[i]) / n
		area += s.areas[i] / n
	}
	median := slices.Clone(s.before)
	slices.Sort(median)
	p.Area, p.Turned = area, float64(s.turned)/n
	p.Score = lost / max(1e-9, (median[(len(median)-1)/2]+median[len(median)/2])/2)
}
