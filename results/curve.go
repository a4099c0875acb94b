package results

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results/scoreblock"
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
	return drawn(class, scores, positive, limit), nil
}

// drawn is the curve of the scores of a class.
func drawn(class int, scores []float32, positive []bool, limit int) *Curve {
	full := metrics.PrecisionRecall(scores, positive)
	c := &Curve{Class: class, Positives: full.Positives, AveragePrecision: full.AveragePrecision(), Points: []CurvePoint{}}
	if full.Positives > 0 && full.Negatives > 0 {
		area := full.ROCAUC()
		c.ROCAUC = &area
	}
	for _, p := range full.Thin(limit).Points {
		c.Points = append(c.Points, CurvePoint{p.Threshold, p.Precision, p.Recall, p.TP, p.FP, p.FN})
	}
	return c
}

// CurveOf is Curve over the labelled samples of any slice.
func (db *Store) CurveOf(ctx context.Context, evaluation string, of slice.Slice, class, limit int) (*Curve, error) {
	if split, ok := of.Split(); ok {
		return db.Curve(ctx, evaluation, split, class, limit)
	}
	l, err := db.openSlice(ctx, evaluation, of)
	if err != nil {
		return nil, err
	}
	defer l.close()
	scores, err := l.scores(ctx, class)
	if err != nil {
		return nil, fmt.Errorf("drawing a curve of %s: %w", evaluation, err)
	}
	positive := make([]bool, len(scores))
	for i, truth := range l.truth {
		positive[i] = int(truth) == class
	}
	return drawn(class, scores, positive, limit), nil
}

// mostScores is of how many scores the areas of a slice are computed when they are asked for.
const mostScores = 10_000_000

// areasOfSlice computes the areas of all classes over the labelled samples of a slice; nil where
// that would take too long for a page.
func (db *Store) areasOfSlice(ctx context.Context, e *Evaluation, of slice.Slice) ([]Areas, error) {
	if e.Planned*len(e.Classes) > mostScores {
		return nil, nil
	}
	l, err := db.openSlice(ctx, e.ID, of)
	if err != nil {
		return nil, err
	}
	defer l.close()
	result := make([]Areas, len(e.Classes))
	return result, l.group(ctx, result, 0)
}

// openSlice opens the blocks that hold labelled samples of a slice.
func (db *Store) openSlice(ctx context.Context, evaluation string, of slice.Slice) (*labelledBlocks, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	l := &labelledBlocks{}
	rows, err := db.ws.Query(ctx, `SELECT p.file, p.row, p.truth FROM (SELECT p.chunk, p.row, p.truth, b.file FROM `+q.from+
		` JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk WHERE `+strings.Join(q.where, " AND ")+` AND p.truth >= 0) p ORDER BY p.chunk, p.row`, q.args...)
	if err != nil {
		return nil, fmt.Errorf("reading the scores of %s: %w", e.ID, err)
	}
	defer rows.Close()
	for open := ""; rows.Next(); {
		var file string
		var row, truth int32
		if err = rows.Scan(&file, &row, &truth); err == nil && file != open {
			open, err = file, l.open(db.ws.Path(file))
		}
		if err != nil {
			l.close()
			return nil, fmt.Errorf("reading the scores of %s: %w", e.ID, err)
		}
		last := len(l.files) - 1
		l.rows[last], l.truth = append(l.rows[last], row), append(l.truth, truth)
	}
	return l, rows.Err()
}

// open adds a block, of which no row is taken yet.
func (l *labelledBlocks) open(path string) error {
	b, err := scoreblock.Open(path)
	if err != nil {
		return err
	}
	norms, err := b.Norms()
	if err != nil {
		return errors.Join(err, b.Close())
	}
	l.files, l.rows, l.norms = append(l.files, b), append(l.rows, nil), append(l.norms, norms)
	return nil
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
