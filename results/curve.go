package results

import (
	"context"
	"slices"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// CurvePoint is what happens when every sample whose score of the class is at
// least Threshold is taken for the class. The slice
// score(CLASS)=Threshold- selects those samples.
type CurvePoint struct {
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	TP        int     `json:"tp"`
	FP        int     `json:"fp"`
	FN        int     `json:"fn"`
}

// Curve is a class's precision–recall curve over the labelled samples of a
// split. Areas are exact; Points are at most the limit asked for, highest
// threshold first. ROCAUC is nil unless there are positives and negatives.
type Curve struct {
	Class            int          `json:"class"`
	Positives        int          `json:"positives"`
	AveragePrecision float64      `json:"average_precision"`
	ROCAUC           *float64     `json:"roc_auc"`
	Points           []CurvePoint `json:"points"`
}

// Curve computes one class's curve. It reads that class's column of the score
// blocks only. split "" takes all samples.
func (db *Store) Curve(ctx context.Context, evaluation, split string, class, limit int) (*Curve, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	if split != "" {
		if _, err := db.Resolve(ctx, e, slice.Equal("split", slice.Named(split))); err != nil {
			return nil, err
		}
	}
	s, err := db.classScores(ctx, e, class)
	if err != nil {
		return nil, err
	}
	scores, positive := s.labelled(e, split, class)
	full := metrics.PrecisionRecall(scores, positive)
	c := &Curve{Class: class, Positives: full.Positives, AveragePrecision: full.AveragePrecision(), Points: []CurvePoint{}}
	if full.Positives > 0 && full.Negatives > 0 {
		area := full.ROCAUC()
		c.ROCAUC = &area
	}
	for _, p := range full.Thin(limit).Points {
		c.Points = append(c.Points, CurvePoint{p.Threshold, p.Precision, p.Recall, p.TP, p.FP, p.FN})
	}
	return c, nil
}

// labelled are the scores of the labelled samples of a split, and which of them
// are of the class.
func (s *classScores) labelled(e *Evaluation, split string, class int) ([]float32, []bool) {
	code := int32(slices.Index(e.Splits, split))
	scores, positive := make([]float32, 0, len(s.score)), make([]bool, 0, len(s.score))
	for i, t := range s.truth {
		if t < 0 || split != "" && s.split[i] != code {
			continue
		}
		scores, positive = append(scores, s.score[i]), append(positive, int(t) == class)
	}
	return scores, positive
}
