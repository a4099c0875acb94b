package results

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/sightline/sightline/workspace"
)

// dropOutdated removes the predictions that no longer hold, in a reopened
// evaluation, and what was made from them. settings says that model and classes are
// what they were.
func (db *Store) dropOutdated(ctx context.Context, tx *workspace.Tx, id string, number int, settings bool, classOf map[string]int) error {
	same := settings
	if same {
		var err error
		if same, err = sameTruth(ctx, tx, number, classOf); err != nil {
			return err
		}
	}
	var files []string
	var err error
	if same {
		files, err = db.dropChanged(ctx, tx, id, number)
	} else {
		files, err = db.dropPredictions(ctx, tx, id, number)
	}
	if len(files) > 0 {
		tx.OnCommit(func() {
			db.ws.Remove(files)
			db.forgetScores(id)
		})
	}
	return err
}

// SameSettings says whether a model's specification is what it was in all that its
// predictions depend on. How many images go into a run, and how long one takes, is measured
// anew whenever the model is added, and changes no score; nor does its name.
func SameSettings(was, is []byte) bool {
	if bytes.Equal(was, is) {
		return true
	}
	var specs [2]map[string]any
	for i, text := range [][]byte{was, is} {
		if json.Unmarshal(text, &specs[i]) != nil {
			return false
		}
		if batch, ok := specs[i]["batch"].(map[string]any); ok {
			delete(batch, "recommended")
			delete(batch, "sample_seconds")
		}
		delete(specs[i], "name")
	}
	return reflect.DeepEqual(specs[0], specs[1])
}

// sameTruth says whether every label of a predicted sample still is the class it
// was, or still is none. Labels that came with newer samples do not matter.
func sameTruth(ctx context.Context, tx *workspace.Tx, number int, classOf map[string]int) (bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT l.name, coalesce(m.class, -1) FROM predictions p
		JOIN samples s ON s.id = p.sample JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		LEFT JOIN evaluation_labels m ON m.evaluation = p.evaluation AND m.label = s.label
		WHERE p.evaluation = ?`, number)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	same := true
	for rows.Next() {
		var label string
		var was int
		if err := rows.Scan(&label, &was); err != nil {
			return false, err
		}
		is, ok := classOf[label]
		if !ok {
			is = -1
		}
		same = same && is == was
	}
	return same, rows.Err()
}

// dropPredictions removes all that was stored of an evaluation's results, and returns
// the files that they leave behind.
func (db *Store) dropPredictions(ctx context.Context, tx *workspace.Tx, id string, number int) ([]string, error) {
	files, err := workspace.QueryAll[string](ctx, tx, `SELECT file FROM blocks WHERE evaluation = ? AND file <> ''`, number)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"predictions", "blocks", "failures", "class_areas", "path_orders", "facts"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ?`, number); err != nil {
			return nil, err
		}
	}
	return files, db.dropDependents(ctx, tx, Dropped{ID: id, Evaluation: number})
}

// dropChanged removes the chunks with a sample whose file has changed since, all
// of them, as a block is one file; and what was made from the predictions of those
// samples. It returns the files that the chunks leave behind.
func (db *Store) dropChanged(ctx context.Context, tx *workspace.Tx, id string, number int) ([]string, error) {
	const outdated = ` FROM predictions p JOIN samples s ON s.id = p.sample
		JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk
		WHERE p.evaluation = ? AND s.changed AND s.since > b.created`
	changed, err := workspace.QueryAll[int64](ctx, tx, `SELECT p.sample`+outdated, number)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	if err := db.dropDependents(ctx, tx, Dropped{ID: id, Evaluation: number, Samples: changed}); err != nil {
		return nil, err
	}
	chunks, err := workspace.QueryAll[int32](ctx, tx, `SELECT DISTINCT p.chunk`+outdated, number)
	if err != nil {
		return nil, err
	}
	files, err := workspace.QueryAll[string](ctx, tx, `SELECT file FROM blocks WHERE evaluation = ? AND chunk IN (SELECT unnest(?::INTEGER[]))`, number, chunks)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"predictions", "blocks", "failures"} {
		_, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND chunk IN (SELECT unnest(?::INTEGER[]))`, number, chunks)
		if err != nil {
			return nil, err
		}
	}
	if err := dropOrder(ctx, tx, number); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM class_areas WHERE evaluation = ?`, number)
	return files, err
}
