package results

import (
	"context"
	"fmt"
	"os"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// OfDataset lists the evaluations of a dataset, by its key in the tables.
func OfDataset(ctx context.Context, r workspace.Reader, dataset int) ([]string, error) {
	return workspace.QueryAll[string](ctx, r, `SELECT slug FROM evaluations WHERE dataset = ? ORDER BY slug`, dataset)
}

// WithModel lists the evaluations of a model, by its key in the tables.
func WithModel(ctx context.Context, r workspace.Reader, model int) ([]string, error) {
	return workspace.QueryAll[string](ctx, r, `SELECT slug FROM evaluations WHERE model = ? ORDER BY slug`, model)
}

// Remove forgets an evaluation as part of tx, with all that was made from it, and deletes its
// files once that is committed.
func (db *Store) Remove(ctx context.Context, tx *workspace.Tx, id string) error {
	number, err := Number(ctx, tx, id)
	if err != nil {
		return err
	}
	files, err := db.dropPredictions(ctx, tx, id, number)
	if err != nil {
		return fmt.Errorf("remove the evaluation %s: %w", id, err)
	}
	for _, statement := range []string{`DELETE FROM evaluation_labels WHERE evaluation = ?`, `DELETE FROM evaluations WHERE id = ?`} {
		if _, err := tx.Exec(ctx, statement, number); err != nil {
			return fmt.Errorf("remove the evaluation %s: %w", id, err)
		}
	}
	tx.OnCommit(func() {
		db.ws.Remove(files)
		db.forget(id)
	})
	return nil
}

// Extent counts the predictions of evaluations, given by their keys in the tables, and the
// bytes of their score blocks.
func (db *Store) Extent(ctx context.Context, evaluations []int32) (predictions int, bytes int64, err error) {
	const of = ` WHERE evaluation IN (SELECT unnest(?::INTEGER[]))`
	if err := db.ws.QueryRow(ctx, `SELECT count(*) FROM predictions`+of, evaluations).Scan(&predictions); err != nil {
		return 0, 0, fmt.Errorf("count the predictions of evaluations: %w", err)
	}
	files, err := workspace.QueryAll[string](ctx, db.ws, `SELECT file FROM blocks`+of+` AND file <> ''`, evaluations)
	if err != nil {
		return 0, 0, fmt.Errorf("list the score blocks of evaluations: %w", err)
	}
	for _, file := range files {
		if info, err := os.Stat(db.ws.Path(file)); err == nil {
			bytes += info.Size()
		}
	}
	return predictions, bytes, nil
}

// forget drops what is kept in memory of an evaluation.
func (db *Store) forget(id string) {
	db.forgetScores(id)
	db.known.forget(id)
}

// Renamed gives evaluations, as part of tx, the ids that follow from the names of their
// dataset and model now, and returns them by the former ones. What was kept under those is forgotten.
func (db *Store) Renamed(ctx context.Context, tx *workspace.Tx, ids []string) (now map[string]string, err error) {
	now = make(map[string]string, len(ids))
	for _, id := range ids {
		if now[id], err = db.renamed(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return now, nil
}

func (db *Store) renamed(ctx context.Context, tx *workspace.Tx, id string) (to string, err error) {
	number, err := Number(ctx, tx, id)
	if err != nil {
		return "", err
	}
	var dataset, model string
	err = tx.QueryRow(ctx, `SELECT d.name, m.name FROM evaluations e JOIN datasets d ON d.id = e.dataset JOIN models m ON m.id = e.model WHERE e.id = ?`, number).
		Scan(&dataset, &model)
	if err != nil {
		return "", fmt.Errorf("rename the evaluation %s: %w", id, err)
	}
	to = EvaluationID(dataset, model)
	if other, err := Number(ctx, tx, to); err == nil && other != number {
		return "", fmt.Errorf("%w: there is an evaluation %s already, of names that differ in signs only", catalog.ErrTaken, to)
	}
	if _, err := tx.Exec(ctx, `UPDATE evaluations SET slug = ? WHERE id = ?`, to, number); err != nil {
		return "", fmt.Errorf("rename the evaluation %s: %w", id, err)
	}
	for _, name := range []string{id, to} {
		if err := db.dropDependents(ctx, tx, Dropped{ID: name, Evaluation: number, Samples: []int64{}}); err != nil {
			return "", err
		}
		tx.OnCommit(func() { db.forget(name) })
	}
	return to, nil
}
