package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/figures"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/workspace"
)

func (b *backend) listEvaluations(ctx context.Context, in *route.PageQuery) (out api.EvaluationList, err error) {
	after, err := in.Place()
	if err != nil {
		return out, err
	}
	places, err := b.store.Results.EvaluationsAfter(ctx, after, in.Limit+1)
	if err != nil {
		return out, err
	}
	out.Evaluations, out.Next, err = route.Paged(places, in.Limit, workspace.Place.String, func(p workspace.Place) (api.EvaluationSummary, error) {
		e, err := b.store.Results.Evaluation(ctx, p.ID)
		if err != nil {
			return api.EvaluationSummary{}, err
		}
		return b.evaluationSummary(ctx, e)
	})
	return out, err
}

func (b *backend) evaluationSummary(ctx context.Context, e *results.Evaluation) (api.EvaluationSummary, error) {
	h, err := b.store.Results.Headline(ctx, e.ID)
	if err != nil {
		return api.EvaluationSummary{}, err
	}
	sentence, err := b.sentence(ctx, e.ID)
	if err != nil {
		return api.EvaluationSummary{}, err
	}
	head := toHeadline(h)
	return api.EvaluationSummary{
		ID: e.ID, Dataset: e.Dataset, Model: e.Model, State: b.stateOf(ctx, e), Samples: e.Planned, Predicted: h.AllPredicted,
		Headline: head, Evaluated: head.Evaluated, Accuracy: head.Accuracy, MacroF1: head.MacroF1, Sentence: sentence, Created: e.Created, Job: e.Job,
	}, nil
}

func toHeadline(h *results.Headline) api.Headline {
	c := h.Confusion
	out := api.Headline{
		Slice: h.Slice.String(), Name: h.Name, Samples: h.Samples, Predicted: h.Predicted, Evaluated: c.Total(), Correct: c.Correct(),
		Accuracy: c.Accuracy(), MacroF1: c.Macro().F1,
	}
	out.AccuracyLow, out.AccuracyHigh = interval(out.Correct, out.Evaluated)
	return out
}

// interval is what a share of so few samples may be.
func interval(count, of int) (low, high float64) { return stats.Wilson(count, of, 0.95) }

// stateOf is done, or what the evaluation's job is.
func (b *backend) stateOf(ctx context.Context, e *results.Evaluation) api.JobState {
	if e.State == results.EvaluationDone {
		return api.JobDone
	}
	job, err := b.jobs.Get(ctx, e.Job)
	if err != nil {
		return api.JobInterrupted
	}
	return api.JobState(job.State)
}

func (b *backend) evaluation(ctx context.Context, in *sliceOf) (api.Evaluation, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Evaluation{}, err
	}
	of, err := in.Selected()
	if err != nil {
		return api.Evaluation{}, err
	}
	s, err := b.store.Results.Summary(ctx, in.Evaluation, of)
	if err != nil {
		return api.Evaluation{}, err
	}
	h, err := b.store.Results.Headline(ctx, in.Evaluation)
	if err != nil {
		return api.Evaluation{}, err
	}
	out := figuresOf(e, s, of)
	out.Headline, out.Predicted = toHeadline(h), h.AllPredicted
	out.State, out.Warnings = b.stateOf(ctx, e), warnings(e, s, of.Threshold())
	if out.Regions, err = b.store.Catalog.RegionNames(ctx, e.Dataset); err != nil {
		return out, err
	}
	if out.Excluded, err = b.marked(ctx, e, of, "excluded"); err != nil {
		return out, err
	}
	if out.Proposed, err = b.marked(ctx, e, of, "proposed"); err != nil {
		return out, err
	}
	out.Unmatched, err = b.unmatched(ctx, e)
	return out, err
}

// marked counts the samples of a slice's split that are marked so, whatever the slice says of such marks.
func (b *backend) marked(ctx context.Context, e *results.Evaluation, of slice.Slice, how string) (int, error) {
	marked, err := of.Only("split").And(slice.Equal("marked", slice.Named(how)))
	if err != nil {
		return 0, err
	}
	n, _, err := b.store.Results.Samples(ctx, e.ID, marked, results.MostConfident, 0, 1)
	return n, err
}

