package results

import (
	"context"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Rank is what a prediction says of the order of classes.
type Rank struct {
	Truth int   // class of the label, or -1
	Best  []int // the best five classes, best first
}

// Ranks returns those of samples in an evaluation; samples that are not predicted
// are left out.
func (db *Store) Ranks(ctx context.Context, evaluation string, samples []int64) (map[int64]Rank, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	in, args := workspace.In("sample", samples)
	rows, err := db.ws.Query(ctx, `SELECT sample, truth, top FROM predictions
		WHERE evaluation = ? AND `+in, append([]any{e.number}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("finding the best classes: %w", err)
	}
	defer rows.Close()
	found := make(map[int64]Rank, len(samples))
	for rows.Next() {
		var id int64
		var truth int
		var top duckdb.Composite[[]int32]
		if err := rows.Scan(&id, &truth, &top); err != nil {
			return nil, err
		}
		r := Rank{Truth: truth}
		for _, c := range top.Get() {
			r.Best = append(r.Best, int(c))
		}
		found[id] = r
	}
	return found, rows.Err()
}

// Truths are the classes of samples' labels in an evaluation, in their order, whether they
// are predicted or not; -1 where there is none.
func (db *Store) Truths(ctx context.Context, evaluation string, samples []int64) ([]int, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	in, args := workspace.In("s.id", samples)
	rows, err := db.ws.Query(ctx, `SELECT s.id, m.class FROM samples s JOIN evaluation_labels m ON m.evaluation = ? AND m.label = s.label
		WHERE `+in, append([]any{e.number}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("finding the classes of labels: %w", err)
	}
	defer rows.Close()
	found := make(map[int64]int, len(samples))
	for rows.Next() {
		var id int64
		var class int
		if err := rows.Scan(&id, &class); err != nil {
			return nil, err
		}
		found[id] = class
	}
	truths := make([]int, len(samples))
	for i, id := range samples {
		truths[i] = -1
		if class, ok := found[id]; ok {
			truths[i] = class
		}
	}
	return truths, rows.Err()
}

// Outcome is what an evaluation says of a sample: classes by index, NoDecision where the
// confidence is under the slice's threshold, -1 for no label.
type Outcome struct {
	Sample           int64
	Label, Predicted int
	Confidence       float32
}

// Outcomes lists those of the samples of a slice, by sample.
func (db *Store) Outcomes(ctx context.Context, evaluation string, of slice.Slice) ([]Outcome, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	rows, err := db.ws.Query(ctx, `SELECT p.sample, p.truth, CASE WHEN p.confidence::DOUBLE >= ? THEN p.predicted ELSE -1 END, p.confidence `+q.sql()+` ORDER BY p.sample`,
		append([]any{of.Threshold()}, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("listing the predictions of %s: %w", e.ID, err)
	}
	defer rows.Close()
	var list []Outcome
	for rows.Next() {
		var o Outcome
		if err := rows.Scan(&o.Sample, &o.Label, &o.Predicted, &o.Confidence); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Undecided is an Outcome with how far the best class's score is above the second's.
type Undecided struct {
	Outcome
	Margin float64
}

// Margins lists those of the samples of a slice, by sample. Of a model with one class the margin is its score.
func (db *Store) Margins(ctx context.Context, evaluation string, of slice.Slice) ([]Undecided, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	rows, err := db.ws.Query(ctx, `SELECT p.sample, p.truth, p.predicted, p.confidence, p.top_scores[1]::DOUBLE - coalesce(p.top_scores[2], 0)::DOUBLE `+q.sql()+` ORDER BY p.sample`, q.args...)
	if err != nil {
		return nil, fmt.Errorf("listing the margins of %s: %w", e.ID, err)
	}
	defer rows.Close()
	var list []Undecided
	for rows.Next() {
		var u Undecided
		if err := rows.Scan(&u.Sample, &u.Label, &u.Predicted, &u.Confidence, &u.Margin); err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, rows.Err()
}
