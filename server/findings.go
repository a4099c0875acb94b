package server

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/trials"
)

func (b *backend) findingRoutes(a huma.API) {
	const address = " /api/evaluations/{id}/findings"
	route.JSON(a, "GET"+address, "get-findings", "What the model decides by, as far as it was tested", b.findings)
	route.Accepted(a, "POST"+address, "find", "Test what the model decides by, or continue to", func(ctx context.Context, in *struct {
		route.EvaluationPath
		Body api.FindingsRequest
	}) (api.FindingsJob, error) {
		job, ok, err := b.whatif.Start(ctx, in.Evaluation, in.Body.Budget)
		if errors.Is(err, whatif.ErrNotEvaluated) {
			err = route.Conflict(err)
		}
		if err != nil || !ok {
			return api.FindingsJob{}, err
		}
		out := wire.Job(job)
		return api.FindingsJob{Job: &out}, nil
	})
	route.Accepted(a, "POST /api/datasets/{name}/fingerprints", "fingerprint", "Make the fingerprints that images lack which were imported before there were any: near duplicates are found by them",
		func(ctx context.Context, in *datasetPath) (api.Job, error) {
			return wire.JobResult(b.importing.Fingerprint(ctx, in.Dataset))
		})
	route.JSON(a, "GET"+address+"/pairs", "list-pairs", "All pairs of images of a finding of near duplicates", b.pairs)
	route.JSON(a, "GET /api/datasets/{name}/declarations", "list-declarations", "What models should, or should not, look at", func(ctx context.Context, in *datasetPath) (api.Declarations, error) {
		return b.declarations(ctx, in.Dataset)
	})
	route.JSON(a, "PUT /api/datasets/{name}/declarations", "declare", "Say what models should, or should not, look at", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Body    api.Declarations
	}) (api.Declarations, error) {
		list := wire.List(in.Body.Declared, func(d api.Declaration) trials.Declaration { return trials.Declaration(d) })
		err := b.store.Trials.Declare(ctx, in.Dataset, list, in.Body.Replace)
		if errors.Is(err, trials.ErrDeclaration) {
			err = route.BadRequest(err)
		}
		if err != nil {
			return api.Declarations{}, err
		}
		return b.declarations(ctx, in.Dataset)
	})
}

func (b *backend) declarations(ctx context.Context, dataset string) (api.Declarations, error) {
	list, err := b.store.Trials.Declarations(ctx, dataset)
	return api.Declarations{Declared: wire.List(list, func(d trials.Declaration) api.Declaration { return api.Declaration(d) })}, err
}

func (b *backend) findings(ctx context.Context, in *route.EvaluationPath) (api.Findings, error) {
	ev, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Findings{}, err
	}
	state, err := b.whatif.State(ctx, ev)
	if err != nil {
		return api.Findings{}, err
	}
	table, err := b.whatif.Table(ctx, ev.ID)
	if err != nil {
		return api.Findings{}, err
	}
	figures, err := b.figures.Of(ctx, b.store.Workspace, b.store.Results, ev)
	if err != nil {
		return api.Findings{}, err
	}
	dismissed, err := b.dismissedOf(ctx, ev.Dataset)
	if err != nil {
		return api.Findings{}, err
	}
	out := api.Findings{Evaluation: ev.ID, Stage: state.Next, Stale: state.Stale, Budget: state.Basis.Budget,
		Findings: []api.Finding{}, Untested: []api.UntestedArea{}, NotFound: wire.List(figures.Quiet, func(q findings.Quiet) api.NotFound { return api.NotFound(q) })}
	out.Declared = wire.List(table.Declared, func(d trials.Declaration) api.Declaration { return api.Declaration(d) })
	for _, stage := range whatif.Stages() {
		if plan := state.Plans[stage]; plan != nil {
			out.Passes, out.Seed, out.Slice, out.Screened = out.Passes+plan.Passes, plan.Seed, plan.Slice, max(out.Screened, plan.Screened)
			for _, u := range plan.Untested {
				out.Untested = append(out.Untested, toUntested(u, ev.Classes))
			}
		}
	}
	list := table.Findings()
	if out.Stage != "" { // maps propose what is not tested yet
		if out.Findings, err = b.seen(ctx, ev, list); err != nil {
			return api.Findings{}, err
		}
	}
	out.Unprinted = figures.Unprinted
	rankFindings(&out, ev, list, figures.Found, dismissed)
	_ = b.keepSentence(ctx, ev, out.Headline) // on a full disk the findings are told all the same
	out.Job, err = b.findingsJob(ctx, ev.ID)
	return out, err
}

