package workspace

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/sightline/sightline/metrics"
)

// CurvePoint is what happens when every sample whose score of the class is at
// least Threshold is taken for the class. Filter{ScoreClass, MinScore:
// Threshold} selects those samples.
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
func (w *Workspace) Curve(ctx context.Context, evaluation, split string, class, limit int) (*Curve, error) {
	e, err := w.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	s, err := w.classScores(ctx, e, class)
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

// Areas are a class's areas under its curves.
type Areas struct {
	Class            int
	Positives        int
	AveragePrecision float64
	ROCAUC           *float64
}

// Areas returns the stored areas of all classes, by class; nil if ComputeAreas
// has not run since the predictions last changed.
func (w *Workspace) Areas(ctx context.Context, evaluation, split string) ([]Areas, error) {
	e, err := w.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	rows, err := w.db.QueryContext(ctx, `SELECT class, positives, average_precision, roc_auc FROM class_areas
		WHERE evaluation = ? AND split = ? ORDER BY class`, e.number, split)
	if err != nil {
		return nil, fmt.Errorf("reading the areas of %s: %w", e.ID, err)
	}
	defer rows.Close()
	var list []Areas
	for rows.Next() {
		var a Areas
		var roc sql.NullFloat64
		if err := rows.Scan(&a.Class, &a.Positives, &a.AveragePrecision, &roc); err != nil {
			return nil, fmt.Errorf("reading the areas of %s: %w", e.ID, err)
		}
		if roc.Valid {
			a.ROCAUC = &roc.Float64
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// ComputeAreas computes and stores the areas of all classes for one split, or
// for all samples with split "". It reads every score once.
func (w *Workspace) ComputeAreas(ctx context.Context, evaluation, split string) error {
	e, err := w.Evaluation(ctx, evaluation)
	if err != nil {
		return err
	}
	var classes, positives []int32
	var precision, roc []float64
	for c := range e.Classes {
		if err := ctx.Err(); err != nil {
			return err
		}
		curve, err := w.Curve(ctx, evaluation, split, c, 2)
		if err != nil {
			return err
		}
		area := -1.0
		if curve.ROCAUC != nil {
			area = *curve.ROCAUC
		}
		classes, positives = append(classes, int32(c)), append(positives, int32(curve.Positives))
		precision, roc = append(precision, curve.AveragePrecision), append(roc, area)
	}
	return w.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM class_areas WHERE evaluation = ? AND split = ?`, e.number, split); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO class_areas SELECT ?, ?, class, positives, ap, CASE WHEN roc >= 0 THEN roc END
			FROM (SELECT unnest(?::INTEGER[]) AS class, unnest(?::INTEGER[]) AS positives, unnest(?::DOUBLE[]) AS ap, unnest(?::DOUBLE[]) AS roc)`,
			e.number, split, classes, positives, precision, roc)
		return err
	})
}
