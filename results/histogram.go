package results

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Histogram counts labelled samples by confidence, right and wrong predictions
// apart, whatever the threshold. Bin i spans [Edges[i], Edges[i+1]), the last
// one also 1, as a slice's bounds do.
type Histogram struct {
	Edges []float64 `json:"edges"`
	Right []int     `json:"right"`
	Wrong []int     `json:"wrong"`
}

// Histogram counts the samples of a slice in bins of equal width over 0 to 1.
func (db *Store) Histogram(ctx context.Context, evaluation string, of slice.Slice, bins int) (*Histogram, error) {
	if bins < 1 || bins > 1000 {
		return nil, fmt.Errorf("bins %d: from 1 to 1000", bins)
	}
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	h := &Histogram{Edges: metrics.Edges(0, 1, bins), Right: make([]int, bins), Wrong: make([]int, bins)}
	rows, err := db.ws.Query(ctx, `SELECT bin, count(*) FILTER (hit), count(*) FILTER (NOT hit) FROM (
			SELECT hit, greatest(1, least(?, b + CASE WHEN v < edges[b] THEN -1 WHEN v >= edges[b + 1] THEN 1 ELSE 0 END)) - 1 AS bin
			FROM (SELECT v, hit, edges, greatest(1, least(?, 1 + floor(v * ?)::INTEGER)) AS b
				FROM (SELECT p.confidence::DOUBLE AS v, p.truth = p.predicted AS hit, ?::DOUBLE[] AS edges `+q.sql()+` AND p.truth >= 0)))
		GROUP BY bin`, append([]any{bins, bins, bins, h.Edges}, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("counting confidences of %s: %w", e.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var bin, right, wrong int
		if err := rows.Scan(&bin, &right, &wrong); err != nil {
			return nil, err
		}
		h.Right[bin], h.Wrong[bin] = right, wrong
	}
	return h, rows.Err()
}

// Answers is what figures of scores rest on, of the labelled samples of a slice, by sample.
type Answers struct {
	Confidence     []float32
	Right          []bool // predicted right, whatever the threshold
	LogLoss, Brier []float64
}

// Answers reads those of a slice.
func (db *Store) Answers(ctx context.Context, evaluation string, of slice.Slice) (*Answers, error) {
	q, _, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	rows, err := db.ws.Query(ctx, `SELECT p.confidence, p.truth = p.predicted, p.log_loss, p.brier `+q.sql()+` AND p.truth >= 0 ORDER BY p.sample`, q.args...)
	if err != nil {
		return nil, fmt.Errorf("reading the confidences of %s: %w", evaluation, err)
	}
	defer rows.Close()
	a := &Answers{}
	for rows.Next() {
		var confidence float32
		var right bool
		var logLoss, brier float64
		if err := rows.Scan(&confidence, &right, &logLoss, &brier); err != nil {
			return nil, fmt.Errorf("reading the confidences of %s: %w", evaluation, err)
		}
		a.Confidence, a.Right = append(a.Confidence, confidence), append(a.Right, right)
		a.LogLoss, a.Brier = append(a.LogLoss, logLoss), append(a.Brier, brier)
	}
	return a, rows.Err()
}
