// Package figures has every figure of a slice of an evaluation in the types of the API, each with its 95 % interval.
package figures

import (
	"context"
	"math"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
)

// figureDraws is how many resamples the intervals of figures rest on: fewer of a thousand
// classes, whose matrix takes a millisecond for each figure.
func figureDraws(classes int) int { return min(1000, max(100, 100_000_000/(classes*classes+1))) }

// Of lists every figure of a slice, each with its interval where it has one.
func Of(ctx context.Context, store *results.Store, evaluation string, of slice.Slice) (api.Figures, error) {
	s, err := store.Summary(ctx, evaluation, of)
	if err != nil {
		return api.Figures{}, err
	}
	answers, err := store.Answers(ctx, evaluation, of)
	if err != nil {
		return api.Figures{}, err
	}
	out := api.Figures{Slice: of.String(), Samples: s.Labelled, Figures: counted(s.Confusion)}
	if s.Labelled > 0 {
		out.Figures = append(out.Figures, scored(s, answers)...)
	}
	return out, nil
}

// number is a figure, nil where it is not defined.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// counted are those of counts: under a threshold samples are undecided, and count as wrong.
func counted(c *metrics.Confusion) []api.Figure {
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
	ranges[0].Low, ranges[0].High = stats.Wilson(c.Correct(), c.Total(), 0.95)
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

// scored are those of scores: there is no threshold for them.
func scored(s *results.Summary, a *results.Answers) []api.Figure {
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
