package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/gates"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/saliency"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/tasks/whatif"
)

func (b *backend) checkRoutes(a huma.API) {
	route.JSON(a, "POST /api/evaluations/{id}/check", "check", "Assess rules on an evaluation; nothing is made for it: maps and tests that are not there leave a rule unjudged",
		func(ctx context.Context, in *struct {
			route.EvaluationPath
			Body api.CheckRequest
		}) (api.Check, error) {
			out, err := b.check(ctx, in.Evaluation, in.Body)
			var mistake *gates.Mistake
			if errors.As(err, &mistake) {
				err = route.Refused(http.StatusUnprocessableEntity, err)
			}
			return out, err
		})
}

func (b *backend) check(ctx context.Context, evaluation string, in api.CheckRequest) (out api.Check, err error) {
	name := cmp.Or(in.File, "rules")
	file, err := gates.Parse(name, []byte(in.Rules))
	if err != nil {
		return out, err
	}
	ev, err := b.store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return out, err
	}
	if ev.State != results.EvaluationDone {
		return out, route.Conflict(whatif.ErrNotEvaluated)
	}
	g := &gatherer{backend: b, ctx: ctx, ev: ev, facts: &gates.Facts{Classes: ev.Classes}}
	if err := g.gather(name, file, in.Baseline); err != nil {
		return out, err
	}
	report, err := gates.Assess(name, file, g.facts)
	if err != nil {
		return out, err
	}
	return toCheck(report, ev, in.Baseline, g.of), nil
}

// gatherer collects what rules are assessed by.
type gatherer struct {
	*backend
	ctx   context.Context
	ev    *results.Evaluation
	of    slice.Slice
	facts *gates.Facts
}

func (g *gatherer) gather(name string, f gates.File, baseline string) (err error) {
	if err := g.choose(name, f); err != nil {
		return err
	}
	g.facts.Slice, g.facts.DoorsFor = g.of.String(), g.door
	if err := g.numbers(f); err != nil {
		return err
	}
	if err := g.regions(); err != nil {
		return err
	}
	g.facts.Shares = map[int][]gates.AreaFact{}
	for i := range f.Rules {
		if r := &f.Rules[i]; r.NeedsMaps() {
			if g.facts.Shares[i], err = g.shares(r); err != nil {
				return err
			}
		}
	}
	needs := func(what func(*gates.Rule) bool) bool {
		return slices.ContainsFunc(f.Rules, func(r gates.Rule) bool { return what(&r) })
	}
	if needs(func(r *gates.Rule) bool { return r.Kind == gates.NoLeak || r.Kind == gates.NoNear }) {
		if err := g.leaks(); err != nil {
			return err
		}
	}
	if needs((*gates.Rule).NeedsTests) {
		if g.facts.Tests, err = g.tests(g.ev.ID); err != nil {
			return err
		}
	}
	if baseline != "" && needs((*gates.Rule).NeedsBaseline) {
		return g.before(baseline, needs((*gates.Rule).NeedsTests))
	}
	if baseline != "" { // no rule asks for it, but one that is not there is a mistake
		_, err := g.store.Results.Evaluation(g.ctx, baseline)
		return err
	}
	return nil
}

// choose finds the images that figures are over.
func (g *gatherer) choose(name string, f gates.File) error {
	if !f.Sliced {
		h, err := g.store.Results.Headline(g.ctx, g.ev.ID)
		if err == nil {
			g.of = h.Slice
		}
		return err
	}
	of, err := slice.Parse(f.Slice)
	if err == nil {
		of, err = of.Resolve(g.ev.Classes)
	}
	if err != nil {
		return &gates.Mistake{File: name, Line: 1, Text: "slice: " + err.Error()}
	}
	g.of = of
	return nil
}

// door selects the images with a label, or all of them.
func (g *gatherer) door(class int) string {
	if class < 0 {
		return g.of.String()
	}
	of, err := g.of.And(slice.Equal("label", slice.Class(class)))
	if err != nil { // it has a label already
		return g.of.String()
	}
	return of.String()
}

// numbers counts right answers by label, and reads confidences where a rule asks for them.
func (g *gatherer) numbers(f gates.File) error {
	matrix, err := g.store.Results.Matrix(g.ctx, g.ev.ID, g.of)
	if err != nil {
		return err
	}
	for _, k := range matrix.PerClass() {
		g.facts.Counts = append(g.facts.Counts, gates.Count{Images: k.Support, Right: k.Correct})
	}
	if !slices.ContainsFunc(f.Rules, func(r gates.Rule) bool { return r.Kind == gates.Calibration }) {
		return nil
	}
	a, err := g.store.Results.Answers(g.ctx, g.ev.ID, g.of)
	if err == nil {
		g.facts.Confidence, g.facts.Right = a.Confidence, a.Right
	}
	return err
}

// regions lists the names that rules may use.
func (g *gatherer) regions() error {
	names, err := g.store.Catalog.RegionNames(g.ctx, g.ev.Dataset)
	if err != nil {
		return err
	}
	for _, list := range [][]regions.Named{regions.Builtin(1, 1), regions.Places(1, 1)} {
		for _, r := range list {
			names = append(names, r.Name)
		}
	}
	names = append(names, saliency.ObjectOfTheLabel, saliency.Elsewhere)
	slices.Sort(names)
	g.facts.Regions = slices.Compact(names)
	return nil
}

