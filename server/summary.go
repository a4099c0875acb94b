package server

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
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
	out := figures(e, s, of)
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

// figures are the numbers of an evaluation.
func figures(e *results.Evaluation, s *results.Summary, of slice.Slice) api.Evaluation {
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

// figureDraws is how many resamples the intervals of figures rest on: fewer of a thousand
// classes, whose matrix takes a millisecond for each figure.
func figureDraws(classes int) int { return min(1000, max(100, 100_000_000/(classes*classes+1))) }

// allFigures lists every figure of a slice, each with its interval where it has one.
func (b *backend) allFigures(ctx context.Context, in *sliceOf) (api.Figures, error) {
	of, err := in.Selected()
	if err != nil {
		return api.Figures{}, err
	}
	s, err := b.store.Results.Summary(ctx, in.Evaluation, of)
	if err != nil {
		return api.Figures{}, err
	}
	answers, err := b.store.Results.Answers(ctx, in.Evaluation, of)
	if err != nil {
		return api.Figures{}, err
	}
	out := api.Figures{Slice: of.String(), Samples: s.Labelled, Figures: countedFigures(s.Confusion)}
	if s.Labelled > 0 {
		out.Figures = append(out.Figures, scoredFigures(s, answers)...)
	}
	return out, nil
}

// countedFigures are those of counts: under a threshold samples are undecided, and count as wrong.
func countedFigures(c *metrics.Confusion) []api.Figure {
	known := []struct {
		name, title string
		rate        bool
		of          func(*metrics.Confusion) float64
	}{
		{"accuracy", "Accuracy", true, (*metrics.Confusion).Accuracy},
		{"balanced_accuracy", "Balanced accuracy: mean recall", true, (*metrics.Confusion).BalancedAccuracy},
		{"cohen_kappa", "Cohen's kappa: agreement beyond chance", false, (*metrics.Confusion).Kappa},
		{"matthews_corrcoef", "Matthews correlation of labels and predictions", false, (*metrics.Confusion).MCC},
		{"precision_macro", "Precision, mean over classes", true, func(c *metrics.Confusion) float64 { return c.Macro().Precision }},
		{"recall_macro", "Recall, mean over classes", true, func(c *metrics.Confusion) float64 { return c.Macro().Recall }},
		{"f1_macro", "F1, mean over classes", true, func(c *metrics.Confusion) float64 { return c.Macro().F1 }},
		{"f0.5_macro", "F0.5 (precision counts more), mean over classes", true, func(c *metrics.Confusion) float64 { return c.MacroFBeta(0.5) }},
		{"f2_macro", "F2 (recall counts more), mean over classes", true, func(c *metrics.Confusion) float64 { return c.MacroFBeta(2) }},
		{"precision_weighted", "Precision, by samples of the class", true, func(c *metrics.Confusion) float64 { return c.Weighted().Precision }},
		{"recall_weighted", "Recall, by samples of the class", true, func(c *metrics.Confusion) float64 { return c.Weighted().Recall }},
		{"f1_weighted", "F1, by samples of the class", true, func(c *metrics.Confusion) float64 { return c.Weighted().F1 }},
		{"precision_micro", "Precision over all decided samples", true, func(c *metrics.Confusion) float64 { return c.Micro().Precision }},
		{"recall_micro", "Recall over all samples", true, func(c *metrics.Confusion) float64 { return c.Micro().Recall }},
		{"f1_micro", "F1 over all samples", true, func(c *metrics.Confusion) float64 { return c.Micro().F1 }},
	}
	figures := make([]func(*metrics.Confusion) float64, len(known))
	for i, f := range known {
		figures[i] = f.of
	}
	ranges := c.Intervals(figures, 0.95, figureDraws(c.Classes), 1)
	ranges[0].Low, ranges[0].High = interval(c.Correct(), c.Total())
	list := []api.Figure{}
	for i, f := range known {
		out := api.Figure{Name: f.name, Title: f.title, Rate: f.rate, Undecided: "wrong"}
		if c.Total() > 0 {
			out.Value = number(f.of(c))
		}
		if out.Value != nil && ranges[i].Known {
			out.Low, out.High = &ranges[i].Low, &ranges[i].High
		}
		list = append(list, out)
	}
	return list
}

// scoredFigures are those of scores: there is no threshold for them.
func scoredFigures(s *results.Summary, a *results.Answers) []api.Figure {
	confidence, right := a.Confidence, a.Right
	bins := metrics.Calibration(confidence, right, results.ECEBins)
	list := []api.Figure{
		{Name: "top_5_accuracy", Title: "The label is among the five best scores", Value: &s.Top5, Rate: true},
		{Name: "log_loss", Title: "Log loss", Value: &s.LogLoss},
		{Name: "brier", Title: "Brier score: squared error of the scores, summed over classes", Value: &s.Brier},
		{Name: "ece", Title: "Expected calibration error, 15 bins of equal width", Value: &s.ECE, Rate: true},
		{Name: "adaptive_ece", Title: "Calibration error, 15 bins of equally many samples", Value: number(metrics.AdaptiveECE(confidence, right, results.ECEBins)), Rate: true},
		{Name: "mce", Title: "Maximum calibration error, of the 15 bins of equal width", Value: number(metrics.MCE(bins)), Rate: true},
		{Name: "risk_coverage_area", Title: "Area under the risk-coverage curve: mean error if the least confident are left out", Value: number(metrics.RiskArea(confidence, right)), Rate: true},
	}
	for i := range list {
		list[i].Undecided = "ignored"
	}
	for i, r := range scoredRanges(a) {
		if r.Known {
			list[i+1].Low, list[i+1].High = &r.Low, &r.High
		}
	}
	if low, high := stats.Wilson(int(s.Top5*float64(s.Labelled)+0.5), s.Labelled, 0.95); s.Labelled >= 5 {
		list[0].Low, list[0].High = &low, &high
	}
	return list
}

// mostSorted is up to how many samples figures are resampled that need them in order.
const mostSorted = 50_000

// scoredRanges are the intervals of log loss, Brier score, ECE, adaptive ECE, MCE and the
// risk-coverage area, in this order.
func scoredRanges(a *results.Answers) []metrics.Range {
	n := len(a.Right)
	confidence, right := make([]float32, n), make([]bool, n)
	return metrics.ResampleIntervals(n, min(1000, max(100, 20_000_000/(n+1))), 0.95, 1, func(drawn []int) []float64 {
		var logLoss, brier float64
		for i, at := range drawn {
			confidence[i], right[i] = a.Confidence[at], a.Right[at]
			logLoss, brier = logLoss+a.LogLoss[at], brier+a.Brier[at]
		}
		bins := metrics.Calibration(confidence, right, results.ECEBins)
		adaptive, area := math.NaN(), math.NaN()
		if n <= mostSorted {
			adaptive, area = metrics.AdaptiveECE(confidence, right, results.ECEBins), metrics.RiskArea(confidence, right)
		}
		return []float64{logLoss / float64(n), brier / float64(n), metrics.ECE(bins), adaptive, metrics.MCE(bins), area}
	})
}