// figuresOf are the numbers of an evaluation.
func figuresOf(e *results.Evaluation, s *results.Summary, of slice.Slice) api.Evaluation {
	c := s.Confusion
	macro := c.Macro()
	low, high := interval(c.Correct(), c.Total())
	return api.Evaluation{
		ID: e.ID, Dataset: e.Dataset, Model: e.Model, Job: e.Job, Classes: e.Classes, Splits: wire.List(s.SplitCounts, toCount),
		Slice: of.String(), Threshold: of.Threshold(),
		Samples: s.Samples, Evaluated: s.Labelled, Unlabelled: s.Unlabelled, Quarantined: s.Quarantined + s.Failed, Rotated: s.Rotated,
		NoDecision: c.Undecided(), Correct: c.Correct(), Accuracy: c.Accuracy(), AccuracyLow: low, AccuracyHigh: high,
		BalancedAccuracy: c.BalancedAccuracy(), Top5Accuracy: s.Top5,
		MacroPrecision: macro.Precision, MacroRecall: macro.Recall, MacroF1: macro.F1,
		LogLoss: s.LogLoss, Brier: s.Brier, ECE: s.ECE, Chance: c.Chance(), PerClass: perClass(e, s), Embedding: s.Embedding,
	}
}

func perClass(e *results.Evaluation, s *results.Summary) []api.ClassMetrics {
	out := make([]api.ClassMetrics, len(e.Classes))
	for i, k := range s.Confusion.PerClass() {
		out[i] = api.ClassMetrics{
			Index: i, Name: e.Classes[i], Support: k.Support, Predicted: k.Predicted, Correct: k.Correct,
			Precision: k.Precision, Recall: k.Recall, F1: k.F1,
		}
		out[i].PrecisionLow, out[i].PrecisionHigh = interval(k.Correct, k.Predicted)
		out[i].RecallLow, out[i].RecallHigh = interval(k.Correct, k.Support)
	}
	for _, a := range s.Areas {
		if a.Positives > 0 {
			out[a.Class].AveragePrecision = &a.AveragePrecision
		}
	}
	return out
}

// unmatched lists the labels that are no class, with their counts.
func (b *backend) unmatched(ctx context.Context, e *results.Evaluation) ([]api.UnmatchedLabel, error) {
	var m classlist.Matching
	_ = json.Unmarshal(e.Matching, &m) // written by package tasks
	left := append(m.Ambiguous, m.Unknown...)
	if len(left) == 0 {
		return []api.UnmatchedLabel{}, nil
	}
	labels, err := b.store.Catalog.LabelCounts(ctx, e.Dataset)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, l := range labels {
		counts[l.Name] = l.Count
	}
	return wire.List(left, func(u classlist.Unmatched) api.UnmatchedLabel {
		return api.UnmatchedLabel{Label: u.Label, Count: counts[u.Label], Reason: u.Reason}
	}), nil
}

// suspectSkill is the share of the way from guessing to perfection under
// which a model is more likely fed wrongly than badly trained, and
// suspectSamples how many samples it takes to say so.
const (
	suspectSkill   = 0.1
	suspectSamples = 10
)

// warnings are what makes the figures doubtful.
func warnings(e *results.Evaluation, s *results.Summary, threshold float64) []string {
	var spec classifier.Spec
	_ = json.Unmarshal(e.Spec, &spec) // written by this program
	list := append([]string{}, spec.Warnings...)
	guess := 1 / float64(max(len(e.Classes), 2))
	if skill := (s.Confusion.BalancedAccuracy() - guess) / (1 - guess); threshold == 0 && s.Labelled >= suspectSamples && skill < suspectSkill {
		list = append(list, fmt.Sprintf("accuracy is close to guessing among %d classes: the preprocessing or the order of the class names is suspect. "+
			"`sightline model show %s` tells where both came from", len(e.Classes), e.Model))
	}
	if better := otherOrder(e, s.Confusion); better != "" && threshold == 0 && s.Labelled >= suspectSamples {
		list = append(list, better)
	}
	if spec.Guessed() && s.Labelled >= suspectSamples {
		list = append(list, fmt.Sprintf("how this model's images were prepared is a guess, and there are labelled images to find it out on: `sightline model probe %s %s`", e.Dataset, e.Model))
	}
	if others := s.Unlabelled; s.Labelled > 0 && 10*others > s.Labelled+others {
		list = append(list, fmt.Sprintf("the figures are over %d of %d predicted samples: the others have no label that is a class of the model", s.Labelled, s.Labelled+others))
	}
	if s.Rotated > 0 && !spec.Preprocessing.ApplyEXIFOrientation {
		list = append(list, fmt.Sprintf("samples with an EXIF orientation: %d. The preprocessing ignores it, as torchvision and PIL do: "+
			"the model saw them as stored, not as displayed. If training turned them upright, set apply_exif_orientation", s.Rotated))
	}
	return list
}

// allFigures lists every figure of a slice.
func (b *backend) allFigures(ctx context.Context, in *sliceOf) (api.Figures, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Figures{}, err
	}
	return figures.Of(ctx, b.store.Results, in.Evaluation, of)
}
