package workspace

import (
	"context"
	"database/sql"
)

// dropOutdated removes the predictions that no longer hold, in a reopened
// evaluation, and returns the files to delete once that is committed. settings
// says that model and classes are what they were.
func dropOutdated(ctx context.Context, tx *sql.Tx, number int, settings bool, classOf map[string]int) ([]string, error) {
	same := settings
	if same {
		var err error
		if same, err = sameTruth(ctx, tx, number, classOf); err != nil {
			return nil, err
		}
	}
	if !same {
		return dropPredictions(ctx, tx, number)
	}
	return dropChanged(ctx, tx, number)
}

// sameTruth says whether every label of a predicted sample still is the class it
// was, or still is none. Labels that came with newer samples do not matter.
func sameTruth(ctx context.Context, tx *sql.Tx, number int, classOf map[string]int) (bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT l.name, coalesce(m.class, -1) FROM predictions p
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

// dropPredictions removes all that was stored of an evaluation's results.
func dropPredictions(ctx context.Context, tx *sql.Tx, number int) ([]string, error) {
	files, err := queryAll[string](ctx, tx, `SELECT file FROM blocks WHERE evaluation = $1 AND file <> ''
		UNION ALL SELECT DISTINCT pack FROM maps WHERE evaluation = $1`, number)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM packs WHERE pack IN (SELECT pack FROM maps WHERE evaluation = ?)`, number); err != nil {
		return nil, err
	}
	for _, table := range []string{"predictions", "blocks", "failures", "class_areas", "maps", "trusts", "findings"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE evaluation = ?`, number); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// dropChanged removes the chunks with a sample whose file has changed since, all
// of them, as a block is one file; and the maps of those samples with what is known of
// them.
func dropChanged(ctx context.Context, tx *sql.Tx, number int) ([]string, error) {
	const outdated = `SELECT p.chunk, p.sample FROM predictions p JOIN samples s ON s.id = p.sample
		JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk
		WHERE p.evaluation = $1 AND s.changed AND s.since > b.created`
	for _, table := range []string{"maps", "trusts"} {
		_, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE evaluation = $1 AND sample IN (SELECT sample FROM (`+outdated+`))`, number)
		if err != nil {
			return nil, err
		}
	}
	files, err := queryAll[string](ctx, tx, `SELECT file FROM blocks WHERE evaluation = $1 AND chunk IN (SELECT chunk FROM (`+outdated+`))`, number)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	chunks, err := queryAll[int32](ctx, tx, `SELECT DISTINCT chunk FROM (`+outdated+`)`, number)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"predictions", "blocks", "failures"} {
		_, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND chunk IN (SELECT unnest(?::INTEGER[]))`, number, chunks)
		if err != nil {
			return nil, err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM class_areas WHERE evaluation = ?`, number)
	return files, err
}

// queryAll reads a result of one column in a transaction.
func queryAll[T any](ctx context.Context, tx *sql.Tx, query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanAll[T](rows)
}
