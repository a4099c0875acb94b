package results

import (
	"context"
	"fmt"
	"strings"

	"github.com/sightline/sightline/workspace"
)

// NoDecision is the value of Filter.Predicted that selects the samples whose
// confidence is under the threshold.
const NoDecision = -1

// Filter selects samples of an evaluation. The zero value of a field, nil or
// "", does not filter. Bounds: a value v is in when min ≤ v < max, or v ≤ max
// where max ≥ 1, so that neighbouring bins share no sample and the last one
// keeps the ones with score 1. Comparisons are exact on the float32 scores.
type Filter struct {
	Evaluation    string
	Split         string
	Threshold     float64 // confidence under it is no decision
	Label         *int    // true class; -1: none
	Predicted     *int    // predicted class among decided samples; NoDecision: the undecided
	Correct       *bool   // whether the largest score is the true class's, whatever the threshold
	MinConfidence *float64
	MaxConfidence *float64
	ScoreClass    *int // with MinScore, MaxScore: bounds on this class's score
	MinScore      *float64
	MaxScore      *float64
	Text          string // part of the path, any case
}

// query is the SQL of a filter: FROM and WHERE over predictions p.
type query struct {
	from  string
	where []string
	args  []any
	// release must be called when the query has been read.
	release func()
}

func (q *query) and(condition string, args ...any) {
	q.where = append(q.where, condition)
	q.args = append(q.args, args...)
}

// sql is "FROM … WHERE …" with its arguments.
func (q *query) sql() string { return "FROM " + q.from + " WHERE " + strings.Join(q.where, " AND ") }

// build checks the filter and turns it into SQL. p is predictions; s is samples,
// joined when the filter needs the path or withSamples is set.
func (db *Store) build(ctx context.Context, f Filter, withSamples bool) (*query, *Evaluation, error) {
	e, err := db.Evaluation(ctx, f.Evaluation)
	if err != nil {
		return nil, nil, err
	}
	q := &query{from: "predictions p", release: func() {}}
	if f.Text != "" || withSamples {
		q.from += " JOIN samples s ON s.id = p.sample"
	}
	q.and("p.evaluation = ?", e.number)
	if f.Split != "" {
		q.and("p.split = ?", f.Split)
	}
	f.addCell(q)
	addBounds(q, "p.confidence::DOUBLE", f.MinConfidence, f.MaxConfidence)
	if f.Text != "" {
		q.and("contains(lower(s.path), lower(?))", f.Text)
	}
	return q, e, db.addScore(ctx, q, f, e)
}

// addCell adds the conditions on label and prediction.
func (f Filter) addCell(q *query) {
	if f.Label != nil {
		q.and("p.truth = ?", *f.Label)
	}
	switch {
	case f.Predicted == nil:
	case *f.Predicted == NoDecision:
		q.and("p.confidence::DOUBLE < ?", f.Threshold)
	default:
		q.and("p.predicted = ?", *f.Predicted)
		q.and("p.confidence::DOUBLE >= ?", f.Threshold)
	}
	if f.Correct != nil {
		if *f.Correct {
			q.and("p.truth = p.predicted")
		} else {
			q.and("p.truth >= 0 AND p.truth <> p.predicted")
		}
	}
}

func addBounds(q *query, column string, low, high *float64) {
	if low != nil {
		q.and(column+" >= ?", *low)
	}
	if high != nil {
		op := " < ?"
		if *high >= 1 {
			op = " <= ?"
		}
		q.and(column+op, *high)
	}
}

// addScore adds the bounds on one class's score, which come from the blocks.
func (db *Store) addScore(ctx context.Context, q *query, f Filter, e *Evaluation) error {
	if f.MinScore == nil && f.MaxScore == nil {
		return nil
	}
	if f.ScoreClass == nil {
		return fmt.Errorf("min_score and max_score need class: whose score to compare")
	}
	if *f.ScoreClass < 0 || *f.ScoreClass >= len(e.Classes) {
		return fmt.Errorf("class %d: the classes of %s are 0 to %d", *f.ScoreClass, e.ID, len(e.Classes)-1)
	}
	key, release, err := db.publishScores(ctx, e, *f.ScoreClass)
	if err != nil {
		return err
	}
	q.release = release
	var bounds query
	addBounds(&bounds, "score::DOUBLE", f.MinScore, f.MaxScore)
	q.and("p.sample IN (SELECT sample FROM class_score("+workspace.Quote(key)+") WHERE "+strings.Join(bounds.where, " AND ")+")", bounds.args...)
	return nil
}