// shares reads what stored maps say of a rule's region, of each label and of all images.
func (g *gatherer) shares(r *gates.Rule) (list []gates.AreaFact, err error) {
	target := r.Target
	if class, err := slice.FindClass(g.ev.Classes, target); err == nil {
		target = fmt.Sprintf("class:%d", class)
	}
	look, err := g.saliency.Look(g.ctx, g.ev.ID, g.of, "label", r.Method, target)
	if err != nil {
		return nil, err
	}
	for _, row := range append(slices.Clip(look.Rows), look.All) {
		class := gates.All
		if row.Label != nil {
			class = *row.Label
		}
		for _, one := range row.Regions {
			if one.Region == r.Region {
				list = append(list, gates.AreaFact{Class: class, Region: r.Region, Share: toFigure(one.Share), Images: row.Images, Slice: row.Slice})
			}
		}
	}
	return list, nil
}

// toFigure is a mean share; one without an interval could be anything.
func toFigure(e api.Estimate) gates.Figure {
	if !e.Known {
		return gates.Figure{Value: e.Mean, Low: 0, High: 1, N: e.N}
	}
	return gates.Figure{Value: e.Mean, Low: e.Low, High: e.High, N: e.N}
}

// leaks reads which measured images are in another split, too, or show the same as one there.
func (g *gatherer) leaks() error {
	found, err := g.findings(g.ctx, &route.EvaluationPath{Evaluation: g.ev.ID})
	if err != nil {
		return err
	}
	g.facts.Splits = len(g.ev.Splits)
	for i := range found.Findings {
		f := &found.Findings[i]
		leak := gates.Leak{Images: gates.Figure{Value: f.Effect, Low: f.Low, High: f.High, N: f.N}, Text: f.Text, Slice: f.Slice}
		switch {
		case f.Key == findings.NearLeak:
			g.facts.Near = append(g.facts.Near, leak)
		case f.Kind == findings.Leak:
			g.facts.Leaks = append(g.facts.Leaks, leak)
		}
	}
	figures, err := g.figures.Of(g.ctx, g.store.Workspace, g.store.Results, g.ev)
	if err == nil {
		g.facts.NearNot = figures.Uncompared
	}
	return err
}

// tests reads what an evaluation's model was found to decide by.
func (g *gatherer) tests(evaluation string) (t gates.Tests, err error) {
	found, err := g.findings(g.ctx, &route.EvaluationPath{Evaluation: evaluation})
	if err != nil {
		return t, err
	}
	t.Done = found.Stage == "" && !found.Stale
	t.Next = "run `sightline findings` on " + evaluation
	for i := range found.Findings {
		f := &found.Findings[i]
		if f.Grade != tested {
			continue
		}
		t.Pairs = max(t.Pairs, f.Pairs)
		class := gates.All
		if f.Class != nil {
			class = *f.Class
		}
		if f.Kind == findings.Shortcut {
			t.Shortcuts = append(t.Shortcuts, gates.Shortcut{Class: class, Name: f.ClassName, Region: areaOf(f), Text: f.Text, Slice: f.Slice})
		}
		t.Areas = append(t.Areas, gates.AreaTest{Class: class, Region: areaOf(f), More: gates.Figure{Value: f.Effect, Low: f.Low, High: f.High, N: f.N},
			Controlled: f.Control != nil, Few: f.N < gates.Fewest, How: howOf(f), Slice: f.Slice})
	}
	return t, nil
}

// areaOf names the region, or the property, that a finding is about.
func areaOf(f *api.Finding) string {
	if f.Region == nil {
		return f.Property
	}
	return *f.Region
}

// howOf says what was done to the area.
func howOf(f *api.Finding) string {
	area := findings.Phrase(areaOf(f), f.Builtin)
	for _, fill := range f.Fills {
		if fill.Control != nil {
			if fill.Fill == findings.Swap {
				return "swapping " + area + " for that of another class"
			}
			break
		}
	}
	return "hiding " + area
}

// before reads what the baseline is compared by.
func (g *gatherer) before(id string, tests bool) error {
	earlier, err := g.store.Results.Evaluation(g.ctx, id)
	if err != nil {
		return err
	}
	compared, err := g.comparison(g.ctx, &comparisonQuery{EvaluationPath: route.EvaluationPath{Evaluation: g.ev.ID}, SliceQuery: route.Selecting(g.of), Before: earlier.ID})
	if err != nil {
		return err
	}
	out := &gates.Before{ID: earlier.ID, Images: compared.Images}
	for _, k := range compared.Classes {
		d := k.Recall.Difference
		out.Changes = append(out.Changes, gates.Change{Class: k.Class, Images: k.Images, Fixed: k.Fixed, Broken: k.Broken, Recall: k.Recall.Now, Was: k.Recall.Before,
			Difference: gates.Figure{Value: d.Mean, Low: d.Low, High: d.High, N: d.N}, Corrected: k.Corrected, Slice: g.door(k.Class)})
	}
	if tests {
		if out.Tests, err = g.tests(earlier.ID); err != nil {
			return err
		}
	}
	g.facts.Before = out
	return nil
}

func toCheck(r gates.Report, ev *results.Evaluation, baseline string, of slice.Slice) api.Check {
	return api.Check{
		Evaluation: ev.ID, Baseline: baseline, Slice: of.String(), SliceName: of.Sentence(ev.Classes), Verdict: string(r.Verdict),
		Rules: wire.List(r.Results, func(one gates.Result) api.RuleResult {
			return api.RuleResult{Rule: one.Rule.String(), Kind: one.Rule.Kind, Line: one.Rule.Line, Verdict: string(one.Verdict), Checks: wire.List(one.Checks, toRuleFigure)}
		}),
	}
}

func toRuleFigure(c gates.Check) api.RuleFigure {
	out := api.RuleFigure{Verdict: string(c.Verdict), Class: c.Class, N: c.Figure.N, Limit: c.Limit, AtLeast: c.AtLeast, Text: c.Text, Slice: c.Slice}
	if c.Figure.N > 0 {
		out.Value, out.Low, out.High = number(c.Figure.Value), number(c.Figure.Low), number(c.Figure.High)
	}
	return out
}
