package results

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Exported is a prediction as it is exported. Label is the dataset's own
// label, Truth its class or -1, Scores those of all classes, valid only during
// the call that receives it.
type Exported struct {
	Sample     int64
	Path       string
	Label      string
	Split      string
	Truth      int
	Predicted  int
	Confidence float32
	Scores     []float32
}

// EachPrediction calls f with every prediction of a slice of an evaluation, chunk by chunk in
// the order of their first samples, until f returns an error. With scores it reads one score
// block at a time; without, Scores are nil.
func (db *Store) EachPrediction(ctx context.Context, evaluation string, of slice.Slice, scores bool, f func(Exported) error) error {
	q, e, err := db.build(ctx, evaluation, of, true)
	if err != nil {
		return err
	}
	defer q.release()
	rows, err := db.ws.Query(ctx, `SELECT p.chunk `+q.sql()+` GROUP BY p.chunk ORDER BY min(p.sample)`, q.args...)
	if err != nil {
		return fmt.Errorf("exporting %s: %w", e.ID, err)
	}
	chunks, err := workspace.ScanAll[int](rows)
	if err != nil {
		return fmt.Errorf("exporting %s: %w", e.ID, err)
	}
	for _, chunk := range chunks {
		list, places, err := db.chunkRows(ctx, q, chunk)
		if err == nil && scores {
			err = db.withScores(ctx, e, chunk, list, places, f)
		} else if err == nil {
			err = each(list, f)
		}
		if err != nil {
			return fmt.Errorf("exporting %s: %w", e.ID, err)
		}
	}
	return nil
}

func each(list []Exported, f func(Exported) error) error {
	for _, x := range list {
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

// withScores calls f with the rows of a chunk, whose scores are at some places of its block.
func (db *Store) withScores(ctx context.Context, e *Evaluation, chunk int, list []Exported, places []int, f func(Exported) error) error {
	var file string
	if err := db.ws.QueryRow(ctx, `SELECT file FROM blocks WHERE evaluation = ? AND chunk = ?`, e.number, chunk).Scan(&file); err != nil {
		return err
	}
	b, err := scoreblock.Open(db.ws.Path(file))
	if err != nil {
		return err
	}
	defer b.Close()
	values, err := b.Rows()
	if err != nil {
		return err
	}
	norms, err := b.Norms()
	if err != nil {
		return err
	}
	scores := make([]float32, b.Classes)
	for i, x := range list {
		at := places[i]
		for c, v := range values[at*b.Classes : (at+1)*b.Classes] {
			scores[c] = b.Kind.Score(v, norms[at])
		}
		x.Scores = scores
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

// chunkRows reads the predictions of a slice in a chunk and their places in the block.
func (db *Store) chunkRows(ctx context.Context, q *query, chunk int) (list []Exported, places []int, err error) {
	rows, err := db.ws.Query(ctx, `SELECT x.sample, x.path, coalesce(l.name, ''), x.split, x.truth, x.predicted, x.confidence, x.row
		FROM (SELECT p.sample, s.path, s.dataset, s.label, p.split, p.truth, p.predicted, p.confidence, p.row `+q.sql()+` AND p.chunk = ?) x
		LEFT JOIN labels l ON l.dataset = x.dataset AND l.label = x.label ORDER BY x.row`, append(q.args[:len(q.args):len(q.args)], chunk)...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Exported
		var place int
		if err := rows.Scan(&x.Sample, &x.Path, &x.Label, &x.Split, &x.Truth, &x.Predicted, &x.Confidence, &place); err != nil {
			return nil, nil, err
		}
		list, places = append(list, x), append(places, place)
	}
	return list, places, rows.Err()
}
