package results

import (
	"context"
	"database/sql"
	"fmt"

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

// EachPrediction calls f with every prediction of an evaluation, chunk by
// chunk in the order of their first samples, until f returns an error. It reads
// one score block at a time.
func (db *Store) EachPrediction(ctx context.Context, evaluation string, f func(Exported) error) error {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return err
	}
	rows, err := db.ws.Query(ctx, `SELECT chunk FROM predictions WHERE evaluation = ? GROUP BY chunk ORDER BY min(sample)`, e.number)
	if err != nil {
		return fmt.Errorf("exporting %s: %w", e.ID, err)
	}
	chunks, err := workspace.ScanAll[int](rows)
	if err != nil {
		return fmt.Errorf("exporting %s: %w", e.ID, err)
	}
	for _, chunk := range chunks {
		if err := db.exportChunk(ctx, e, chunk, f); err != nil {
			return fmt.Errorf("exporting %s: %w", e.ID, err)
		}
	}
	return nil
}

func (db *Store) exportChunk(ctx context.Context, e *Evaluation, chunk int, f func(Exported) error) error {
	list, places, err := db.chunkRows(ctx, e, chunk)
	if err != nil {
		return err
	}
	var file string
	if err := db.ws.QueryRow(ctx, `SELECT file FROM blocks WHERE evaluation = ? AND chunk = ?`, e.number, chunk).Scan(&file); err != nil {
		return err
	}
	b, err := OpenBlock(db.ws.Path(file))
	if err != nil {
		return err
	}
	defer b.Close()
	columns, err := b.Values()
	if err != nil {
		return err
	}
	norms, err := b.Norms()
	if err != nil {
		return err
	}
	values := transpose(columns, b.Classes, b.N)
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

// chunkRows reads the predictions of a chunk and their places in the block.
func (db *Store) chunkRows(ctx context.Context, e *Evaluation, chunk int) (list []Exported, places []int, err error) {
	var rows *sql.Rows
	rows, err = db.ws.Query(ctx, `SELECT p.sample, s.path, coalesce(l.name, ''), p.split, p.truth, p.predicted, p.confidence, p.row
		FROM predictions p JOIN samples s ON s.id = p.sample LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		WHERE p.evaluation = ? AND p.chunk = ? ORDER BY p.row`, e.number, chunk)
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