// sentenceFact is the name of the fact that keeps the headline of an evaluation's findings, for the list
// of evaluations: to find it anew for each of them would take seconds.
const sentenceFact = "findings/sentence"

// keepSentence stores the headline of a finished evaluation where it is another one than before.
func (b *backend) keepSentence(ctx context.Context, ev *results.Evaluation, text string) error {
	known, err := b.sentence(ctx, ev.ID)
	if err != nil || known == text || b.stateOf(ctx, ev) != api.JobDone {
		return err
	}
	content, err := json.Marshal(text)
	if err != nil {
		return err
	}
	return b.store.Results.PutFact(ctx, ev.ID, sentenceFact, content)
}

// sentence is the headline that was kept, or "".
func (b *backend) sentence(ctx context.Context, evaluation string) (text string, err error) {
	list, err := b.store.Results.Facts(ctx, evaluation, sentenceFact)
	if err == nil && len(list) > 0 {
		err = json.Unmarshal(list[0].Content, &text)
	}
	return text, err
}

// seen are the findings of stored maps, where nothing was tested yet.
func (b *backend) seen(ctx context.Context, ev *results.Evaluation, list []findings.Finding) ([]api.Finding, error) {
	h, err := b.store.Results.Headline(ctx, ev.ID)
	if err != nil {
		return nil, err
	}
	method, err := b.store.Maps.MostStored(ctx, ev.ID, "predicted", "")
	if err != nil || method == "" {
		return []api.Finding{}, err
	}
	right := h.Slice.Over(slice.Equal("correct", slice.Named("true"))) // there the map of what is predicted is one of the label
	look, err := b.saliency.Look(ctx, ev.ID, right, "label", method, "predicted")
	if err != nil {
		return nil, err
	}
	var looks []findings.Look
	for _, row := range look.Rows {
		for _, r := range row.Regions {
			if row.Label != nil && *row.Label >= 0 {
				looks = append(looks, findings.Look{Class: *row.Label, Region: r.Region, Builtin: r.Builtin, Area: r.Area,
					Share: stats.Estimate{Mean: r.Share.Mean, Low: r.Share.Low, High: r.Share.High, Known: r.Share.Known, N: r.Share.N}})
			}
		}
	}
	out := []api.Finding{}
	for _, s := range findings.LookedAt(looks, ev.Classes, func(class int, region string) bool {
		return slices.ContainsFunc(list, func(f findings.Finding) bool { return f.Class == class && f.Region == region })
	}) {
		f, err := b.toSeen(ctx, ev, right, method, &s)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// toSeen is a finding of maps, with the images whose maps lie most on the region.
func (b *backend) toSeen(ctx context.Context, ev *results.Evaluation, of slice.Slice, method string, s *findings.Seen) (api.Finding, error) {
	key := findings.Finding{Kind: findings.Reason, Class: s.Class, Region: s.Region}
	out := api.Finding{Kind: key.Kind, Key: key.Key(ev.Classes), Grade: "maps", Class: &s.Class, ClassName: wire.NameAt(ev.Classes, s.Class), Region: &s.Region, Builtin: s.Builtin,
		Area: s.Area, Effect: s.Share.Mean, Low: s.Share.Low, High: s.Share.High, EffectUnit: "share of what speaks for the class", N: s.Share.N, Text: s.Text, Group: s.Group,
		Next: "Test what it decides by.", Fills: []api.FindingFill{}, Samples: []int64{}, Doors: []api.FindingDoor{}}
	door, err := slice.Parse("share(" + url.QueryEscape(s.Region) + "," + method + ",predicted)=0-&label=" + strconv.Itoa(s.Class))
	if err == nil {
		door, err = door.And(of)
	}
	if err != nil {
		return out, err
	}
	out.Doors = append(out.Doors, api.FindingDoor{Title: "Images of " + out.ClassName, Slice: door.String()})
	_, page, err := b.store.Results.Samples(ctx, ev.ID, door, results.LargestShare, 0, mostTurned)
	for _, it := range page {
		out.Samples = append(out.Samples, it.ID)
	}
	return out, err
}

// rankFindings puts what was tested and what the figures show in order, and finds the headline.
// What is dismissed comes last, and is not in the headline.
func rankFindings(out *api.Findings, ev *results.Evaluation, list []findings.Finding, figures []findings.Statement, dismissed map[string]*api.Dismissal) {
	for i := range list {
		out.Tested = max(out.Tested, list[i].Tested)
	}
	kept := slices.DeleteFunc(slices.Clone(list), func(f findings.Finding) bool { return dismissed[f.Key(ev.Classes)] != nil })
	told := slices.DeleteFunc(slices.Clone(figures), func(s findings.Statement) bool { return dismissed[s.Key] != nil })
	out.Headline = findings.Lead(kept, told, ev.Classes)
	groups := map[string]string{} // by key
	for i, text := range findings.Groups(kept, ev.Classes) {
		groups[kept[i].Key(ev.Classes)] = text
	}
	for i := range list {
		one := toFinding(&list[i], ev, out.Slice)
		one.Group = groups[one.Key]
		out.Findings = append(out.Findings, one)
	}
	for i := range figures {
		out.Findings = append(out.Findings, toStatement(&figures[i]))
	}
	for i := range out.Findings {
		if f := &out.Findings[i]; claims(f) {
			f.Dismissed = dismissed[f.Key]
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b api.Finding) int { return placeOf(&a) - placeOf(&b) })
}

// pairsQuery asks for a page of the pairs of a finding.
type pairsQuery struct {
	route.EvaluationPath
	Key    string `query:"key" required:"true" doc:"Of the finding"`
	Offset int    `query:"offset" minimum:"0"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

func (b *backend) pairs(ctx context.Context, in *pairsQuery) (api.FindingPairs, error) {
	out := api.FindingPairs{Pairs: []api.FindingPair{}}
	ev, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	figures, err := b.figures.Of(ctx, b.store.Workspace, b.store.Results, ev)
	if err != nil {
		return out, err
	}
	for _, s := range figures.Found {
		if s.Key != in.Key {
			continue
		}
		out.Total = len(s.Every) / 2
		for i := in.Offset; i < min(out.Total, in.Offset+in.Limit); i++ {
			pair := api.FindingPair{Samples: s.Every[2*i : 2*i+2]}
			if len(s.Labels) == len(s.Every) {
				pair.Captions = s.Labels[2*i : 2*i+2]
			}
			out.Pairs = append(out.Pairs, pair)
		}
	}
	return out, nil
}

// findingsJob is the job that is at work on an evaluation's findings, if one is.
func (b *backend) findingsJob(ctx context.Context, evaluation string) (string, error) {
	list, err := b.jobs.List(ctx)
	if err != nil {
		return "", err
	}
	for _, j := range list {
		if j.Kind != whatif.Name || !j.State.Active() {
			continue
		}
		of := wire.Job(j).Result
		if stage, ok := of["stage"].(string); ok && of["evaluation"] == evaluation && slices.Contains(whatif.Stages(), stage) { // else it is of an area that somebody drew
			return j.ID, nil
		}
	}
	return "", nil
}

func toUntested(u whatif.Untested, classes []string) api.UntestedArea {
	out := api.UntestedArea{Region: u.Region, Reason: u.Reason}
	if u.Class >= 0 {
		out.Class, out.ClassName = &u.Class, wire.NameAt(classes, u.Class)
	}
	return out
}

// mostTurned is how many turned samples a finding lists.
const mostTurned = 8

func toFinding(f *findings.Finding, ev *results.Evaluation, of string) api.Finding {
	main := f.Main()
	out := api.Finding{
		Kind: f.Kind, Key: f.Key(ev.Classes), Word: f.Word, Grade: tested, Region: &f.Region, Next: f.Next(), Doors: []api.FindingDoor{}, Builtin: f.Builtin, Area: f.Area, Declared: f.Declare,
		Rule:   map[int]string{findings.RuleUnwanted: "unwanted", findings.RuleEdge: "edge", findings.RuleOutside: "outside", findings.RuleWhole: "whole"}[f.Rule],
		Effect: main.More, EffectUnit: "share of right answers turned", Low: main.Low, High: main.High, Turned: main.Turned, Control: number(main.Control),
		Corrected: number(f.Q), Fragile: f.Fragile, N: main.N, Pairs: f.Tested, Text: f.Text,
		Samples: first(main.Samples, mostTurned), Fills: wire.List(f.Figures, toFill),
	}
	if out.Control == nil {
		out.Effect, out.Low, out.High = main.Turned, main.Least, main.Most
	}
	if f.Class >= 0 {
		out.Class, out.ClassName = &f.Class, wire.NameAt(ev.Classes, f.Class)
	}
	if main.Winner >= 0 {
		out.Winner = &main.Winner
	}
	out.Slice = rightOf(f.Class, of)
	out.Parts = f.Parts
	if f.Whole {
		out.Region, out.Property = nil, f.Region
	}
	weight := api.FindingRank(f.Weight)
	out.Weight = &weight
	if t := f.Tight; t != nil {
		out.Tight = &api.FindingPart{Left: t.Box.Left, Top: t.Box.Top, Right: t.Box.Right, Bottom: t.Box.Bottom, Area: t.Area, Kept: t.Kept, N: t.N}
	}
	if p := f.Paste; p != nil {
		out.Paste = &api.FindingPaste{N: p.N, Turned: p.Turned, Control: p.Control, Effect: p.More, Low: p.Low, High: p.High,
			Corrected: *orOne(p.Q), Samples: first(p.Samples, mostTurned)}
	}
	return out
}

// tested is the grade of a finding for which something was changed and predicted again.
const tested = "tested"

// toStatement is a finding of the figures.
func toStatement(s *findings.Statement) api.Finding {
	out := api.Finding{Kind: s.Kind, Key: s.Key, Grade: "numbers", Effect: s.Effect, EffectUnit: s.Unit, Low: s.Low, High: s.High, Won: s.Won, WonLow: s.WonLow, WonHigh: s.WonHigh,
		Corrected: number(s.Q), N: s.N, Pairs: s.Tests, Fills: []api.FindingFill{}, Text: s.Text, Next: s.Next, Samples: wire.Listed(s.Samples), SideBySide: s.Pairs, Captions: s.Captions, Together: len(s.Every) / 2,
		Doors: wire.List(s.Doors, func(d findings.Door) api.FindingDoor { return api.FindingDoor(d) })}
	if s.Class >= 0 {
		out.Class, out.ClassName = &s.Class, s.ClassName
	}
	return out
}

// placeOf is where a finding stands: what makes all figures doubtful, shortcuts, what can win
// errors, reasons, other figures, reasons that only one fill shows, what is dismissed, and what is
// not found.
func placeOf(f *api.Finding) int {
	switch {
	case f.Dismissed != nil:
		return 6
	case f.Kind == findings.Leak || f.Kind == findings.Preprocessing:
		return 0
	case f.Kind == findings.Shortcut:
		return 1
	case f.Grade != tested && f.Won > 0:
		return 2
	case f.Grade == tested && claims(f) && !f.Fragile:
		return 3
	case f.Grade != tested:
		return 4
	case claims(f):
		return 5
	}
	return 7
}

// claims tells whether a finding says that something is there, not only what was tested.
func claims(f *api.Finding) bool {
	return f.Grade != tested || f.Word == findings.Decides || f.Word == findings.Helps
}

// rightOf selects the images that a finding is about.
func rightOf(class int, of string) string {
	s, err := slice.Parse(of)
	if err != nil || class < 0 {
		return of
	}
	for _, field := range []string{"label", "predicted"} {
		if both, err := s.And(slice.Equal(field, slice.Class(class))); err == nil {
			s = both
		}
	}
	return s.String()
}

func toFill(g findings.Figure) api.FindingFill {
	out := api.FindingFill{Fill: g.Fill, N: g.N, Turned: g.Turned, Control: number(g.Control), Effect: g.More, Low: g.Low, High: g.High, Lost: g.Lost,
		Corrected: number(g.P), Most: g.Most}
	if out.Control == nil {
		out.Effect, out.Low, out.High = g.Turned, g.Least, g.Most
	}
	return out
}

// number is a figure as JSON can carry it; nil for none.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// orOne is a p-value, 1 where there is none.
func orOne(p float64) *float64 {
	if q := number(p); q != nil {
		return q
	}
	one := 1.0
	return &one
}

func first(list []int64, most int) []int64 {
	return append([]int64{}, slices.Clone(list)[:min(len(list), most)]...)
}
