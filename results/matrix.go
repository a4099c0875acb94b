package results

import (
	"context"
	"fmt"
	"strings"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Matrix counts the labelled samples of a slice by cell, at the slice's threshold.
func (db *Store) Matrix(ctx context.Context, evaluation string, of slice.Slice) (*metrics.Confusion, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	c := len(e.Classes)
	m := metrics.NewConfusion(c)
	rows, err := db.ws.Query(ctx, `SELECT cell, count(*) FROM (
			SELECT truth * ? + CASE WHEN confidence::DOUBLE >= ? THEN predicted ELSE ? END AS cell `+q.sql()+` AND truth >= 0)
		GROUP BY cell`, append([]any{c + 1, of.Threshold(), c}, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("counting the matrix of %s: %w", e.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var cell, count int64
		if err := rows.Scan(&cell, &count); err != nil {
			return nil, err
		}
		m.Counts[cell] = uint32(count)
	}
	return m, rows.Err()
}

// TopConfusions are the limit largest off-diagonal cells of decided samples,
// most first; equal ones by label, then prediction.
func (db *Store) TopConfusions(ctx context.Context, evaluation string, of slice.Slice, limit int) ([]metrics.Pair, error) {
	m, err := db.Matrix(ctx, evaluation, of)
	if err != nil {
		return nil, err
	}
	return m.TopConfusions(limit), nil
}

// Tally counts samples: all, those with a label, and of those the ones decided right, and undecided.
type Tally struct {
	Samples, Labelled, Correct, Undecided int
}

// Tally counts the samples of a slice.
func (db *Store) Tally(ctx context.Context, evaluation string, of slice.Slice) (t Tally, err error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return t, err
	}
	defer q.release()
	err = db.ws.QueryRow(ctx, `SELECT `+tallied+` `+q.sql(), append([]any{of.Threshold(), of.Threshold()}, q.args...)...).
		Scan(&t.Samples, &t.Labelled, &t.Correct, &t.Undecided)
	if err != nil {
		err = fmt.Errorf("counting the samples of %s: %w", e.ID, err)
	}
	return t, err
}

// tallied is SQL with the counts of a Tally over predictions p; its arguments are the threshold, twice.
const tallied = `count(*), count(*) FILTER (p.truth >= 0),
	count(*) FILTER (p.truth = p.predicted AND p.confidence::DOUBLE >= ?), count(*) FILTER (p.truth >= 0 AND p.confidence::DOUBLE < ?)`

// Tallied is the samples with a value, nil for those without.
type Tallied struct {
	Value *string
	Tally
}

// GroupBy counts the samples of a slice by the values of a relation, most samples first.
func (db *Store) GroupBy(ctx context.Context, evaluation string, of slice.Slice, by slice.Relation) ([]Tallied, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	args := append([]any{of.Threshold(), of.Threshold()}, by.Args...)
	rows, err := db.ws.Query(ctx, `SELECT g.value, `+tallied+`
		FROM `+q.source+` LEFT JOIN (SELECT sample, `+by.Value+` AS value FROM `+by.From+`) g ON g.sample = p.sample`+strings.TrimPrefix(q.from, q.source)+
		` WHERE `+strings.Join(q.where, " AND ")+` GROUP BY g.value ORDER BY count(*) DESC, g.value`, append(args, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("grouping the samples of %s: %w", e.ID, err)
	}
	defer rows.Close()
	var list []Tallied
	for rows.Next() {
		var t Tallied
		if err := rows.Scan(&t.Value, &t.Samples, &t.Labelled, &t.Correct, &t.Undecided); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}
